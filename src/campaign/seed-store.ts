/** The seed store: seeds that once told something, kept to be run again. Failing ones come first, the fastest first of all. */
import type { SeedOutcome, SeedResult } from './seed-result.ts'
import { OUTCOMES } from './seed-result.ts'

export interface StoredSeed {
  readonly kafka: string
  readonly profile: string
  readonly seed: number
  /** What it must come to; a worse outcome fails. */
  readonly outcome: SeedOutcome
  /** The kind of break that it shows; null: none. */
  readonly signature: string | null
  readonly events: number
}

const severity = (outcome: SeedOutcome): number => OUTCOMES.indexOf(outcome)

const place = (it: StoredSeed): string => `${it.kafka} ${it.profile} ${it.seed}`

/** Failing before passing, then by events, then by name. */
export const inOrder = (seeds: readonly StoredSeed[]): StoredSeed[] =>
  [...seeds].sort(
    (a, b) =>
      Number(b.outcome !== 'clean') - Number(a.outcome !== 'clean') ||
      a.events - b.events ||
      (place(a) < place(b) ? -1 : 1),
  )

/** Takes results in: of each kind of break the fastest seed, and what is known already stays. */
export function storeWith(
  known: readonly StoredSeed[],
  results: readonly SeedResult[],
  subject: { readonly kafka: string; readonly profile: string },
): StoredSeed[] {
  const kept = new Map<string, StoredSeed>()
  const take = (it: StoredSeed): void => {
    const key = it.signature === null ? place(it) : `${it.kafka} ${it.profile} ${it.signature}`
    const before = kept.get(key)
    if (before === undefined || it.events < before.events) kept.set(key, it)
  }
  for (const it of known) take(it)
  for (const { seed, outcome, breaks, events } of results) {
    if (outcome === 'clean' || outcome === 'stuck') continue
    take({ ...subject, seed, outcome, signature: breaks[0]?.signature ?? null, events })
  }
  return inOrder([...kept.values()])
}

/** What a run again says about a stored seed; null: it came out as it must, or better. */
export function regression(stored: StoredSeed, result: SeedResult): string | null {
  if (severity(result.outcome) <= severity(stored.outcome)) return null
  const words = result.breaks[0]?.words ?? result.liveness[0] ?? ''
  return `Kafka ${stored.kafka}, profile ${stored.profile}, seed ${stored.seed}: ${result.outcome} instead of ${stored.outcome}: ${words.split('\n')[0]}`
}
