/** A profile: how large, how long and how hostile the random clusters of a campaign are. */
import type { FamilyName } from './families.ts'

/** How often a family is chosen against the others where it is on, and how long its fault lasts, in ms. */
export interface FamilyChance {
  /** 0: never, whatever the seed. */
  readonly weight: number
  readonly minMs: number
  readonly maxMs: number
}

export interface Profile {
  readonly name: string
  /** One sentence. */
  readonly meaning: string
  readonly brokers: readonly [least: number, most: number]
  /** Most topics, and most partitions of one. */
  readonly topics: number
  readonly partitions: number
  /** Length of the phase with clients and faults, in ms of virtual time. */
  readonly runMs: number
  /** The longest time in which the healed cluster must come to rest, in ms. */
  readonly settleMs: number
  readonly faults: readonly [least: number, most: number]
  /** Records a second of one producer, at most. */
  readonly rate: number
  /** Producers have transactions instead of a stream of records, where the generation knows them. */
  readonly transactional?: boolean
  /** Applications consume, transform and produce, where the generation has transactions. */
  readonly transforming?: boolean
  /** Consumers of a group read along, where the generation has coordinators of groups. */
  readonly grouped?: boolean
  /** Producers are idempotent, where the generation has that. */
  readonly idempotent?: boolean
  /** Topics have small segments; some of them are compacted or delete what is old. */
  readonly cleaned?: boolean
  /** Each family is wholly off with probability one half; false: all are on. */
  readonly swarm: boolean
  /** Faults keep within what the configuration promises to survive, and a healed cluster must come to rest. */
  readonly bounded: boolean
  readonly families: Readonly<Partial<Record<FamilyName, FamilyChance>>>
}
