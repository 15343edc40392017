/** Probes of idempotent producers, of transactions and of who reads them. */
import type { Probe } from './probe.ts'
import { never, RARE, SELDOM, SOMETIMES, where } from './probe.ts'

const BUMPS = where(
  ({ producerRecoversByEpochBump }) => producerRecoversByEpochBump,
  'producers take the next epoch by themselves from 2.5 on (KIP-360)',
)
const TAKES_ANOTHER_ID = where(
  ({ producerRecoversByEpochBump }) => !producerRecoversByEpochBump,
  'from 2.5 on a producer takes the next epoch instead (KIP-360)',
)
const VERIFIED = where(
  ({ transactionsVerified }) => transactionsVerified,
  'leaders ask whether a transaction is under way from 3.6 on (KIP-890)',
)

const OF_IDS: readonly Omit<Probe, 'needs'>[] = [
  { name: 'batch refused with OUT_OF_ORDER_SEQUENCE_NUMBER', from: SELDOM },
  { name: 'batch refused with UNKNOWN_PRODUCER_ID', excuse: TAKES_ANOTHER_ID, from: SELDOM },
  { name: 'duplicate batch of a producer' },
  { name: 'idempotent-producer-bumps-its-epoch', excuse: BUMPS, from: SOMETIMES },
  { name: 'idempotent-producer-takes-another-id', excuse: TAKES_ANOTHER_ID, from: SOMETIMES },
]

const OF_TRANSACTIONS: readonly Omit<Probe, 'needs'>[] = [
  {
    name: 'WriteTxnMarkersRequest waits for the lock of its partition',
    excuse: where(
      ({ isrWriteBlocks }) => isrWriteBlocks !== 'nothing',
      'no ISR write holds the lock of a partition from 2.7 on',
    ),
    from: SELDOM,
  },
  { name: 'aborted batch passed over by a consumer' },
  { name: 'application told that its transaction is aborted' },
  { name: 'application told that its transaction is committed' },
  { name: 'application told that its transaction is failed', from: SOMETIMES },
  { name: 'batch refused with INVALID_PRODUCER_EPOCH', from: SELDOM },
  { name: 'coordinator of __transaction_state resigned' },
  { name: 'fetch told of aborted transactions' },
  { name: 'init producer id retried after its bump', excuse: BUMPS, from: RARE },
  { name: 'leader refused a marker', from: SOMETIMES },
  { name: 'marker answered after its coordinator has changed', from: RARE },
  { name: 'marker request timed out', from: RARE },
  { name: 'markers sent again by a new coordinator', from: SELDOM },
  { name: 'new coordinator of __transaction_state' },
  { name: 'producer epoch used up', excuse: never('no producer of a campaign has 32,767 successors') },
  { name: 'producer is fenced', from: SOMETIMES },
  { name: 'producer waits for its last transaction to be completed' },
  { name: 'read_committed fetch held back by an open transaction' },
  { name: 'transaction state not written', from: SOMETIMES },
  { name: 'transaction state written for a partition that has moved', from: SOMETIMES },
  { name: 'transaction timed out', from: SOMETIMES },
  {
    name: 'transactional id expired',
    excuse: never('ids are kept for transactional.id.expiration.ms, and no campaign lasts a week'),
  },
  { name: 'verification outrun by a marker', excuse: VERIFIED, from: SOMETIMES },
]

export const PROBES_OF_TRANSACTIONS: readonly Probe[] = [
  ...OF_IDS.map((probe): Probe => ({ ...probe, needs: 'idempotence' })),
  ...OF_TRANSACTIONS.map((probe): Probe => ({ ...probe, needs: 'transactions' })),
]
