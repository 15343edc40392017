/** Conditions on what the page shows, as a reader types them: `b1.t-0.leo < 2 and m1 not in b1`. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { PageRun } from './page-run.ts'
import {
  type Cell,
  logPath,
  processPath,
  replicaPath,
  TOLD,
  type Told,
  truthPath,
  type ViewState,
} from './view-state.ts'

export type Condition = (state: ViewState) => boolean

type ReadCondition = { readonly ok: true; readonly holds: Condition } | { readonly ok: false; readonly message: string }

const REPLICA_FIELDS = {
  leo: 'logEndOffset',
  hw: 'highWatermark',
  lso: 'lastStableOffset',
  start: 'logStartOffset',
  epoch: 'leaderEpoch',
} as const

const PARTITION_FIELDS = { leader: 'leader', epoch: 'leaderEpoch', isr: 'isr' } as const

const OUTCOMES = ['acked', 'failed', 'unknown'] as const

const COMPARED: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '>': (left, right) => left > right,
}

/** A number, or how many entries a list has; null: there is none. */
const figureOf = (value: unknown): number | null =>
  Array.isArray(value) ? value.length : typeof value === 'number' ? value : null

const valueOrId = ([, , id, value]: Cell): string => value ?? id

interface Place {
  readonly run: PageRun
  /** Meant where none is named. */
  readonly partition: TopicPartition
}

/** The path that `b1.t-0.leo`, `t-0.isr` or `leader` names; null: nothing. */
function pathNamed(name: string, { run, partition }: Place): string | null {
  const match = /^(?:b(\d+)\.)?(?:(.+)\.)?([a-z]+)$/i.exec(name)
  if (match === null) return null
  const [, broker, named = partition, field] = match
  if (!run.partitions.includes(named)) return null
  if (broker === undefined) {
    const known = PARTITION_FIELDS[field as keyof typeof PARTITION_FIELDS]
    return known === undefined ? null : truthPath(named, known)
  }
  const known = REPLICA_FIELDS[field as keyof typeof REPLICA_FIELDS]
  return known === undefined ? null : replicaPath(named, Number(broker), known)
}

function comparison(part: string, place: Place): Condition | null {
  const match = /^(\S+)\s*(<=|>=|!=|<|>|=)\s*b?(-?\d+)$/.exec(part)
  if (match === null) return null
  const [, name, sign, figure] = match
  const compared = COMPARED[sign!]!
  const outcome = OUTCOMES.find((each) => each === name)
  if (outcome !== undefined) {
    return (state) => {
      const told = state.list(TOLD) as unknown as readonly Told[]
      return compared(told.filter((each) => each[3] === outcome).length, Number(figure))
    }
  }
  const path = pathNamed(name!, place)
  if (path === null) return null
  return (state) => {
    const value = figureOf(state.get(path))
    return value !== null && compared(value, Number(figure))
  }
}

function presence(part: string, { partition }: Place): Condition | null {
  const match = /^(\S+)\s+(not\s+)?in\s+b(\d+)$/.exec(part)
  if (match === null) return null
  const [, value, not, broker] = match
  const path = logPath(partition, Number(broker))
  return (state) => {
    const cells = state.list(path) as unknown as readonly Cell[]
    return cells.some((cell) => valueOrId(cell) === value) === (not === undefined)
  }
}

function process(part: string): Condition | null {
  const match = /^b(\d+)\s+is\s+(up|down|paused|hung)$/.exec(part)
  if (match === null) return null
  const [, broker, wanted] = match
  return (state) => (state.get(processPath(`broker-${broker}`)) ?? 'down') === wanted
}

/** What a condition may look like, for the reader and for completion. */
export const conditionExamples = (run: PageRun, partition: TopicPartition): string[] => [
  ...run.header.plan.brokers.flatMap(({ id }) => [`b${id}.hw >= 1`, `b${id}.leo < 2`, `b${id} is down`]),
  'leader != 1',
  'isr < 3',
  `${partition}.epoch > 0`,
  'acked >= 1',
  'failed >= 1',
]

/** Reads a condition about a run, and a partition where it names none. */
export function readCondition(text: string, run: PageRun, partition: TopicPartition): ReadCondition {
  const parts = text.split(/\s+and\s+/).map((part) => part.trim())
  const conditions: Condition[] = []
  for (const part of parts) {
    const place = { run, partition }
    const condition = comparison(part, place) ?? presence(part, place) ?? process(part)
    if (condition === null) {
      return { ok: false, message: part === '' ? 'There is no condition.' : `“${part}” is no condition that is known.` }
    }
    conditions.push(condition)
  }
  return { ok: true, holds: (state) => conditions.every((condition) => condition(state)) }
}

/** The first event behind `from` at which the condition comes true, at most `last`; null: it does not. */
export function comesTrue(run: PageRun, holds: Condition, from: number, last: number): number | null {
  let before = holds(run.stateAt(from))
  for (let at = from + 1; at <= last; at++) {
    if (run.events[at]?.d === undefined && at < run.events.length) continue
    const now = holds(run.stateAt(at))
    if (now && !before) return at
    before = now
  }
  return null
}
