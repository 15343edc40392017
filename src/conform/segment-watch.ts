/** How segments of a replay go, as a watch of a real directory would see it: renamed, gone, and the log start moved. */
import type { ReplicaLog } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import type { Comparison } from './comparison.ts'

/** The base of a segment, or a log start, and when it was renamed, gone, or moved to. */
export interface Seen {
  readonly atUs: number
  readonly offset: number
}

export interface SegmentHistory {
  readonly renamed: readonly Seen[]
  readonly gone: readonly Seen[]
  readonly starts: readonly Seen[]
}

interface Noted {
  renamed: Seen[]
  gone: Seen[]
  starts: Seen[]
  waiting: readonly number[]
}

const sameBases = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((base, index) => base === b[index])

export class SegmentWatch {
  readonly #brokers: number
  readonly #noted: Record<string, Noted> = {}

  constructor(brokers: number) {
    this.#brokers = brokers
  }

  look(world: World): void {
    for (let broker = 1; broker <= this.#brokers; broker++) {
      const logs = brokerState(world, broker)?.durable.logs
      for (const partition in logs) this.#lookAt(`${broker}/${partition}`, logs[partition]!, world.nowUs)
    }
  }

  #lookAt(name: string, log: ReplicaLog, atUs: number): void {
    this.#noted[name] ??= { renamed: [], gone: [], starts: [], waiting: [] }
    const noted = this.#noted[name]
    const bases = log.layout?.deleted.map(({ baseOffset }) => baseOffset) ?? []
    if (!sameBases(bases, noted.waiting)) {
      for (const offset of bases) if (!noted.waiting.includes(offset)) noted.renamed.push({ atUs, offset })
      for (const offset of noted.waiting) if (!bases.includes(offset)) noted.gone.push({ atUs, offset })
      noted.waiting = bases
    }
    const last = noted.starts.at(-1)
    if (last === undefined || last.offset !== log.logStartOffset) {
      if (last?.atUs === atUs) noted.starts.pop()
      noted.starts.push({ atUs, offset: log.logStartOffset })
    }
  }

  /** What was noted of a partition since a time. */
  since(broker: number, partition: string, sinceUs: number): SegmentHistory {
    const { renamed, gone, starts } = this.#noted[`${broker}/${partition}`] ?? { renamed: [], gone: [], starts: [] }
    const after = (seen: readonly Seen[]): Seen[] => seen.filter(({ atUs }) => atUs > sinceUs)
    return { renamed: after(renamed), gone: after(gone), starts: after(starts) }
  }
}

type FileEvent = readonly [number, string, string, ...unknown[]]

/** The base in the name of a file, `t-0/00000000000000000004.log.deleted`. */
const baseIn = (file: string): number => Number(/\/(\d{20})\./.exec(file)?.[1] ?? -1)

/** The first file of each segment: one or another may have gone between two looks without being noted. */
function firstOfEach(events: readonly FileEvent[]): FileEvent[] {
  const goneAt: Record<number, number> = {}
  return events.filter(([atMs, , file]) => {
    const base = baseIn(file)
    const before = goneAt[base]
    if (before !== undefined && atMs - before < SAME_MOMENT_MS) return false
    goneAt[base] = atMs
    return true
  })
}

/** Files of one segment go within so many ms. */
const SAME_MOMENT_MS = 200

/** Moments of a poll of 20 ms and of a scheduler's turn, in us. */
const TOLERANCE_US = 400_000

/** What was seen of the segments of a broker, against the replay; times where the pace is that of a timer. */
export function compareSegmentHistory(
  events: readonly FileEvent[],
  history: (partition: string) => SegmentHistory,
  to: Comparison,
  point: { readonly label: string; readonly atUs: number; readonly atMs: number; readonly timed: boolean },
): void {
  const firstMs = events[0]?.[0] ?? 0
  const partitions = [...new Set(events.flatMap(([, , file]) => (file.includes('/') ? [file.split('/')[0]!] : [])))]
  for (const partition of partitions.sort()) {
    const ours = history(partition)
    // The entries of the first look tell how things stood then.
    const later = events.filter(([atMs]) => atMs > firstMs)
    const files = later.filter(([, , file]) => file.startsWith(`${partition}/`))
    const renamed = files.filter(
      ([, what, file, how]) =>
        (what === 'renamed' && file.endsWith('.log') && String(how).endsWith('.log.deleted')) ||
        (what === 'appeared' && file.endsWith('.log.deleted')),
    )
    const gone = firstOfEach(files.filter(([, what, file]) => what === 'vanished' && file.endsWith('.deleted')))
    const compare = (field: string, seen: readonly Seen[], recorded: readonly Seen[]): void => {
      const name = `${partition}: ${field}`
      to.equal(point.label, name, offsetsOf(recorded), offsetsOf(seen))
      if (!point.timed || seen.length !== recorded.length) return
      const late = recorded.some((each, index) => Math.abs(each.atUs - seen[index]!.atUs) > TOLERANCE_US)
      to.holds(point.label, `${name}: times`, !late, atMs(recorded), atMs(seen))
    }
    const usOf = (ms: number): number => point.atUs - (point.atMs - ms) * 1000
    const seenAt = (list: readonly FileEvent[]): Seen[] =>
      list.map(([ms, , file]) => ({ atUs: usOf(ms), offset: baseIn(file) }))
    compare('segments renamed', ours.renamed, seenAt(renamed))
    compare('segments gone', ours.gone, seenAt(gone))
    // The first answer tells where the log began.
    const [first, ...asked] = events.filter(([, what, file]) => what === 'earliest' && file === partition)
    if (first === undefined) continue
    const starts = asked.map(([ms, , , offset]) => ({ atUs: usOf(ms), offset: Number(offset) }))
    compare('log start', ours.starts, starts)
  }
}

const offsetsOf = (seen: readonly Seen[]): number[] => seen.map(({ offset }) => offset)

const atMs = (seen: readonly Seen[]): string => seen.map(({ atUs }) => Math.round(atUs / 1000)).join(', ')
