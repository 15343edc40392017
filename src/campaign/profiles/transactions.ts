import type { Profile } from '../profile.ts'
import { CLIENT_FAMILIES, USUAL_FAMILIES } from './usual-families.ts'

export const TRANSACTIONS: Profile = {
  name: 'transactions',
  meaning: 'The same with transactional producers, now and then two of one id, and readers of committed records.',
  brokers: [3, 3],
  topics: 1,
  partitions: 2,
  runMs: 30_000,
  settleMs: 60_000,
  faults: [1, 6],
  rate: 3,
  transactional: true,
  swarm: true,
  bounded: true,
  families: {
    ...USUAL_FAMILIES,
    'crash-coordinator': CLIENT_FAMILIES['crash-coordinator'],
    'pause-client': CLIENT_FAMILIES['pause-client'],
    'cut-client': CLIENT_FAMILIES['cut-client'],
  },
}
