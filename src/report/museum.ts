/** The incidents of Kafka's history under every generation: a row an incident, a column a generation, a verdict a cell. */
import { formatTime } from '../kernel/time.ts'
import { lostWords, shortened } from './run-document.ts'
import type { RunView, VerdictView } from './run-view.ts'

/**
 * What an incident came to. `lost`: an acknowledged record is gone. `diverged`: replicas or the history of a partition
 * disagree. `duplicated`: a record is there, or was read, twice. `skipped` and `repeated`: members of a group passed
 * records over, or worked through them again. `stuck`: somebody waits or is down for ever. `broken`: a promise broke that
 * is none of these. `not-applicable`: the generation has no such thing. `failed`: the run threw.
 */
export type MuseumVerdict =
  | 'held'
  | 'lost'
  | 'diverged'
  | 'skipped'
  | 'duplicated'
  | 'repeated'
  | 'stuck'
  | 'broken'
  | 'not-applicable'
  | 'failed'

/** Where a verdict is known from: brokers that were recorded doing it, Kafka's source, or the text of a KIP or issue. */
export type Evidence = 'recorded' | 'source' | 'kip'

export interface MuseumCell {
  readonly generation: string
  readonly verdict: MuseumVerdict
  /** What it came to besides, the gravest first. */
  readonly also: readonly MuseumVerdict[]
  /** One line that says why. */
  readonly reason: string
  /** Whether it is what the scenario expects of this generation. */
  readonly agrees: boolean
  /** What was expected and did not come; null where it agrees. */
  readonly disagreement: string | null
  readonly evidence: Evidence
  /** Recordings of brokers of this generation, as `name/release`. */
  readonly recordings: readonly string[]
  /** The digest of what mattered; null: it was not run. */
  readonly history: string | null
  readonly repeat: string
}

export interface Exhibit {
  /** Name of the scenario. */
  readonly scenario: string
  /** Where its file lies, as a link from the report. */
  readonly link: string
  readonly title: string
  readonly jira: readonly string[]
  readonly kip: string | null
  readonly affected: string
  readonly fixed: string | null
  readonly cells: readonly MuseumCell[]
}

export interface Museum {
  /** Version of this form. */
  readonly version: 1
  /** The command that makes it again. */
  readonly command: string
  readonly seed: string
  /** Of the program. */
  readonly highwater: string
  readonly generations: readonly string[]
  /** Generations that are not there, each with the reason. */
  readonly exhibits: readonly Exhibit[]
}

interface MuseumCounts {
  readonly incidents: number
  readonly cells: number
  readonly agreeing: number
  readonly disagreeing: number
  readonly notApplicable: number
}

export function countMuseum({ exhibits }: Museum): MuseumCounts {
  const cells = exhibits.flatMap((exhibit) => exhibit.cells)
  const notApplicable = cells.filter(({ verdict }) => verdict === 'not-applicable').length
  const disagreeing = cells.filter(({ agrees }) => !agrees).length
  return {
    incidents: exhibits.length,
    cells: cells.length,
    agreeing: cells.length - disagreeing - notApplicable,
    disagreeing,
    notApplicable,
  }
}

/** What a break of a property amounts to. */
const MEANS: Readonly<Record<string, MuseumVerdict>> = {
  ConsistentCommittedData: 'lost',
  AckedAtAllNotLost: 'lost',
  AckedAtOneNotLost: 'lost',
  LeaderCompleteness: 'diverged',
  OneRecordPerCommittedOffset: 'diverged',
  StrongIsr: 'diverged',
  WeakIsr: 'diverged',
  LogMatchingBelowHighWatermark: 'diverged',
  LogMatchingByEpoch: 'diverged',
  SingleLeaderPerEpoch: 'diverged',
  ConsumersNothingTwice: 'duplicated',
  PartitionsHaveLeaders: 'stuck',
}

const meaningOf = ({ name, evidence }: VerdictView): MuseumVerdict => {
  // Replicas that hold other records have diverged; one that only stays behind is stuck.
  if (name === 'ReplicasConverge')
    return evidence.some(({ words }) => words.includes('diverged')) ? 'diverged' : 'stuck'
  return MEANS[name] ?? 'broken'
}

/** The gravest first. */
const GRAVITY: readonly MuseumVerdict[] = ['lost', 'diverged', 'skipped', 'duplicated', 'repeated', 'stuck', 'broken']

interface Found {
  readonly verdict: MuseumVerdict
  readonly reason: string
}

/** What a whole run came to. */
interface Came extends Found {
  readonly also: readonly MuseumVerdict[]
}

function lostFound(view: RunView): Found[] {
  const [first] = view.lost
  if (first === undefined) return []
  const more = view.lost.length === 1 ? '' : ` (and ${view.lost.length - 1} more)`
  const value = shortened(first.value ?? first.id)
  return [
    { verdict: 'lost', reason: `${value} at offset ${first.offset} of ${first.partition}${more}: ${lostWords(first)}` },
  ]
}

function duplicatedFound({ counted }: RunView): Found[] {
  if (counted.duplicated === 0) return []
  const words = counted.duplicated === 1 ? '1 record is' : `${counted.duplicated} records are`
  return [{ verdict: 'duplicated', reason: `${words} in the log twice` }]
}

/** Somebody who is down or hangs at the end because of what happened to it, or a partition that nobody leads. */
function stuckFound(view: RunView): Found[] {
  const found: Found[] = []
  for (const { partition, leader, isr } of view.partitions) {
    if (leader >= 0) continue
    const members = isr.length === 0 ? 'nobody' : `broker ${isr.join(', broker ')}`
    found.push({ verdict: 'stuck', reason: `${partition} has no leader at the end; in its ISR is ${members}` })
  }
  for (const row of view.timeline) {
    if (row.mark.glyph !== '!' || row.mark.tone !== 'bad' || !row.node.startsWith('broker-')) continue
    const broker = Number(row.node.slice('broker-'.length))
    const last = view.partitions.flatMap(({ logs }) => logs).find((log) => log.broker === broker)
    const leads = view.partitions.every(({ isr }) => isr.includes(broker))
    if (last === undefined || (last.process === 'up' && leads)) continue
    found.push({ verdict: 'stuck', reason: `broker ${broker}, ${formatTime(row.atUs)}: ${row.words}` })
  }
  return found
}

/** Counts that amount to a verdict where the scenario says that they must be reached. */
const REACHED: Readonly<Record<string, (words: string) => Found>> = {
  'unavailable-time': (words) => ({ verdict: 'stuck', reason: `no acknowledgement for ${words}` }),
  skipped: (words) => ({ verdict: 'skipped', reason: `records were passed over: ${words}` }),
  'processed-again': (words) => ({ verdict: 'repeated', reason: `records were processed again: ${words}` }),
}

/** A wait that is as long as the scenario says it must be, and work that is left undone or done again as often. */
const reachedFound = ({ verdicts }: RunView): Found[] =>
  verdicts.flatMap(({ kind, name, held, words }) => {
    const found = kind === 'count' && held && words.includes('at least') ? REACHED[name] : undefined
    return found === undefined ? [] : [found(words)]
  })

/** What the scenario says must not come to pass here: what of it is left is another story. */
const ruledOut = ({ verdicts }: RunView): readonly MuseumVerdict[] =>
  verdicts.filter(({ kind, expected, held }) => kind === 'property' && expected === 'holds' && held).map(meaningOf)

/** Sends that nobody acknowledged: where the incident is said to happen, they are what it is about. */
function unansweredFound({ counted }: RunView): Found[] {
  const without = counted.failed + counted.unknown
  return without === 0
    ? []
    : [{ verdict: 'stuck', reason: `${without} of ${counted.sent} sends got no acknowledgement` }]
}

/** What the run came to: what the scenario speaks of and what is left at its end, the gravest first. */
export function foundIn(view: RunView, affected: boolean): Came {
  if (view.notReached !== null) {
    return {
      verdict: 'stuck',
      also: [],
      reason: `step ${view.notReached.step} did not come true: ${view.notReached.words}`,
    }
  }
  const counted = [...lostFound(view), ...duplicatedFound(view), ...stuckFound(view), ...reachedFound(view)]
  const broken = view.verdicts.filter(
    ({ kind, held, expected, fails }) => kind === 'property' && !held && (expected === 'violated' || fails),
  )
  const told = broken.map((verdict): Found => {
    const meaning = meaningOf(verdict)
    const same = counted.find((found) => found.verdict === meaning)
    return same ?? { verdict: meaning, reason: `${verdict.name}: ${verdict.evidence[0]?.words ?? verdict.words}` }
  })
  const out = ruledOut(view)
  const left = counted.filter(({ verdict }) => !out.includes(verdict))
  const all = [...told, ...left]
  if (all.length === 0 && affected) all.push(...unansweredFound(view))
  const [first, ...others] = GRAVITY.flatMap((verdict) => all.find((each) => each.verdict === verdict) ?? [])
  if (first === undefined) return { verdict: 'held', also: [], reason: heldWords(view) }
  const besides = others.map(({ verdict, reason }) => `; ${verdict}: ${reason}`).join('')
  return { ...first, also: others.map(({ verdict }) => verdict), reason: first.reason + besides }
}

function heldWords({ counted, verdicts }: RunView): string {
  const expected = verdicts.filter(({ expected: is, held }) => is === 'holds' && held).map(({ name }) => name)
  const there = counted.acked - counted.lost
  const records =
    counted.acked === 0 ? 'nothing was acknowledged' : `${there} of ${counted.acked} acknowledged records are there`
  return expected.length === 0 ? records : `${records}; ${expected.slice(0, 3).join(', ')} held`
}

/** Why a run is not what the scenario expects; null when it is. */
export function disagreementOf(view: RunView): string | null {
  if (!view.failed) return null
  const failing = view.verdicts.filter(({ fails }) => fails).map(({ name, words }) => `${name}: ${words}`)
  return failing.length > 0 ? failing.join('; ') : 'every step was to come true'
}
