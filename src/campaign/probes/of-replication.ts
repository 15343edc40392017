/** Probes of replication: brokers, controllers, the registry, sessions, and clients outside groups and transactions. */
import type { Probe } from './probe.ts'
import { IN_KRAFT, never, RARE, SELDOM, SOMETIMES, WITH_REGISTRY, where } from './probe.ts'

const ACKS_BY_HIGH_WATERMARK = where(({ acksAllBy }) => acksAllBy === 'high-watermark', 'to 0.8.1 acks count log ends')
const PRODUCES_LOCK = where(
  ({ isrWriteBlocks }) => isrWriteBlocks !== 'nothing',
  'no ISR write holds the lock of a partition from 2.7 on',
)
const NOTHING_DELETED = never('no family deletes topics')
const FETCHES_LOCK = where(
  ({ isrWriteBlocks }) => isrWriteBlocks === 'produce-and-fetch',
  'fetches take the lock of a partition in 0.8.0, 0.8.1 and from 2.1 to 2.6',
)
const CONTROLLER_WRITES_ISR = where(
  ({ isrPersistence }) => isrPersistence === 'controller',
  'leaders write the ISR themselves to 2.6',
)
const ISR_WRITES_COMPARED = where(
  ({ isrPersistence, isrWriteComparesOnRetry }) => isrPersistence === 'registry' && isrWriteComparesOnRetry,
  'leaders compare a refused ISR write from 0.8.2 to 2.6 (KAFKA-1382)',
)
const EXPIRES_IN_FLIGHT = where(
  ({ leaderEpochFencing }) => leaderEpochFencing,
  'a batch in flight does not expire before delivery.timeout.ms (KIP-91, 2.1)',
)
const BROKER_EPOCHS = where(
  ({ brokerEpoch, metadata }) => brokerEpoch && metadata === 'registry',
  'broker epochs came with KIP-380 (2.2), and KRaft has its own',
)
const POSITIONS_VALIDATED = where(
  ({ consumerValidatesOffsets }) => consumerValidatesOffsets,
  'consumers hold their position against leader epochs from 2.3 on (KIP-320)',
)
const STARTS_STAY = never('nothing is deleted from the start of a log, and consumers do not come before it')
const HIGH_WATERMARK_TOLD_UNKNOWN = where(
  ({ offsetNotAvailable }) => offsetNotAvailable,
  'leaders say that they do not know their high watermark from 2.2 on (KAFKA-2334)',
)
const JAVA_CLIENTS = never('producers of a campaign are Java clients')

export const PROBES_OF_REPLICATION: readonly Probe[] = [
  { name: 'FetchRequest waits for the lock of its partition', excuse: FETCHES_LOCK },
  { name: 'ISR change left pending until the state is told', excuse: CONTROLLER_WRITES_ISR, from: SELDOM },
  { name: 'ISR confirmation of another epoch ignored', excuse: CONTROLLER_WRITES_ISR, from: SELDOM },
  { name: 'ISR refused: a member is fenced, going or of another life', excuse: IN_KRAFT, from: RARE },
  { name: 'ISR request to the controller failed', excuse: CONTROLLER_WRITES_ISR, from: SELDOM },
  {
    name: 'ISR write ended by the end of the session',
    excuse: where(
      ({ isrPersistence, expiredSessionRequests }) =>
        isrPersistence === 'registry' && expiredSessionRequests === 'fail',
      'to 1.0 a write waits for the next session, and from 2.7 on the controller writes the ISR (KIP-497)',
    ),
    from: SOMETIMES,
  },
  { name: 'ISR write found to be its own', excuse: ISR_WRITES_COMPARED, from: SELDOM },
  { name: 'ISR write refused after a lost connection', excuse: ISR_WRITES_COMPARED, from: SELDOM },
  { name: 'ListOffsetsRequest waits for the lock of its partition', excuse: FETCHES_LOCK, from: SELDOM },
  { name: 'OffsetsForLeaderEpochRequest waits for the lock of its partition', excuse: FETCHES_LOCK, from: SOMETIMES },
  { name: 'ProduceRequest waits for the lock of its partition', excuse: PRODUCES_LOCK, from: SOMETIMES },
  { name: 'acks=all answered with NOT_ENOUGH_REPLICAS_AFTER_APPEND', excuse: ACKS_BY_HIGH_WATERMARK, from: SOMETIMES },
  { name: 'acks=all answered with NOT_LEADER_FOR_PARTITION', excuse: ACKS_BY_HIGH_WATERMARK, from: SOMETIMES },
  { name: 'acks=all answered with REQUEST_TIMED_OUT', excuse: ACKS_BY_HIGH_WATERMARK },
  { name: 'acks=all answered with UNKNOWN_TOPIC_OR_PARTITION', excuse: ACKS_BY_HIGH_WATERMARK, from: SELDOM },
  { name: 'active controller resigns without a majority', excuse: IN_KRAFT, from: SOMETIMES },
  {
    name: 'answer-that-no-fetcher-waits-for',
    excuse: never('a fetcher that gives up closes its connection, and what comes late is lost with it'),
  },
  { name: 'answer-to-an-expired-batch', excuse: EXPIRES_IN_FLIGHT, from: SOMETIMES },
  { name: 'balancer-asks-for-preferred-leaders', excuse: WITH_REGISTRY },
  { name: 'batch-expires-in-flight', excuse: EXPIRES_IN_FLIGHT, from: SOMETIMES },
  { name: 'batch-expires-in-the-accumulator', from: SELDOM },
  { name: 'broker serves on without a session', excuse: WITH_REGISTRY },
  {
    name: 'broker-bounce-not-seen',
    excuse: where(
      ({ brokerEpoch, metadata }) => !brokerEpoch && metadata === 'registry',
      'from 2.2 a bounce is seen by its broker epoch (KIP-380)',
    ),
    from: SELDOM,
  },
  { name: 'broker-bounce-seen', excuse: BROKER_EPOCHS, from: SELDOM },
  { name: 'broker-returns-with-a-replica-to-be-deleted', excuse: NOTHING_DELETED },
  { name: 'buffer-memory-exhausted', excuse: never('producers of a campaign send far less than their memory holds') },
  {
    name: 'consumer fetched between the high watermark and the log end',
    excuse: where(
      ({ consumerFetchAboveHighWatermark }) => consumerFetchAboveHighWatermark === 'error',
      'from 0.10 such a fetch finds nothing and is no error',
    ),
    from: RARE,
  },
  { name: 'consumer-detects-truncation', excuse: POSITIONS_VALIDATED, from: RARE },
  { name: 'consumer-epoch-is-unknown-to-the-leader', excuse: POSITIONS_VALIDATED, from: RARE },
  { name: 'consumer-offset-out-of-range', excuse: STARTS_STAY },
  { name: 'consumer-request-timed-out', from: SOMETIMES },
  { name: 'consumer-sees-the-high-watermark-go-back', from: SELDOM },
  { name: 'consumer-waits-for-the-new-leader-high-watermark', excuse: HIGH_WATERMARK_TOLD_UNKNOWN, from: RARE },
  {
    name: 'consumer-without-reset-policy-has-no-position',
    excuse: never('every consumer of a campaign resets to the earliest offset'),
  },
  { name: 'control request waits for the lock of a partition', excuse: PRODUCES_LOCK, from: SOMETIMES },
  { name: 'control-request-for-an-earlier-life', excuse: BROKER_EPOCHS, from: SELDOM },
  { name: 'control-request-of-a-replaced-controller', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'control-request-timed-out', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'control-requests-dropped-with-their-broker', excuse: WITH_REGISTRY },
  { name: 'controlled shutdown left leaderships behind', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'controlled shutdown request lost', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'controlled-shutdown-leaves-leaderships', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'controller deposed with records not committed', excuse: IN_KRAFT, from: SELDOM },
  { name: 'controller drops records that were never committed', excuse: IN_KRAFT, from: SELDOM },
  { name: 'controller-event-ended-by-an-expired-session', excuse: WITH_REGISTRY, from: SELDOM },
  {
    name: 'controller-goes-on-with-the-epoch-of-its-predecessor',
    excuse: where(
      ({ controllerElection, metadata }) => controllerElection === 'two-steps-unchecked' && metadata === 'registry',
      'the two steps of the election are checked from 1.1 on',
    ),
    from: RARE,
  },
  { name: 'controller-lost-the-race-to-one-that-is-gone', excuse: WITH_REGISTRY, from: RARE },
  {
    name: 'controller-znode-created-by-a-retried-request',
    excuse: where(
      ({ controllerElection, metadata }) => controllerElection !== 'multi' && metadata === 'registry',
      'from 2.2 one transaction makes /controller and its epoch',
    ),
    from: RARE,
  },
  { name: 'deposed controller refused by another one', excuse: IN_KRAFT, from: SELDOM },
  { name: 'elected with a high watermark above the log end', excuse: ACKS_BY_HIGH_WATERMARK, from: RARE },
  {
    name: 'epoch-answer-for-a-partition-that-has-moved-on',
    excuse: where(
      ({ truncation }) => truncation === 'kip-101' || truncation === 'kip-279' || truncation === 'kip-320',
      'followers ask for the ends of epochs from 0.11 to 2.6',
    ),
    from: SELDOM,
  },
  {
    name: 'fenced-partition-tried-again-under-its-newer-epoch',
    excuse: where(({ fencedRetry }) => fencedRetry, 'fenced partitions are tried again from 2.7 on'),
    from: SELDOM,
  },
  { name: 'fetch-answer-for-a-partition-that-has-moved-on' },
  {
    name: 'fetch-answer-holds-records-above-the-high-watermark',
    excuse: never('batches of a campaign lie wholly below the high watermark or wholly above it'),
  },
  {
    name: 'fetcher-fenced-by-a-newer-leader-epoch',
    excuse: where(({ leaderEpochFencing }) => leaderEpochFencing, 'fetches are fenced from 2.1 on (KIP-320)'),
  },
  {
    name: 'fetch session withholds a high watermark that the follower left aside',
    excuse: where(
      ({ truncation, divergingAnswerMovesHighWatermark }) =>
        truncation === 'on-fetch' && !divergingAnswerMovesHighWatermark,
      'followers leave the offsets of a diverging answer aside from 3.4.1 on',
    ),
    from: RARE,
  },
  { name: 'first-state-of-a-partition-exists', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'follower high watermark went back', from: SOMETIMES },
  {
    name: 'follower-ahead-of-its-leader-may-not-truncate',
    excuse: where(
      ({ followerAheadOfLeader }) => followerAheadOfLeader !== 'truncate',
      'followers ahead of their leader are cut in this version',
    ),
    from: SELDOM,
  },
  {
    name: 'follower-dropped-its-whole-log',
    excuse: never('no log start moves above the end of a follower in a campaign'),
  },
  {
    name: 'follower-must-ask-for-another-epoch',
    excuse: where(
      ({ truncation }) => truncation === 'kip-279' || truncation === 'kip-320',
      'KIP-279 (2.0) goes on asking, and fetches tell from 2.7 on',
    ),
    from: RARE,
  },
  { name: 'follower-truncated-below-its-high-watermark', from: RARE },
  { name: 'follower-truncated-its-log' },
  {
    name: 'high watermark frozen below min ISR',
    excuse: where(
      ({ highWatermarkFrozenBelowMinIsr }) => highWatermarkFrozenBelowMinIsr,
      'the high watermark is frozen below min ISR from 3.7 on (KAFKA-15583)',
    ),
    from: SOMETIMES,
  },
  {
    name: 'in-flight-window-comes-back-reversed',
    excuse: where(
      ({ retriesReversedAfterDisconnect }) => retriesReversedAfterDisconnect === true,
      'clients of this version put a lost window back in order',
    ),
  },
  {
    name: 'isr-request-ahead-of-the-controller',
    excuse: where(
      ({ isrPersistence, isrEligibility, metadata }) =>
        isrPersistence === 'controller' && isrEligibility !== 'any' && metadata === 'registry',
      'controllers look whether a request is ahead of them from 3.3 on (KAFKA-14154)',
    ),
    from: RARE,
  },
  { name: 'last-isr-member-kept', excuse: WITH_REGISTRY, from: SOMETIMES },
  {
    name: 'last-isr-member-removed',
    excuse: never('unclean election is off in every campaign, and the last member is then kept'),
  },
  { name: 'late lag check takes the lock before those who wait', excuse: PRODUCES_LOCK, from: SOMETIMES },
  { name: 'leader became follower' },
  { name: 'leader made leader again at a higher epoch', excuse: WITH_REGISTRY },
  {
    name: 'leader-answered-with-a-diverging-epoch',
    excuse: where(({ truncation }) => truncation === 'on-fetch', 'leaders tell of diverging epochs from 2.7 on'),
    from: SOMETIMES,
  },
  { name: 'log recovered after an unclean stop' },
  { name: 'metadata fetch failed', excuse: IN_KRAFT, from: SOMETIMES },
  {
    name: 'metadata-answer-with-older-leader-epoch',
    excuse: where(
      ({ leaderEpochFencing }) => leaderEpochFencing,
      'metadata carries leader epochs from 2.1 on (KIP-320)',
    ),
    from: SELDOM,
  },
  { name: 'metadata-answer-without-brokers' },
  { name: 'new leader does not know its high watermark yet', excuse: HIGH_WATERMARK_TOLD_UNKNOWN, from: RARE },
  { name: 'new leader with a high watermark below its log end' },
  { name: 'nobody-elected-by-controlled-shutdown', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'nobody-elected-by-offline', excuse: WITH_REGISTRY, from: SOMETIMES },
  { name: 'nobody-elected-by-preferred', excuse: WITH_REGISTRY, from: SOMETIMES },
  { name: 'office-taken-by-a-retried-request', excuse: WITH_REGISTRY, from: RARE },
  { name: 'offset-reset-moves-a-consumer-back', from: SELDOM },
  { name: 'offset-reset-skips-records', excuse: STARTS_STAY },
  { name: 'overdue session expired before its queued message', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'overdue session saved by a queued message', excuse: WITH_REGISTRY, from: SELDOM },
  {
    name: 'partition-marked-as-failed',
    excuse: where(({ fetchError }) => fetchError === 'mark-failed', 'to 2.2 the whole fetcher thread dies'),
    from: RARE,
  },
  { name: 'partitions-added-to-a-topic-that-goes', excuse: NOTHING_DELETED },
  { name: 'producer-gives-up-a-batch-that-may-be-in-the-log', from: SELDOM },
  { name: 'producer-request-timed-out' },
  {
    name: 'reassignment-overrides-another',
    excuse: never('reassignments of a campaign end before the next one or are left alone'),
  },
  { name: 'registration after an unclean shutdown', excuse: IN_KRAFT },
  { name: 'registration found to be its own', excuse: WITH_REGISTRY, from: RARE },
  {
    name: 'registration of the former session replaced',
    excuse: where(
      ({ registrationConflict, metadata }) => registrationConflict === 'replace-own' && metadata === 'registry',
      'brokers replace their own registration from 2.2 on (KAFKA-7165)',
    ),
    from: RARE,
  },
  { name: 'registration or heartbeat failed', excuse: IN_KRAFT, from: SOMETIMES },
  { name: 'registration refused while a former life has a session', excuse: IN_KRAFT },
  { name: 'registry request sent again', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'registry silent for two thirds of the session timeout', excuse: WITH_REGISTRY },
  {
    name: 'registry-does-not-answer-the-administrator',
    excuse: never('the administrator waits longer than the registry is ever paused'),
  },
  { name: 'replica-fetcher-request-failed' },
  { name: 'replica-fetcher-request-timed-out', from: SOMETIMES },
  {
    name: 'replica-fetcher-thread-died',
    excuse: where(({ fetchError }) => fetchError === 'kill-fetcher', 'from 2.3 only the partition is given up'),
    from: RARE,
  },
  { name: 'request on a replaced connection', excuse: WITH_REGISTRY, from: RARE },
  { name: 'request unread behind an unanswered one' },
  { name: 'role named a leader that is not alive', excuse: WITH_REGISTRY },
  { name: 'role of an older leader epoch ignored', excuse: WITH_REGISTRY, from: SELDOM },
  {
    name: 'running broker could not register again',
    excuse: never('a session that has expired has taken its registration with it by then'),
  },
  { name: 'scala-producer-gives-records-up', excuse: JAVA_CLIENTS },
  { name: 'scala-producer-queue-is-full', excuse: JAVA_CLIENTS },
  { name: 'send-blocked-for-max-block-ms', from: SELDOM },
  { name: 'session left open because it was closed while disconnected', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'session left open because its connection broke during the close', excuse: WITH_REGISTRY, from: RARE },
  { name: 'session moved while its former connection was open', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'session of a fenced broker ended later', excuse: IN_KRAFT, from: SOMETIMES },
  { name: 'stale-fetch-answer', from: SOMETIMES },
  { name: 'state-write-had-happened-although-refused', excuse: WITH_REGISTRY, from: RARE },
  { name: 'state-write-refused-by-version', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'state-znode-is-missing', excuse: NOTHING_DELETED },
  {
    name: 'stop of an older leader epoch refused',
    excuse: where(
      ({ stopReplicaEpoch, metadata }) => stopReplicaEpoch && metadata === 'registry',
      'StopReplica carries epochs from 2.6 on (KIP-570), and KRaft has none',
    ),
    from: RARE,
  },
  { name: 'take-over-failed-half-way', excuse: WITH_REGISTRY, from: RARE },
  { name: 'topic-deletion-waits-for-a-dead-replica', excuse: NOTHING_DELETED },
  { name: 'waiting requests overtake each other', excuse: PRODUCES_LOCK, from: SOMETIMES },
  { name: 'watch fired for a change during a disconnection', excuse: WITH_REGISTRY, from: SELDOM },
  { name: 'zombie-controller-meets-a-newer-epoch', excuse: WITH_REGISTRY, from: SELDOM },
  {
    name: 'no role taken: the file of high watermarks cannot be read',
    excuse: never('no family damages the files beside the logs'),
  },
  {
    name: 'start failed',
    excuse: where(
      ({ registrationConflict, metadata }) => registrationConflict === 'exit' && metadata === 'registry',
      'from 0.9 to 2.1 a start fails while the session of a former life lasts (KAFKA-7165)',
    ),
    from: SOMETIMES,
  },
]
