import type { Profile } from '../profile.ts'
import { APPLICATIONS } from './applications.ts'
import { CALM } from './calm.ts'
import { DISKS } from './disks.ts'
import { GROUPS } from './groups.ts'
import { IDEMPOTENT } from './idempotent.ts'
import { LITE } from './lite.ts'
import { POWER } from './power.ts'
import { SMOKE } from './smoke.ts'
import { SWARM } from './swarm.ts'
import { TRANSACTIONS } from './transactions.ts'
import { UNBOUNDED } from './unbounded.ts'

export const PROFILES: readonly Profile[] = [
  CALM,
  SMOKE,
  LITE,
  SWARM,
  UNBOUNDED,
  POWER,
  DISKS,
  IDEMPOTENT,
  TRANSACTIONS,
  GROUPS,
  APPLICATIONS,
]

export const profileNamed = (name: string): Profile | undefined => PROFILES.find((it) => it.name === name)
