/** What one seed of a campaign came to: a line of its results file. Plain data without times of the clock. */
import type { FamilyName } from './families.ts'

/**
 * From best to worst. `stuck`: at rest only by a rule of Kafka that forbids progress. `hole`: a property broke as this
 * version is known to. `liveness`: no rest, and no rule that forbids it. `broke`: a promise was broken. `bug`: ours.
 */
export const OUTCOMES = ['clean', 'stuck', 'hole', 'liveness', 'broke', 'bug'] as const
export type SeedOutcome = (typeof OUTCOMES)[number]

/** The first witness of one kind of break. */
export interface Break {
  readonly property: string
  /** KIP or JIRA; null where none explains it. */
  readonly hole: string | null
  readonly signature: string
  readonly words: string
  /** Witnesses of this kind in the run. */
  readonly count: number
}

export interface SeedResult {
  readonly seed: number
  readonly outcome: SeedOutcome
  readonly breaks: readonly Break[]
  /** Why the healed cluster did not come to rest; empty when it did. */
  readonly liveness: readonly string[]
  readonly events: number
  readonly virtualUs: number
  /** Digest of what mattered. */
  readonly history: string
  /** Whether it was run twice and came out the same. */
  readonly twice: boolean
  readonly on: readonly FamilyName[]
  readonly placed: readonly FamilyName[]
  /** Families of which a fault found somebody to befall. */
  readonly fired: readonly FamilyName[]
  /** Hits by probe, once clients were at work. */
  readonly probes: Readonly<Record<string, number>>
  /** Properties that were put to the test. */
  readonly premises: readonly string[]
}

export const isFailure = ({ outcome }: SeedResult, options: { readonly allowHoles: boolean }): boolean =>
  outcome === 'bug' || outcome === 'broke' || outcome === 'liveness' || (outcome === 'hole' && !options.allowHoles)
