/** What a replay forces to the disk, counted as strace counted it on a recorded broker: calls by file. */
import type { FactEntry } from '../world/world.ts'
import type { Comparison } from './comparison.ts'

interface Synced {
  readonly atUs: number
  readonly node: string
  readonly call: string
  readonly count: number
}

const MSYNC = 'msync mapped index'

/** A file of offsets or epochs is written beside the old one and takes its name. */
const callOn = (file: string, partition: string | null): string =>
  `fsync ${file}${file === '.log' ? '' : '.tmp'}${partition === null ? '' : ` of ${partition}`}`

export class SyncWatch {
  readonly #synced: Synced[] = []

  look(facts: readonly FactEntry[]): void {
    for (const { atUs, node, fact } of facts) {
      if (fact.kind !== 'synced') continue
      const { file, partition, fsyncs, msyncs } = fact
      this.#synced.push({ atUs, node, call: callOn(file, partition), count: fsyncs })
      if (msyncs > 0) this.#synced.push({ atUs, node, call: MSYNC, count: msyncs })
    }
  }

  /** Calls of a broker in [fromUs, toUs). */
  calls(broker: number, fromUs: number, toUs: number): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { atUs, node, call, count } of this.#synced) {
      if (node !== `broker-${broker}` || atUs < fromUs || atUs >= toUs) continue
      counts[call] = (counts[call] ?? 0) + count
    }
    return counts
  }

  /** When a broker made a call, from `fromUs` on. */
  times(broker: number, call: string, fromUs: number): number[] {
    const mine = this.#synced.filter((each) => each.node === `broker-${broker}` && each.call === call)
    return mine.map(({ atUs }) => atUs).filter((atUs) => atUs >= fromUs)
  }
}

/** Files that timers write: one run more or less lies in a phase as its borders fall. */
const BY_TIMER = /^fsync [a-z-]+-offset-checkpoint\.tmp$/

/** Calls that are told here. Those on directories and on producer snapshots (3.x) are not. */
const isTold = (call: string): boolean =>
  call === MSYNC || call.startsWith('fsync .log of ') || call.includes('-checkpoint.tmp')

/** The calls of one phase of a recording against those of the replay in that time. */
export function comparePhase(
  label: string,
  recorded: Readonly<Record<string, number>>,
  ours: Readonly<Record<string, number>>,
  to: Comparison,
): void {
  for (const call of [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].filter(isTold).sort()) {
    const [theirs, mine] = [recorded[call] ?? 0, ours[call] ?? 0]
    const slack = BY_TIMER.test(call) ? 1 : 0
    to.holds(label, call, Math.abs(theirs - mine) <= slack, String(theirs), String(mine))
  }
}

/** A run of the scheduler, and how much it is late, in ms. */
const SLACK_MS = 260

/** Times of a flush by age: as many, and each about as long after the one before. */
export function compareSyncTimes(
  label: string,
  recordedMs: readonly number[],
  oursMs: readonly number[],
  to: Comparison,
): void {
  const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, n) => Math.round(time - times[n]!))
  const [theirs, mine] = [gaps(recordedMs), gaps(oursMs)]
  const same = theirs.length === mine.length && theirs.every((gap, n) => Math.abs(gap - mine[n]!) <= SLACK_MS)
  to.holds(label, 'ms between two calls', same, theirs.join(', '), mine.join(', '))
}
