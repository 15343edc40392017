/** Totals of a campaign in lines of text. */

import type { CampaignReach, Reach } from '../campaign/report.ts'
import type { SeedOutcome, SeedResult } from '../campaign/seed-result.ts'
import type { CampaignTotals } from '../campaign/statistics.ts'
import { plural } from '../report/words.ts'

const share = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((1000 * part) / whole) / 10} %`

/** Virtual time in hours, or in minutes where that is less than one. */
export const hours = (us: number): string =>
  us < 3_600_000_000
    ? plural(Math.round(us / 60_000_000), 'virtual minute')
    : `${Math.round((us / 3_600_000_000) * 10) / 10} virtual hours`

/** What was run just now of the seeds that are summed up; the others were found in a file. */
interface Work {
  readonly seeds: number
  readonly wallMs: number
}

function speedOf(summedUp: number, { seeds, wallMs }: Work): string {
  const now = seeds < summedUp ? `, ${seeds} of them now` : ''
  const speed = seeds === 0 ? '' : `, ${plural(Math.round((seeds * 60_000) / Math.max(1, wallMs)), 'seed')} a minute`
  return `${now} in ${Math.round(wallMs / 100) / 10} s${speed}`
}

/** What outcomes of seeds mean, for those that are no plain words. */
const MEANINGS: Partial<Record<SeedOutcome, string>> = {
  stuck: 'at rest only by a rule of Kafka',
  hole: 'broke as this version is known to',
  liveness: 'no rest after healing',
  broke: 'a promise was broken',
  bug: 'of the simulator',
}

const NAMED = 6

/** How much of what a campaign is about it has reached, and what never: without that it has proved nothing. */
export function reachLines(reach: CampaignReach): string[] {
  const of = (words: string, { reached, never }: Reach): string => `${reached} of ${reached + never.length} ${words}`
  const parts = [
    of('properties were put to the test', reach.properties),
    of('kinds of fault struck somebody', reach.faults),
    of('probes were reached', reach.probes),
  ]
  const named = (title: string, { never }: Reach): string[] => {
    const more = never.length > NAMED ? `, … ${never.length - NAMED} more` : ''
    return never.length === 0 ? [] : [`  ${title}: ${never.slice(0, NAMED).join(', ')}${more}`]
  }
  return [
    parts.join(', '),
    ...named('never put to the test', reach.properties),
    ...named('never struck', reach.faults),
    ...named('never reached', reach.probes),
  ]
}

export function summaryLines(totals: CampaignTotals, work: Work | null): string[] {
  const { seeds, outcomes, events, virtualUs, twice } = totals
  const speed = work === null ? '' : speedOf(seeds, work)
  const lines = [
    `${plural(seeds, 'seed')}, ${hours(virtualUs)}, ${events} events${speed}; ${plural(twice, 'seed')} run twice and the same`,
  ]
  const came = Object.entries(outcomes).filter(([, count]) => count > 0)
  const meaning = (name: string): string => {
    const words = MEANINGS[name as SeedOutcome]
    return words === undefined ? '' : `: ${words}`
  }
  if (came.length > 0)
    lines.push(came.map(([name, count]) => `${count} ${name} (${share(count, seeds)}${meaning(name)})`).join(', '))
  const told = new Map<string, string>()
  for (const { property, hole, seeds: broken, firstSeed, words } of totals.breaks) {
    const before = told.get(words)
    told.set(words, before ?? property)
    lines.push(
      `  ${property} broke in ${plural(broken, 'seed')}, first ${firstSeed}${hole === null ? '' : `, as known: ${hole}`}`,
      `    ${before === undefined ? words : `the same witness as of ${before}`}`,
    )
  }
  if (totals.livenessSeeds.length > 0) lines.push(`  no rest after healing: seeds ${listed(totals.livenessSeeds)}`)
  if (totals.stuckSeeds.length > 0) lines.push(`  legitimately stuck: seeds ${listed(totals.stuckSeeds)}`)
  return lines
}

const listed = (seeds: readonly number[]): string =>
  seeds.slice(0, 8).join(', ') + (seeds.length > 8 ? ` and ${seeds.length - 8} more` : '')

/** Stretches of seeds that are told one by one. */
const MOST_STRETCHES = 10

/** `3, 5 to 9, 12`, from seeds in their order. */
export function seedRanges(seeds: readonly number[]): string {
  const stretches: { from: number; to: number }[] = []
  for (const seed of seeds) {
    const last = stretches.at(-1)
    if (last !== undefined && seed === last.to + 1) last.to = seed
    else stretches.push({ from: seed, to: seed })
  }
  const told = stretches.slice(0, MOST_STRETCHES)
  const more = stretches.slice(MOST_STRETCHES).reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const words = told.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
  return more === 0 ? words : `${words} and ${more} more`
}

/** Losses that a client was told about say most, then the order of the table. */
const TELLING = ['AckedAtAllNotLost', 'NoLostWrites', 'ConsistentCommittedData', 'LeaderCompleteness']

/** The smaller, the more a break of the property says. */
export const telling = ({ property }: { readonly property: string }): number =>
  TELLING.includes(property) ? TELLING.indexOf(property) : TELLING.length

/** One line a failing seed: of what broke without an explanation, or else of all, what says most. */
export function failureLine(result: SeedResult): string {
  const unexplained = result.breaks.filter(({ hole }) => hole === null)
  const [first] = [...(unexplained.length > 0 ? unexplained : result.breaks)].sort((a, b) => telling(a) - telling(b))
  const words = first === undefined ? (result.liveness[0] ?? '') : `${first.property}: ${first.words}`
  return `seed ${result.seed} ${result.outcome}${first?.hole ? ` (known: ${first.hole})` : ''}  ${words.split('\n')[0]}`
}

/** Why the exit code of a campaign is what it is. `lacking`: what else fails it, in words. */
export function verdictWords(
  failures: readonly SeedResult[],
  lacking: readonly string[] = [],
): { readonly mark: 'good' | 'bad'; readonly words: string } {
  const holes = failures.filter(({ outcome }) => outcome === 'hole').length
  const whys = [
    ...(failures.length > holes ? [`${plural(failures.length - holes, 'seed')} failed`] : []),
    ...(holes > 0 ? [`${plural(holes, 'seed')} broke as known (--allow-known-holes lets that pass)`] : []),
    ...lacking,
  ]
  return whys.length === 0 ? { mark: 'good', words: '✓ HELD' } : { mark: 'bad', words: `✗ FAILED: ${whys.join('; ')}` }
}
