/** Every action of the scenario language, and how it is compiled. */
import type { Action } from '../../world/plan.ts'
import type { ActionForm } from '../schema.ts'
import { ACTIONS, type ActionName } from '../vocabulary/actions.ts'
import { ADMINISTRATION } from './administration.ts'
import { CALLS } from './calls.ts'
import { CLIENTS } from './clients.ts'
import type { Compilers, Place } from './compile-action.ts'
import { DISKS } from './disks.ts'
import { LINKS } from './links.ts'
import { PROCESSES } from './processes.ts'
import { REQUESTS } from './requests.ts'

const COMPILERS: Compilers<ActionName> = {
  ...PROCESSES,
  ...DISKS,
  ...LINKS,
  ...ADMINISTRATION,
  ...REQUESTS,
  ...CLIENTS,
  ...CALLS,
  observe: (_, form) => [{ do: 'observe', label: form.observe }],
  note: (_, form) => [{ do: 'note', text: form.note }],
}

/** The actions of a plan for one action of a scenario. */
export function compileAction(place: Place, form: ActionForm): Action[] {
  const { name } = ACTIONS.find((each) => each.name in form)!
  // The form has the head that chose its compiler.
  const compile = COMPILERS[name] as (place: Place, form: ActionForm) => Action[]
  return compile(place, form)
}
