/** Which seeds a campaign has, and how it is called: whole, in shards, or what is left of it. */
import type { SeedResult } from '../campaign/seed-result.ts'
import { plural } from '../report/words.ts'
import type { ResultsHeader } from './campaign-forms.ts'
import type { SeedsTask } from './campaign-task.ts'
import { quoted } from './flags.ts'

/** Seeds in one message to a process. */
const CHUNK = 10

/** The seeds of a campaign, or of a shard of it, in their order. */
function seedsOf({ first, seeds, shard }: ResultsHeader): number[] {
  const [index, of] = (shard ?? '1/1').split('/').map(Number) as [number, number]
  return Array.from({ length: seeds }, (_, n) => first + n).filter((_, n) => n % of === index - 1)
}

/** The seeds that have no result, in their order. */
export function missingSeeds(header: ResultsHeader, results: readonly SeedResult[]): number[] {
  const known = new Set(results.map(({ seed }) => seed))
  return seedsOf(header).filter((seed) => !known.has(seed))
}

/** The same seeds in chunks. */
export function tasksOf(header: ResultsHeader, results: readonly SeedResult[]): SeedsTask[] {
  const seeds = missingSeeds(header, results)
  const tasks: SeedsTask[] = []
  for (let at = 0; at < seeds.length; at += CHUNK) {
    tasks.push({ kind: 'seeds', kafka: header.kafka, profile: header.profile, seeds: seeds.slice(at, at + CHUNK) })
  }
  return tasks
}

/** The campaign as it was asked for, without what becomes of its results. */
export const commandOf = ({ kafka, profile, first, seeds }: ResultsHeader): string =>
  `highwater fuzz --kafka ${kafka} --profile ${profile} --first ${first} --seeds ${seeds}`

/** How far an interrupted campaign came, and how to go on. */
export function interruptedWords(
  header: ResultsHeader,
  done: number,
  { out, allowKnownHoles }: { readonly out?: string; readonly allowKnownHoles?: boolean },
): string {
  const seeds = seedsOf(header)
  const far = `after ${done} of ${plural(seeds.length, 'seed')}`
  const holes = allowKnownHoles === true ? ' --allow-known-holes' : ''
  const shard = header.shard === null ? '' : ` --shard ${header.shard}`
  if (out !== undefined) return `${far}; go on with: ${commandOf(header)}${shard}${holes} --out ${quoted(out)} --resume`
  // Results come in the order of the seeds: what is left is the end.
  const next = seeds[done]
  if (next === undefined) return `${far}, while failures were shown`
  if (header.shard !== null) return `${far}; with --out FILE it could go on with --resume`
  const rest = { ...header, first: next, seeds: seeds.length - done }
  return `${far}; the others: ${commandOf(rest)}${holes} (with --out FILE all of it could go on with --resume)`
}
