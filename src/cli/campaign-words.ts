/** Totals of a campaign in lines of text. */

import type { SeedResult } from '../campaign/seed-result.ts'
import type { CampaignTotals } from '../campaign/statistics.ts'
import { plural } from '../report/words.ts'

const share = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((1000 * part) / whole) / 10} %`

export const hours = (us: number): string => `${Math.round((us / 3_600_000_000) * 10) / 10} virtual hours`

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

export function summaryLines(totals: CampaignTotals, work: Work | null): string[] {
  const { seeds, outcomes, events, virtualUs, twice } = totals
  const speed = work === null ? '' : speedOf(seeds, work)
  const lines = [
    `${plural(seeds, 'seed')}, ${hours(virtualUs)}, ${events} events${speed}; ${plural(twice, 'seed')} run twice and the same`,
  ]
  const came = Object.entries(outcomes).filter(([, count]) => count > 0)
  if (came.length > 0) lines.push(came.map(([name, count]) => `${count} ${name} (${share(count, seeds)})`).join(', '))
  for (const { property, hole, seeds: broken, firstSeed, words } of totals.breaks) {
    lines.push(
      `  ${property} broke in ${plural(broken, 'seed')}, first ${firstSeed}${hole === null ? '' : `, as known: ${hole}`}`,
      `    ${words}`,
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

/** One line a failing seed. */
export function failureLine(result: SeedResult): string {
  const [first] = result.breaks
  const words = first === undefined ? (result.liveness[0] ?? '') : `${first.property}: ${first.words}`
  return `seed ${result.seed} ${result.outcome}${first?.hole ? ` (known: ${first.hole})` : ''}  ${words.split('\n')[0]}`
}
