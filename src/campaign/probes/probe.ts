/**
 * A rare branch that campaigns should reach. What a campaign need not reach is excluded by name, with the reason: a
 * version does not have the rule, its profile has nothing that leads there, no family of faults does, or only many seeds do.
 */
import type { Generation } from '../../kafka/generation/generation.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Need } from '../profile-needs.ts'

/** Why a probe need not be reached under these mechanisms; null: it must. */
type Excuse = (mechanisms: Mechanisms, generation: Generation) => string | null

export interface Probe {
  readonly name: string
  readonly excuse?: Excuse
  /** Only profiles that have this lead there. */
  readonly needs?: Need
  /** Only a campaign of so many seeds must reach it: a race that needs several rare things at once. */
  readonly from?: number
}

export const where =
  (can: (mechanisms: Mechanisms, generation: Generation) => boolean, otherwise: string): Excuse =>
  (mechanisms, generation) =>
    can(mechanisms, generation) ? null : otherwise

export const never =
  (reason: string): Excuse =>
  () =>
    reason

export const WITH_REGISTRY = where(({ metadata }) => metadata === 'registry', 'KRaft has no registry')
export const IN_KRAFT = where(({ metadata }) => metadata === 'kraft', 'there is no quorum of controllers')

/** Seen in fewer than 20 of 100 seeds of a profile that leads there. */
export const SOMETIMES = 500
/** Seen in fewer than 3 of 100. */
export const SELDOM = 3_000
/** Not seen in a thousand seeds. */
export const RARE = 50_000
