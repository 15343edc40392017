/** What every file of actions is made of: the form that a head names, and how it becomes actions of a plan. */
import type { Action, Target } from '../../world/plan.ts'
import type { Checks } from '../checks.ts'
import type { Path } from '../problem.ts'
import type { ActionForm } from '../schema.ts'
import type { ActionName } from '../vocabulary/actions.ts'

export type FormOf<Head extends string> = Extract<ActionForm, { readonly [K in Head]: unknown }>

/** One text or several: whom an action means. */
export type Texts = string | readonly string[]

/** Where an action stands. */
export interface Place {
  readonly checks: Checks
  readonly path: Path
  /** What an answer is kept under when the scenario gives it no name. */
  readonly defaultLabel: string
}

/** One action of a scenario may become several of a plan, one a target. */
export type Compile<Head extends ActionName> = (place: Place, form: FormOf<Head>) => Action[]

/** By head, how each is compiled. */
export type Compilers<Heads extends ActionName> = { readonly [Head in Heads]: Compile<Head> }

export const eachTarget = (
  { checks, path }: Place,
  head: ActionName,
  texts: Texts,
  make: (target: Target) => Action,
): Action[] => checks.targets(texts, [...path, head]).map(make)

/** The same where only brokers can be meant; `why` is told of anybody else. */
export const eachBroker = (
  { checks, path }: Place,
  { head, texts, why }: { readonly head: ActionName; readonly texts: Texts; readonly why: string },
  make: (target: Target) => Action,
): Action[] => checks.brokerTargets(texts, [...path, head], why).map(make)
