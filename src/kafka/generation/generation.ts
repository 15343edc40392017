import type { Mechanisms } from './mechanisms.ts'

/** One generation of Kafka: a table of mechanism switches over its predecessor. */
export interface Generation {
  /** Its name on the command line, for example `0.10.2` or `4.0`. */
  readonly name: string
  /** Exact releases that became this generation, oldest first. */
  readonly releases: readonly string[]
  /** One sentence: what changed against the generation before. */
  readonly summary: string
  readonly mechanisms: Mechanisms
}
