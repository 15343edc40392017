import type { Profile } from '../profile.ts'
import { DISK_FAMILIES, USUAL_FAMILIES } from './usual-families.ts'

export const DISKS: Profile = {
  name: 'disks',
  meaning: 'Disks are slow, stall, fill up, rot and are replaced, tails of files are torn, and topics are cleaned.',
  brokers: [3, 5],
  topics: 2,
  partitions: 2,
  runMs: 60_000,
  settleMs: 60_000,
  faults: [1, 10],
  rate: 3,
  cleaned: true,
  swarm: true,
  bounded: true,
  families: { ...USUAL_FAMILIES, ...DISK_FAMILIES },
}
