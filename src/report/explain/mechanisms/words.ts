/** What a switch between generations is told in: the part of Kafka it belongs to, what it decides, and what each of its values means. */
import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'

/** The part of Kafka that a switch belongs to. */
type Area =
  | 'metadata'
  | 'truncation'
  | 'high watermark'
  | 'ISR'
  | 'produce'
  | 'controller'
  | 'log'
  | 'coordinators'
  | 'transactions'
  | 'clients'
  | 'KRaft'

export interface MechanismWords {
  readonly area: Area
  /** What it decides, one or two sentences. */
  readonly meaning: string
  /** By value as text; of a yes-or-no switch what each answer means. */
  readonly values: Readonly<Record<string, string>>
}

/** The words of one switch: a value that its type has and these do not tell does not compile. */
interface SwitchWords<Name extends keyof Mechanisms> {
  readonly meaning: string
  readonly values: Readonly<Record<`${NonNullable<Mechanisms[Name]>}`, string>>
}

/** Gives the words of some switches, all of one part of Kafka. */
export function inArea<Name extends keyof Mechanisms>(
  area: Area,
  switches: { readonly [N in Name]: SwitchWords<N> },
): Readonly<Record<Name, MechanismWords>> {
  const names = Object.keys(switches) as Name[]
  return Object.fromEntries(names.map((name) => [name, { area, ...switches[name] }])) as Record<Name, MechanismWords>
}

/** The values of a yes-or-no switch. */
export const yesNo = (yes: string, no: string): Readonly<Record<'true' | 'false', string>> => ({ true: yes, false: no })
