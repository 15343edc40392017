/** Values along a run, for charts: each point is an event and what the value is from there on. */
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import type { PageRun } from './page-run.ts'
import { replicaPath, TOLD, type Told, truthPath } from './view-state.ts'

export interface Point {
  readonly event: number
  /** null: there is no value from here on. */
  readonly value: number | null
}

const asNumber = (value: unknown): number | null =>
  Array.isArray(value) ? value.length : typeof value === 'number' ? value : null

/** A path's value, or the length of it where it is a list. */
export const valueSeries = (run: PageRun, path: string): Point[] =>
  run.series(path).map(({ event, value }) => ({ event, value: asNumber(value) }))

/** How many records each replica is behind the end of the named leader's log. */
export function lagSeries(run: PageRun, partition: TopicPartition, broker: BrokerId): Point[] {
  const own = replicaPath(partition, broker, 'logEndOffset')
  const leader = truthPath(partition, 'leader')
  const ends = run.header.plan.brokers.map(({ id }) => replicaPath(partition, id, 'logEndOffset'))
  const events = [...new Set([leader, ...ends].flatMap((path) => run.changes.get(path) ?? []))].sort((a, b) => a - b)
  const points: Point[] = []
  for (const event of events) {
    const state = run.stateAt(event)
    const named = state.get(leader)
    const end =
      typeof named === 'number' && named >= 0 ? state.get(replicaPath(partition, named, 'logEndOffset')) : null
    const mine = state.get(own)
    const value = typeof end === 'number' && typeof mine === 'number' ? Math.max(0, end - mine) : null
    if (points.at(-1)?.value !== value) points.push({ event, value })
  }
  return points
}

/** How many records clients had been told that outcome of. */
export function toldSeries(run: PageRun, outcome: Told[3]): Point[] {
  const points: Point[] = [{ event: 0, value: 0 }]
  let count = 0
  for (const event of run.changes.get(TOLD) ?? []) {
    const told = run.events[event]!.d!.flatMap((patch) =>
      patch[0] === '+' && patch[1] === TOLD ? (patch[2] as unknown as Told[]) : [],
    )
    count += told.filter((each) => each[3] === outcome).length
    if (points.at(-1)?.value !== count) points.push({ event, value: count })
  }
  return points
}
