import type { FamilyName } from '../families.ts'
import type { FamilyChance } from '../profile.ts'

const chance = (weight: number, minMs: number, maxMs: number): FamilyChance => ({ weight, minMs, maxMs })

/** Faults that no disk forgets: what was appended survives them. */
export const USUAL_FAMILIES = {
  crash: chance(4, 20, 9_000),
  stop: chance(2, 500, 8_000),
  pause: chance(3, 50, 9_000),
  cut: chance(3, 100, 9_000),
  'cut-registry': chance(3, 100, 9_000),
  slow: chance(2, 500, 9_000),
  lag: chance(2, 500, 9_000),
  hold: chance(2, 100, 6_000),
  drop: chance(2, 50, 4_000),
  'expire-session': chance(2, 0, 0),
  'registry-pause': chance(1, 100, 5_000),
  elect: chance(2, 0, 0),
  reassign: chance(1, 0, 0),
  'rolling-bounce': chance(1, 300, 2_000),
  swizzle: chance(1, 200, 2_000),
  'jam-then-burst': chance(2, 100, 4_000),
  'flapping-link': chance(1, 100, 1_500),
  bridge: chance(1, 500, 6_000),
  'isolate-leader': chance(2, 300, 9_000),
  'isolate-controller': chance(2, 300, 9_000),
  'bounce-in-session': chance(3, 20, 900),
  'bounce-then-leader': chance(3, 1_000, 9_000),
} as const satisfies Readonly<Partial<Record<FamilyName, FamilyChance>>>

/** Faults of clients and coordinators. */
export const CLIENT_FAMILIES = {
  'crash-coordinator': chance(6, 20, 9_000),
  'crash-member': chance(5, 50, 9_000),
  'leave-group': chance(5, 50, 9_000),
  'pause-client': chance(5, 200, 12_000),
  'cut-client': chance(4, 200, 12_000),
  'busy-member': chance(3, 1_000, 12_000),
} as const satisfies Readonly<Partial<Record<FamilyName, FamilyChance>>>

/** Faults of disks. */
export const DISK_FAMILIES = {
  'slow-disk': chance(4, 500, 9_000),
  'stall-disk': chance(5, 100, 9_000),
  'disk-full': chance(5, 500, 9_000),
  'bit-rot': chance(4, 500, 6_000),
  wipe: chance(4, 0, 0),
  'torn-tail': chance(5, 20, 9_000),
} as const satisfies Readonly<Partial<Record<FamilyName, FamilyChance>>>
