/** The replicas of one partition as a drawing without a painter: columns are offsets, rows are brokers. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { PageRun } from './page-run.ts'
import { type CellMark, transactionMarks } from './transaction-marks.ts'
import type { Cell, ReplicaField, TruthField, ViewState } from './view-state.ts'
import { beliefPath, logPath, processPath, replicaPath, sessionPath, truthPath } from './view-state.ts'

export interface SceneCell {
  readonly offset: number
  readonly id: string
  readonly value: string
  /** -1: the format of the record has none. */
  readonly epoch: number
  readonly committed: boolean
  readonly acked: boolean
  /** Another replica has another record at this offset. */
  readonly diverged: boolean
  /** It came by the event that is looked at. */
  readonly fresh: boolean
  /** Acknowledged and not in the log of the leader that the registry names: this is a copy that remains. */
  readonly onlyCopy: boolean
  /** What became of its transaction, as this log tells; null: it belongs to none. */
  readonly transaction: CellMark | null
}

/** A record that was cut away and is still shown. */
interface Ghost {
  readonly offset: number
  readonly id: string
  readonly value: string
  readonly epoch: number
  readonly event: number
}

/** A figure that belongs to a place between two records. */
export interface Caret {
  /** The offset left of which it stands. */
  readonly at: number
  readonly kind: 'leo' | 'hw' | 'lso' | 'start' | 'belief'
  readonly words: string
  /** The path of the value behind it. */
  readonly path: string
}

export interface ReplicaRow {
  readonly broker: number
  readonly process: string
  readonly session: boolean
  /** In its own belief. */
  readonly role: 'leader' | 'follower' | null
  readonly named: boolean
  readonly inIsr: boolean
  readonly leaderEpoch: number | null
  /** Whom it believes to lead, where that differs from what the registry says. */
  readonly believesLeader: number | null
  readonly logEndOffset: number
  readonly highWatermark: number | null
  readonly cells: readonly (SceneCell | null)[]
  readonly ghosts: readonly Ghost[]
  readonly carets: readonly Caret[]
  readonly epochCache: string
  readonly pendingIsr: readonly number[] | null
}

/** A record clients were told is in. */
export interface ToldCell {
  readonly offset: number
  readonly id: string
  readonly value: string
  readonly acks: number
  /** The named leader has it; `missing`: it has not now; `lost`: nor at the end of the run. */
  readonly state: 'there' | 'missing' | 'lost'
  /** Brokers that have a copy. */
  readonly remainsOn: readonly number[]
}

export interface ReplicaScene {
  readonly partition: TopicPartition
  readonly exists: boolean
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly replicas: readonly number[]
  readonly version: number
  /** Offsets of the columns, ascending; the last one is past every log end. */
  readonly offsets: readonly number[]
  /** Offsets left of the first column. */
  readonly folded: { readonly from: number; readonly to: number; readonly same: boolean } | null
  readonly rows: readonly ReplicaRow[]
  readonly told: readonly ToldCell[]
}

/** Columns that are drawn at once when nobody says. */
const COLUMNS = 24

const numberAt = (state: ViewState, path: string): number | null => (state.get(path) as number | undefined) ?? null
const shownValue = ([, , id, value]: Cell): string => value ?? id

interface Log {
  readonly broker: number
  readonly cells: readonly Cell[]
}

/** The record at an offset. Offsets are dense but where a cleaner was, so that the first guess mostly is right. */
function cellAt({ cells }: Log, offset: number): Cell | undefined {
  const guess = cells[offset - (cells[0]?.[0] ?? 0)]
  if (guess?.[0] === offset) return guess
  let low = 0
  let high = cells.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cells[middle]![0] < offset) low = middle + 1
    else high = middle
  }
  return cells[low]?.[0] === offset ? cells[low] : undefined
}

/** Whether a log has a record, which mostly is where it was told to be. */
const hasRecord = (log: Log, id: string, offset: number): boolean =>
  cellAt(log, offset)?.[2] === id || log.cells.some((cell) => cell[2] === id)

function logsOf(state: ViewState, partition: TopicPartition, brokers: readonly number[]): Log[] {
  return brokers.map((broker) => {
    const start = numberAt(state, replicaPath(partition, broker, 'logStartOffset')) ?? 0
    const all = state.list(logPath(partition, broker)) as unknown as readonly Cell[]
    const cells = start > 0 ? all.filter(([offset]) => offset >= start) : all
    return { broker, cells }
  })
}

/** Whether all logs have the same records in [from, to). */
function isSameEverywhere([first, ...others]: readonly Log[], from: number, to: number): boolean {
  if (first === undefined) return true
  for (let offset = from; offset < to; offset++) {
    const id = cellAt(first, offset)?.[2]
    for (const other of others) if (cellAt(other, offset)?.[2] !== id) return false
  }
  return true
}

interface SceneView {
  /** First column, if the reader has moved it. */
  readonly from: number | null
  /** Columns there is room for. */
  readonly columns?: number
}

export function replicaScene(
  run: PageRun,
  index: number,
  partition: TopicPartition,
  view: SceneView = { from: null },
): ReplicaScene {
  const state = run.stateAt(index)
  const columns = view.columns ?? COLUMNS
  const truth = (field: TruthField): unknown => state.get(truthPath(partition, field))
  const replica = (broker: number, field: ReplicaField): unknown => state.get(replicaPath(partition, broker, field))
  const leader = (truth('leader') as number | undefined) ?? -1
  const isr = (truth('isr') as number[] | undefined) ?? []
  const replicas = (truth('replicas') as number[] | undefined) ?? []
  const brokers = run.header.plan.brokers
    .map(({ id }) => id)
    .filter((id) => replicas.includes(id) || replica(id, 'logEndOffset') !== undefined)
  const logs = logsOf(state, partition, brokers)
  const end = Math.max(0, ...brokers.map((id) => (replica(id, 'logEndOffset') as number | undefined) ?? 0))
  const start = Math.min(end, ...brokers.map((id) => (replica(id, 'logStartOffset') as number | undefined) ?? 0))
  const cuts = run.cuts.filter((cut) => cut.event <= index && cut.path.startsWith(`log/${partition}/`))
  const ghostEnd = Math.max(end, ...cuts.flatMap(({ cells }) => cells.map(([offset]) => offset + 1)))
  const tail = Math.max(start, ghostEnd - columns + 1)
  const from = Math.max(start, Math.min(view.from ?? tail, Math.max(start, end)))
  const offsets = Array.from({ length: Math.min(columns, ghostEnd - from + 1) }, (_, i) => from + i)

  const leaderHighWatermark = replica(leader, 'highWatermark') as number | undefined
  const committedEnd =
    replica(leader, 'role') === 'leader' && leaderHighWatermark !== undefined
      ? leaderHighWatermark
      : Math.max(0, ...brokers.map((id) => (replica(id, 'highWatermark') as number | undefined) ?? 0))
  const acknowledged = run.acknowledged.get(partition)
  const isAcked = (id: string): boolean => (acknowledged?.eventOf.get(id) ?? Number.POSITIVE_INFINITY) <= index
  const leaderLog = logs.find(({ broker }) => broker === leader)
  const fresh = freshCells(run, index)
  const lost = new Set((run.footer?.view?.lost ?? []).map(({ id }) => id))
  const rows = brokers.map((broker): ReplicaRow => {
    const log = logs.find((each) => each.broker === broker)!
    const marks = transactionMarks(log.cells, from)
    const epoch = replica(broker, 'leaderEpoch') as number | undefined
    const believed = replica(broker, 'leader') as number | undefined
    return {
      broker,
      process: (state.get(processPath(`broker-${broker}`)) as string | undefined) ?? 'down',
      session: state.get(sessionPath(broker)) === 'alive',
      role: (replica(broker, 'role') as 'leader' | 'follower' | undefined) ?? null,
      named: broker === leader,
      inIsr: isr.includes(broker),
      leaderEpoch: epoch ?? null,
      believesLeader: believed !== undefined && believed !== leader ? believed : null,
      logEndOffset: (replica(broker, 'logEndOffset') as number | undefined) ?? 0,
      highWatermark: (replica(broker, 'highWatermark') as number | undefined) ?? null,
      cells: offsets.map((offset) => {
        const cell = cellAt(log, offset)
        if (cell === undefined) return null
        const acked = isAcked(cell[2])
        return {
          offset,
          id: cell[2],
          value: shownValue(cell),
          epoch: cell[1],
          committed: offset < committedEnd,
          acked,
          diverged: logs.some((other) => (cellAt(other, offset)?.[2] ?? cell[2]) !== cell[2]),
          fresh: fresh.has(`${logPath(partition, broker)} ${offset} ${cell[2]}`),
          onlyCopy: acked && leaderLog !== undefined && !hasRecord(leaderLog, cell[2], offset),
          transaction: marks.get(offset) ?? null,
        }
      }),
      ghosts: ghostsOf(cuts, logPath(partition, broker), log, offsets),
      carets: caretsOf(state, partition, broker, brokers),
      epochCache: epochWords(replica(broker, 'epochCache')),
      pendingIsr: (replica(broker, 'pendingIsr') as number[] | undefined) ?? null,
    }
  })
  return {
    partition,
    exists: replicas.length > 0 || end > 0,
    leader,
    leaderEpoch: (truth('leaderEpoch') as number | undefined) ?? -1,
    isr,
    replicas,
    version: (truth('version') as number | undefined) ?? -1,
    offsets,
    folded: from > start ? { from: start, to: from - 1, same: isSameEverywhere(logs, start, from) } : null,
    rows,
    told: offsets.flatMap((offset) =>
      (acknowledged?.at.get(offset) ?? [])
        .filter(({ id }) => isAcked(id))
        .map(({ id, acks }): ToldCell => {
          const holders = logs.filter((log) => hasRecord(log, id, offset))
          const there = leaderLog === undefined || holders.includes(leaderLog)
          const cell = holders[0]?.cells.find((each) => each[2] === id) ?? cutCell(cuts, id)
          const state = there ? 'there' : lost.has(id) ? 'lost' : 'missing'
          const value = cell === null ? id : shownValue(cell)
          return { offset, id, value, acks, state, remainsOn: holders.map(({ broker }) => broker) }
        }),
    ),
  }
}

function cutCell(cuts: PageRun['cuts'], id: string): Cell | null {
  for (const { cells } of cuts) {
    const found = cells.find((cell) => cell[2] === id)
    if (found !== undefined) return found
  }
  return null
}

function freshCells(run: PageRun, index: number): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const patch of run.events[index]?.d ?? []) {
    if (patch[0] !== '+' || !String(patch[1]).startsWith('log/')) continue
    for (const cell of patch[2] as unknown as readonly Cell[]) keys.add(`${patch[1]} ${cell[0]} ${cell[2]}`)
  }
  return keys
}

/** Cut records that the log has not got again; of one record the last cut. */
function ghostsOf(cuts: PageRun['cuts'], path: string, log: Log, offsets: readonly number[]): Ghost[] {
  const ghosts = new Map<string, Ghost>()
  for (const cut of cuts) {
    if (cut.path !== path) continue
    for (const cell of cut.cells) {
      const [offset, epoch, id] = cell
      ghosts.delete(`${offset} ${id}`)
      if (cellAt(log, offset)?.[2] === id || !offsets.includes(offset)) continue
      ghosts.set(`${offset} ${id}`, { offset, id, value: shownValue(cell), epoch, event: cut.event })
    }
  }
  return [...ghosts.values()].sort((a, b) => a.offset - b.offset || a.event - b.event)
}

function caretsOf(state: ViewState, partition: TopicPartition, broker: number, brokers: readonly number[]): Caret[] {
  const carets: Caret[] = []
  const add = (kind: Caret['kind'], path: string, words: (value: number) => string): void => {
    const value = numberAt(state, path)
    if (value !== null && value >= 0) carets.push({ at: value, kind, words: words(value), path })
  }
  const start = replicaPath(partition, broker, 'logStartOffset')
  if ((numberAt(state, start) ?? 0) > 0) add('start', start, (value) => `start ${value}`)
  add('hw', replicaPath(partition, broker, 'highWatermark'), (value) => `HW ${value}`)
  add('lso', replicaPath(partition, broker, 'lastStableOffset'), (value) => `LSO ${value}`)
  add('leo', replicaPath(partition, broker, 'logEndOffset'), (value) => `LEO ${value}`)
  for (const leader of brokers) {
    add('belief', beliefPath(partition, leader, broker), (value) => `b${leader} thinks b${broker} is at ${value}`)
  }
  return carets
}

const epochWords = (cache: unknown): string =>
  Array.isArray(cache)
    ? (cache as [number, number][]).map(([epoch, offset]) => `${epoch} from ${offset}`).join(', ')
    : ''
