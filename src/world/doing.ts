/** What every action of a step needs: whom it means, what it leaves for later, what it asks of a machine. */
import type { Operation } from '../kafka/operations.ts'
import type { StepReport } from './context.ts'
import { drawFrom } from './draws.ts'
import type { Host } from './host.ts'
import { nextKey, schedule } from './pending.ts'
import type { Action, Target } from './plan.ts'
import { resolveTarget } from './targets.ts'
import type { ProcessId, World } from './world.ts'

/** The event in which an action is done. */
export interface Doing {
  readonly world: World
  readonly host: Host
  readonly report: StepReport
}

/** One kind of action. */
export type ActionOf<Kind extends Action['do']> = Extract<Action, { readonly do: Kind }>

/** Stream `fault.target/random`: whom a target means that leaves the choice. */
export const resolve = (doing: Doing, target: Target): ProcessId[] =>
  resolveTarget(doing.world, target, () => drawFrom(doing.world, doing.host, doing.report, 'fault.target/random'))

/** Does something to each process that a target means; returns them. */
export function toEach(doing: Doing, target: Target, act: (id: ProcessId) => void): ProcessId[] {
  const processes = resolve(doing, target)
  for (const id of processes) act(id)
  return processes
}

/** The number of a broker or controller, from its process. */
export const numberOf = (process: ProcessId): number => Number(process.slice(process.lastIndexOf('-') + 1))

/** The target that means just one process. */
export function targetOf(world: World, id: ProcessId): Target {
  if (id === 'registry') return { role: 'registry' }
  const client = world.plan.clients.find(({ kind, name }) => id === `${kind}-${name}`)
  if (client !== undefined) return { role: 'client', name: client.name }
  return { role: id.startsWith('quorum-') ? 'quorum' : 'broker', id: numberOf(id) }
}

/** An action that follows by itself. */
export function later({ world, host, report }: Doing, afterUs: number, action: Action): void {
  schedule(world, host, {
    atUs: world.nowUs + afterUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `fault/${action.do}`),
    count: 0,
    rule: 'fault',
    body: { kind: 'action', action },
  })
}

/** An operation for the machine of a node, as the next event. */
export function ask({ world, host, report }: Doing, to: string, operation: Operation): void {
  schedule(world, host, {
    atUs: world.nowUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `${to}/${operation.kind}`),
    count: 0,
    rule: 'asked by a step',
    body: { kind: 'operation', to, operation },
  })
}

/** From now on the answer under that label is kept. */
export function expectAnswer({ ledger, nowUs }: World, label: string): void {
  ledger.requests[label] = { label, sentAtUs: nowUs, answeredAtUs: null, result: null }
}
