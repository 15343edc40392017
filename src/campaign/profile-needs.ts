/** What a profile must have for some properties and probes to be reached at all. */
import type { Generation } from '../kafka/generation/generation.ts'
import { hasGroups } from './group-draw.ts'
import type { Profile } from './profile.ts'

export type Need =
  | 'groups'
  | 'transactions'
  | 'transformations'
  | 'idempotence'
  | 'cleaning'
  | 'disk faults'
  | 'power losses'

interface NeedWords {
  readonly has: (profile: Profile) => boolean
  /** Why a profile without it does not lead there. */
  readonly otherwise: string
}

const NEEDS: Readonly<Record<Need, NeedWords>> = {
  groups: { has: ({ grouped }) => grouped === true, otherwise: 'no consumer of this profile is in a group' },
  transactions: {
    has: ({ transactional }) => transactional === true,
    otherwise: 'no producer of this profile has transactions',
  },
  transformations: {
    has: ({ transforming }) => transforming === true,
    otherwise: 'no application of this profile transforms',
  },
  idempotence: {
    has: ({ idempotent }) => idempotent === true,
    otherwise: 'no producer of this profile is made idempotent',
  },
  cleaning: { has: ({ cleaned }) => cleaned === true, otherwise: 'no topic of this profile is cleaned' },
  'disk faults': {
    has: ({ families }) => families['disk-full'] !== undefined,
    otherwise: 'no disk of this profile fails',
  },
  'power losses': {
    has: ({ families }) => families['power-loss'] !== undefined || families['torn-tail'] !== undefined,
    otherwise: 'no broker of this profile loses its power',
  },
}

/** Why this profile, on this generation, leads to nothing that needs that; null: it does. */
export function lacking(need: Need, profile: Profile, generation: Generation): string | null {
  const { has, otherwise } = NEEDS[need]
  if (!has(profile)) return otherwise
  if (need === 'groups' && !hasGroups(generation)) return 'coordinators of groups came with 0.9'
  const asksForIds = need === 'transactions' || need === 'transformations' || need === 'idempotence'
  return asksForIds && generation.mechanisms.recordFormat < 2 ? 'producer ids came with 0.11 (KIP-98)' : null
}
