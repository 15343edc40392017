import type { Fact } from '../kafka/facts.ts'
import { own } from '../kernel/own.ts'
import type { World } from '../world/world.ts'
import type { StepView } from './property.ts'

type Polled = Extract<Fact, { kind: 'recordsPolled' }>

/** What a client was handed of a partition, poll by poll of one event, with the offset handed out just before. */
export interface PollView {
  readonly fact: Polled
  /** The last offset handed out before this poll from the same position; null: first of its position. */
  readonly lastOffset: number | null
}

/**
 * Polls of an event. A position begins anew with a `positionReset` fact of the client (a start, a seek, an offset out of
 * range), so what was handed out before it is not held against the poll.
 */
export function pollViews(world: World, step: StepView): PollView[] {
  const views: PollView[] = []
  step.facts.forEach(({ fact }, index) => {
    if (fact.kind !== 'recordsPolled' || fact.records.length === 0) return
    views.push({ fact, lastOffset: lastOffsetBefore(world, step, fact, index) })
  })
  return views
}

function lastOffsetBefore(world: World, step: StepView, fact: Polled, index: number): number | null {
  const isOwn = (other: Fact): boolean =>
    (other.kind === 'recordsPolled' || other.kind === 'positionReset') &&
    other.client === fact.client &&
    other.partition === fact.partition
  for (let i = index - 1; i >= 0; i--) {
    const other = step.facts[i]!.fact
    if (!isOwn(other)) continue
    if (other.kind === 'positionReset') return null
    if (other.kind === 'recordsPolled' && other.records.length > 0) return other.records.at(-1)!.offset
  }
  const inThisEvent = step.facts.reduce(
    (count, { fact: other }) => count + (other.kind === 'recordsPolled' && isOwn(other) ? other.records.length : 0),
    0,
  )
  const list = own(world.ledger.polled, fact.client)?.[fact.partition] ?? []
  const last = list[list.length - inThisEvent - 1]
  if (last === undefined) return null
  // Only a poll that does not follow on needs the history of resets.
  if (fact.records[0]!.offset === last.offset + 1) return last.offset
  const { facts } = world.ledger
  for (let i = facts.length - 1; i >= 0 && facts[i]!.atUs >= last.atUs; i--) {
    const other = facts[i]!.fact
    if (other.kind === 'positionReset' && isOwn(other)) return null
  }
  return last.offset
}
