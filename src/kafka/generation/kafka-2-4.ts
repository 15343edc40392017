import type { Generation } from './generation.ts'
import { KAFKA_2_3 } from './kafka-2-3.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 2.4 Log.truncateTo: the high watermark comes down to the new log end (KIP-392 moved it into the log).
  truncationLowersHighWatermark: true,
  // KAFKA-9491 (2.4.1): the high watermark follows the log start.
  highWatermarkAtLeastLogStart: true,
  // KIP-392.
  readReplicas: 'with-the-offset',
  // KIP-392: a follower that was sent an older high watermark is answered (recorded 3-42 ms).
  highWatermarkWakesFollowers: true,
  // 2.4 Partition.updateFollowerFetchState: only a log end that moved is worth a look.
  unmovedFetchKeepsHighWatermark: true,
  // KIP-455: adding and removing replicas are written.
  reassignment: 'adding-removing',
  // KIP-480 (KAFKA-8601).
  keylessPartitioner: 'sticky',
  // KAFKA-8558 MemberInfo: a static member keeps its place in the order through restarts.
  assignorsSortByInstanceId: true,
  // KIP-429 AbstractStickyAssignor.balance: what nobody owned is moved before what is owned.
  stickyAssignor: 'free-first',
  // KAFKA-7190: producers are forgotten by time alone.
  producersForgotten: 'by-time',
  // KIP-429.
  lostPartitionsTold: true,
  // 2.4 ConsumerProtocol.serializeSubscription: the order of SubscriptionState.
  claimsInFetchOrder: true,
}

export const KAFKA_2_4: Generation = {
  name: '2.4',
  releases: ['2.4.1'],
  summary:
    'The high watermark lives in the log and falls with a truncation, and its advance wakes parked follower fetches (modelled after 2.4.1, which has KAFKA-9491).',
  mechanisms: { ...KAFKA_2_3.mechanisms, ...overrides },
}
