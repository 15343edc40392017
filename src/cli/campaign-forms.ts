/** The forms of what a campaign keeps on disk: the lines of its results, and the seed store. */
import { z } from 'zod'
import { FAMILY_NAMES } from '../campaign/families.ts'
import { PROFILES } from '../campaign/profiles/table.ts'
import { OUTCOMES } from '../campaign/seed-result.ts'
import { GENERATIONS } from '../kafka/generation/table.ts'

const count = z.int().min(0)
const seed = count
const outcome = z.enum(OUTCOMES)
const families = z.array(z.enum(FAMILY_NAMES))
const kafka = z.enum(GENERATIONS.map(({ name }) => name))
const profile = z.enum(PROFILES.map(({ name }) => name))

const RESULTS_VERSION = 1

/** The first line of results: what they are of. Files of the same campaign differ in their shard only. */
const resultsHeader = z.object({
  campaign: z.literal(RESULTS_VERSION),
  kafka,
  profile,
  first: seed,
  seeds: count,
  /** `2/4`; null: all seeds. */
  shard: z.string().nullable(),
})

export type ResultsHeader = z.infer<typeof resultsHeader>

const seedResult = z.object({
  seed,
  outcome,
  breaks: z.array(
    z.object({ property: z.string(), hole: z.string().nullable(), signature: z.string(), words: z.string(), count }),
  ),
  liveness: z.array(z.string()),
  events: count,
  virtualUs: count,
  history: z.string(),
  twice: z.boolean(),
  on: families,
  placed: families,
  fired: families,
  probes: z.record(z.string(), count),
  premises: z.array(z.string()),
})

const storedSeeds = z.array(
  z.object({ kafka, profile, seed, outcome, signature: z.string().nullable(), events: count }),
)

type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly string[] }

function read<Value>(form: z.ZodType<Value>, data: unknown, where: string): Read<Value> {
  const parsed = form.safeParse(data)
  if (parsed.success) return { ok: true, value: parsed.data }
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${[where, ...path.map(String)].join('.')}: ${message}`,
  )
  return { ok: false, problems }
}

export const readHeader = (data: unknown) => read(resultsHeader, data, 'line 1')
export const readResult = (data: unknown, line: number) => read(seedResult, data, `line ${line}`)
export const readStoredSeeds = (data: unknown) => read(storedSeeds, data, 'seed')
