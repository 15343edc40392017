/**
 * Every way in which one generation of Kafka differs from another, as a switch. Machines ask for a switch and never
 * for a version, so a further generation is a table and not a branch.
 */
export interface Mechanisms {
  /** Where cluster state lives. */
  readonly metadata: 'registry' | 'kraft'
  /** Record format: 0 (to 0.9), 1 (0.10, timestamps), 2 (0.11+: batches with leader epochs). */
  readonly recordFormat: 0 | 1 | 2

  // --- Truncation and the leader-epoch cache (A1)
  /** What a new follower cuts its log to. */
  readonly truncation: 'high-watermark' | 'kip-101' | 'kip-279' | 'kip-320' | 'on-fetch'
  /** A role change that names the same leader at a higher epoch: truncate again, skip (0.8.2-2.0.0), only if the epoch jumped by more than one (2.0.1), or restart the fetcher (2.1+). */
  readonly sameLeaderNewEpoch: 'truncate' | 'skip' | 'skip-unless-epoch-jumped' | 'restart-fetcher'
  /** A follower whose named leader is not in the request's live leaders: keep everything as it was (to 0.8.1), or create the replica so that its high watermark stays in the checkpoint (KAFKA-1647, 0.8.2). */
  readonly deadLeaderNamed: 'ignore' | 'create-replica'
  /** How the epoch cache takes an entry: 0.11 ignores what is not newer; 2.0.1+ removes conflicting entries first (KAFKA-7415); `checked` also refuses a negative offset (2.8+). */
  readonly epochCache: 'none' | 'ignore-older' | 'remove-conflicting' | 'remove-conflicting-checked'
  /** A leader enters (epoch, log end) when elected (2.0.1/2.1, KAFKA-7415), or with its first append (0.11-2.0.0). */
  readonly epochEntryAtElection: boolean
  /** The answer to "end of epoch e" for an epoch below the first cached one. */
  readonly epochBelowFirst: 'undefined' | 'first-start'
  /** Both caches empty (asked -1): leader's log end (0.11.0.0-0.11.0.2, 1.0.0, 1.0.1, 1.1.0), else undefined. */
  readonly epochBothEmpty: 'log-end' | 'undefined'
  /** Where a follower that must still truncate starts: its log end (0.11, 1.0) or its high watermark (1.1+). */
  readonly initialFetchOffset: 'log-end' | 'high-watermark'
  /** Fetch, OffsetsForLeaderEpoch and ListOffsets are checked against the current leader epoch (KIP-320, 2.1). */
  readonly leaderEpochFencing: boolean
  /** A fenced partition is tried again when its epoch has moved meanwhile (2.7). */
  readonly fencedRetry: boolean
  /** A leader answers fetches with a diverging epoch (2.7). */
  readonly leaderAnswersDiverging: boolean
  /** A fetch that is refused or diverging leaves the follower's state alone (KAFKA-13141, 2.7.2/2.8.1). */
  readonly divergingFetchUpdatesFollower: boolean
  /** A follower takes the high watermark of a diverging answer (to 3.4.0, KAFKA-14704). */
  readonly divergingAnswerMovesHighWatermark: boolean
  /** A follower whose log is longer than its leader's, unclean election off: cut it, halt the process (1.1.1 exits), or hang in its own shutdown, still registered (0.10.2, recorded). */
  readonly followerAheadOfLeader: 'truncate' | 'halt' | 'hang'
  /** A follower told that its offset is too old: drop the whole log (to 0.9.0.0), or only when the leader's start is above its end (KAFKA-2143). */
  readonly outOfRangeReset: 'wipe' | 'keep-if-covered'
  /** An append that does not fit the log end: the whole fetcher thread dies (to 2.2) or the partition is marked failed (2.3). */
  readonly fetchError: 'kill-fetcher' | 'mark-failed'
  /** A truncation also brings the high watermark down (2.4). */
  readonly truncationLowersHighWatermark: boolean
  /** A truncation with nothing to cut leaves the epoch cache alone, also an entry at the log end (2.0.1-2.5); else: it is trimmed. */
  readonly noOpTruncationKeepsEpochs: boolean
  /** A broker says what it decided before it truncates by epoch or to the high watermark (3.1); else: it does not. */
  readonly truncationDecisionLogged: boolean
  /** After a failed fetch a follower waits its back-off once (3.1); else: twice, asleep and then with every partition delayed. */
  readonly failedFetchBacksOffOnce: boolean
  /** A follower takes the answer to a fetch only in the leader epoch that it was asked in (KAFKA-18723, 3.9.1); else: in a later one too, as long as it wants that offset of that leader. */
  readonly fetchAnswerBoundToEpoch: boolean
  /** The high watermark follows the log start (KAFKA-9491, 2.4.1). */
  readonly highWatermarkAtLeastLogStart: boolean

  // --- High watermark and fetch (A2)
  /** Whose log ends the leader takes the minimum of. */
  readonly highWatermarkOver: 'isr' | 'isr-and-caught-up' | 'maximal-isr-and-caught-up' | 'maximal-isr-and-eligible'
  /** The leader's high watermark stands still below min ISR (KAFKA-15583, 3.7). */
  readonly highWatermarkFrozenBelowMinIsr: boolean
  /** The leader takes a fetch's position before it reads (0.8.0-0.8.1) or after (0.8.2+): the answer then carries the older high watermark. */
  readonly followerPositionTaken: 'before-read' | 'after-read'
  /** A parked follower fetch is answered when the leader's high watermark moves (KIP-392, 2.4.0-2.5.x). */
  readonly highWatermarkWakesFollowers: boolean
  /** A leader may send a consumer to a replica near it (KIP-392, 2.4): to any that has the offset, or from 3.3 on only to one of the ISR; before, only leaders serve consumers. */
  readonly readReplicas: 'none' | 'with-the-offset' | 'in-sync'
  /** A consumer that is sent to another replica is told so at once (3.3), or when its fetch has waited for its time. */
  readonly readReplicaToldAtOnce: boolean
  /** A follower whose high watermark moves answers consumers that wait there (3.3), or they wait for their time to be up. */
  readonly followersWakeReaders: boolean
  /** A consumer's fetch between the high watermark and the log end. */
  readonly consumerFetchAboveHighWatermark: 'error' | 'empty'
  /** A follower's fetch that does not move its log end does not move the leader's high watermark either (2.4); else: each fetch looks again, also at who is still caught up. */
  readonly unmovedFetchKeepsHighWatermark: boolean
  /** ListOffsets(latest) v5+ answers OFFSET_NOT_AVAILABLE until a new leader knows its high watermark (KAFKA-2334, 2.2). */
  readonly offsetNotAvailable: boolean
  /** A new ISR confirmed by the controller re-evaluates the high watermark (KAFKA-13091, 3.1); registry mode always does. */
  readonly isrConfirmationMovesHighWatermark: boolean
  /** On re-election of the same leader the followers' log ends are kept (0.9). */
  readonly sameLeaderKeepsFollowerState: boolean

  // --- ISR (A3)
  /** When a follower lags: by messages or time (to 0.8.2, KAFKA-1546), by time only (KIP-16, 0.9), by the better lastCaughtUp (KAFKA-4485, 0.10.2), not while its log is equal (KAFKA-7152, 2.1). */
  readonly isrLag: 'messages-or-stuck' | 'messages-or-time' | 'exactly-caught-up' | 'caught-up' | 'caught-up-or-equal'
  /** The check runs once a lag limit (to 0.10.1) or twice (0.10.2). */
  readonly isrCheckEvery: 'limit' | 'half-limit'
  /** A follower may join with log end >= high watermark; from 2.0.1 also >= the start of the leader's epoch (KAFKA-7128). */
  readonly isrAdmission: 'high-watermark' | 'high-watermark-and-epoch-start'
  /** A joining replica must be assigned (0.8.2). */
  readonly isrJoinMustBeAssigned: boolean
  /** Who writes the ISR: the leader with compare-and-set, or the controller on the leader's request (KIP-497, 2.7). */
  readonly isrPersistence: 'registry' | 'controller'
  /** The registry write holds the partition lock, so produces wait while the registry is silent (to 2.6, recorded to 2.4.1). */
  readonly isrWriteBlocks: 'nothing' | 'produce' | 'produce-and-fetch'
  /** An ISR write refused by version is compared with what was written after a lost connection (KAFKA-1382, 0.8.2). */
  readonly isrWriteComparesOnRetry: boolean
  /** Leader-made ISR changes are announced to the controller under /isr_change_notification (KAFKA-1367, 0.9). */
  readonly isrChangeNotification: boolean
  /** Who may be in an ISR besides being caught up. */
  readonly isrEligibility: 'any' | 'alive' | 'alive-epoch' | 'unfenced' | 'unfenced-epoch'

  // --- Produce (A6.1)
  /** A broker asked for a partition of others answers NOT_LEADER_FOR_PARTITION (2.0); else: UNKNOWN_TOPIC_OR_PARTITION. */
  readonly unhostedIsNotLeader: boolean
  /** There is min.insync.replicas (KAFKA-1555, 0.8.2). */
  readonly minInsyncReplicas: boolean
  /** acks = N > 1 is allowed (to 0.8.2). */
  readonly acksAnyNumber: boolean
  /** acks=all is satisfied by every ISR member's log end (to 0.8.1) or by the high watermark (0.8.2). */
  readonly acksAllBy: 'log-ends' | 'high-watermark'
  /** A leader that steps down answers parked produces at once (0.10), or leaves them to the next event (0.8.2, 0.9). */
  readonly stepDownCompletesProduce: boolean
  /** The min-ISR test uses min(min.insync.replicas, replication factor) (3.7). */
  readonly minIsrCappedByReplicas: boolean

  // --- Controller (A4, A5)
  /** Candidates of an offline election in ISR order (to 0.8.1) or assignment order (0.8.2). */
  readonly electionOrder: 'isr' | 'assignment'
  /** Unclean election can be switched off (KAFKA-1028, 0.8.2); else: a replica outside the ISR may always lead. */
  readonly uncleanElectionSwitch: boolean
  /** What happens to the last ISR member that dies: removed (ISR empty), kept when unclean is off, or always kept (KAFKA-5083, 1.1). */
  readonly lastIsrMember: 'remove' | 'keep-unless-unclean' | 'keep'
  /** A new controller first takes dead replicas out of ISRs, then elects (2.3.1, recorded); before it only elects. */
  readonly newControllerRemovesDeadReplicas: boolean
  /** A broker starts its controller before it registers itself (recorded 0.10.2) or after. */
  readonly controllerStartsBeforeRegistration: boolean
  /** New replicas of a failed broker are told: the leader only (0.8.0) or all other assigned replicas. */
  readonly offlineReplicaTold: 'leader' | 'assigned'
  /** `/controller` and `/controller_epoch`: two steps whose second may fail unseen (to 0.11), abort (1.1), or one multi (2.1, KAFKA-6082). */
  readonly controllerElection: 'two-steps-unchecked' | 'two-steps' | 'multi'
  /** Controller writes check the /controller_epoch version (KAFKA-6082, 2.1). */
  readonly controllerWritesFenced: boolean
  /** A resigning controller deletes /controller even when it is its successor's (to 2.0). */
  readonly resignDeletesController: boolean
  /** Control requests carry the broker epoch (KIP-380, 2.2); a bounce between two looks is seen. */
  readonly brokerEpoch: boolean
  /** StopReplica carries a leader epoch (KIP-570, 2.6). */
  readonly stopReplicaEpoch: boolean
  /** UpdateMetadata is sent first by a new controller (0.8.2). */
  readonly newControllerUpdatesMetadataFirst: boolean
  /** `/brokers/ids/<id>` still exists at registration: wait one session timeout and retry (0.8), exit (0.9), or delete it when it is this process's own former session (2.2, KAFKA-7165), else exit. */
  readonly registrationConflict: 'wait' | 'exit' | 'replace-own'
  /** An expired session in ZkClient retries the request, KafkaZkClient (1.1) fails it. */
  readonly expiredSessionRequests: 'retry' | 'fail'
  /** Writing adding and removing replicas in a reassignment's steps (KIP-455, 2.4). */
  readonly reassignment: 'znode' | 'adding-removing'
  /** A controlled shutdown moves leaders one state write each before the session ends (0.8.1+). */
  readonly controlledShutdown: boolean
  /** Candidates of a controlled shutdown in ISR order (to 0.9) or, when absent, in assignment order (0.10). */
  readonly controlledShutdownOrder: 'isr' | 'assignment'
  /** A controller writes an id into the znode of a topic that has none (KIP-516, 2.8; recorded on 3.3 and 3.5). */
  readonly topicIds: boolean
  /** Enabling unclean election for a topic makes the controller elect at once (2.1), not at the next broker event. */
  readonly uncleanEnabledElects: boolean

  // --- Log and checkpoints (A2.3, A9)
  /** The high-watermark checkpoint is fsynced before its rename (0.8.2). */
  readonly checkpointFsync: boolean

  /** A clean stop flushes the active segment of a log once more although all of it is flushed (3.2); else: only what is not. */
  readonly closeFlushesActiveSegment: boolean

  /** What an unclean start scans: the last segment (0.8.0), or every segment from the one that holds the recovery point (KAFKA-615, 0.8.1). */
  readonly recoveryScan: 'last-segment' | 'from-recovery-point'
  /** The recovery point in memory after an unclean start: as it was in the file, the log end without any flush (1.0), or the smaller of the two (2.8). */
  readonly recoveryPointAfterRecovery: 'unchanged' | 'log-end' | 'not-above-log-end'
  /** A bad index file at the start: the broker does not start (to 0.8.2), it is rebuilt (0.9), or nobody looks (KAFKA-7283, 2.3). */
  readonly indexCheck: 'fatal' | 'rebuild' | 'none'
  /** A missing index of an old segment is found, too late, to exist already, and stays empty (1.1 to 2.2); else: it is rebuilt. */
  readonly missingIndexLeftEmpty: boolean
  /** The clean-shutdown marker is removed when every log is loaded, or before the first one (KAFKA-10471, 2.8). */
  readonly cleanMarkerRemoved: 'after-loading' | 'before-loading'
  /** A recovery-point file that cannot be read: the broker does not start (to 0.8.2), every segment is scanned (0.9), or the directory has failed (KIP-112, 1.0). */
  readonly unreadableRecoveryPoint: 'fatal' | 'ignored' | 'directory-fails'
  /** A failed log directory takes only itself offline (KIP-112, 1.0); else: the process ends, or serves on without roles. */
  readonly logDirFailures: boolean
  /** A broker id in meta.properties that is not the configured one ends the start (0.9). */
  readonly metaPropertiesChecked: boolean
  /** A log start beyond the log end, from its checkpoint: kept so, or the log is emptied and begins there (2.3). */
  readonly logStartPastEnd: 'kept' | 'log-emptied'
  /** Garbage behind the last batch ends a start that does not scan (0.10.2); else: it is passed over. */
  readonly trailingGarbageIsFatal: boolean
  /** A reader at the torn last entry of an old segment gets nothing for ever (to 0.9), or goes on with the next segment. */
  readonly tornEntryStopsReaders: boolean
  /** Producer snapshots that an unclean start writes below what it scans: where the scan begins (1.1), or at the last two segments (2.0). */
  readonly recoverySnapshots: 'where-scan-begins' | 'last-two-segments'

  /** An index entry names the first offset of its append (to 1.1) or the last one (2.0), or every batch may have one, by its last offset (3.9.1). */
  readonly indexEntryOffset: 'first' | 'last' | 'last-of-batch'
  /** Producer snapshots that are kept: those from the second newest flushed segment on (0.11), or one a segment (2.8). */
  readonly producerSnapshots: 'newest' | 'per-segment'
  /** The first look for old segments is a minute after the start (0.8.0) or half a minute (0.8.1). */
  readonly retentionBegins: 'minute' | 'half-minute'
  /** retention.ms = -1: everything is too old (to 0.8.2), or nothing ever is (0.9). */
  readonly negativeRetention: 'everything' | 'never'
  /** Retention deletes nothing above the high watermark (KAFKA-5634, 0.11.0.1). */
  readonly retentionStopsAtHighWatermark: boolean
  /** Administrators can move the start of a log (KIP-107, 0.11). */
  readonly deleteRecords: boolean
  /** Segments before the log start go from compacted logs too, which only the cleaner looks at (2.1); to 2.0 it deletes only from logs that are also deleted from. */
  readonly compactedLogsFollowLogStart: boolean
  /** ListOffsets knows -3, the largest timestamp (KIP-734, 3.0); to 2.8 it is a time before all others. */
  readonly listsLargestTimestamp: boolean
  /** When a tombstone may go: with a segment older than the last clean one less delete.retention.ms, or at a horizon stamped into its batch (KIP-534, 3.1). */
  readonly tombstoneHorizon: 'by-clean-segment' | 'by-stamp'
  /** Nothing above the high watermark is cleaned (KAFKA-13194, 3.1). */
  readonly cleanerStopsAtHighWatermark: boolean

  // --- Producer state (A6.4), of formats with producer ids (0.11)
  /** Batches of a producer that a log remembers to find duplicates: the last (0.11) or the last five (1.0). */
  readonly producerBatchesKept: 1 | 5
  /** A first batch that does not begin at sequence 0: refused as out of order (0.11) or unknown (1.0), or taken (KIP-360, 2.5). */
  readonly unknownProducer: 'out-of-order' | 'unknown-producer-id' | 'accept'
  /** The same where only a marker of the epoch was seen: out of order, or unknown (2.0 to 2.4). */
  readonly sequenceAfterMarker: 'out-of-order' | 'unknown-producer-id'
  /** A marker without a transaction counts as one that began and ended with it (to 2.7). */
  readonly emptyTransactions: boolean
  /** What a cut log gives for its last stable offset: transactions that it has read again hold it back until the high watermark moves; only those above the high watermark do (2.8); or it stays, above the high watermark, until the next append (3.3). */
  readonly stableOffsetAfterTruncation: 'read-again' | 'by-high-watermark' | 'kept'
  /** A last stable offset at a log start inside a batch is the base of that batch (4.0), which is below the log start; else: the log start. */
  readonly stableOffsetAtBatch: boolean
  /** A log forgets a producer when its start passes the producer's last record (0.11) or last data (1.0), or only by time (KAFKA-7190, 2.4). */
  readonly producersForgotten: 'with-last-record' | 'with-last-data' | 'by-time'

  // --- Groups and transactions: coordinators (A6.5, A8)
  /** An internal topic is not created with fewer replicas than its setting asks for (KIP-115, 0.11), or with as many as there are brokers. */
  readonly internalTopicsNeedReplicas: boolean
  /** Committed offsets are kept while their group has members (KIP-211, 2.1), or each for its retention from its commit on. */
  readonly offsetsExpireWithGroup: boolean
  /** A group whose last member has gone stays, with one more generation in its log (0.10.1, KAFKA-2720), or is forgotten. */
  readonly emptyGroupsKept: boolean
  /** What DescribeGroups calls a group that waits for its leader's assignment (1.1, KAFKA-6065). */
  readonly completingRebalanceCalled: 'AwaitingSync' | 'CompletingRebalance'
  /** A member that asks during that wait is told that all is well (2.6), or to join again. */
  readonly heartbeatWhileCompleting: boolean
  /** A static member that comes back during that wait has its place (2.3), or makes the group begin again (KAFKA-9801, 2.5). */
  readonly staticRejoinWhileCompleting: 'join' | 'rebalance'
  /** The new id of a static member that came back is written to the log (KAFKA-10284, 2.6.1), or a new coordinator knows the old one. */
  readonly staticReplacementStored: boolean
  /** A static leader that comes back is told that it leads and has nothing to divide (KIP-814, 3.2), or that its old id leads. */
  readonly joinSkipsAssignment: boolean
  /** Members that joined a generation and never sync are removed (2.8, KAFKA-12890), or only by their session. */
  readonly unsyncedMembersRemoved: boolean

  // --- Members of groups (A8)
  /** A member's heartbeats come from a thread of their own (KIP-62, 0.10.1), or from poll only. */
  readonly backgroundHeartbeat: boolean
  /** A new member asks for its id first and joins with it (KIP-394, 2.2). */
  readonly newMembersAskForId: boolean
  /** Partitions that a member lost with its membership are told apart from those it gives away, also at close (KIP-429, 2.4); else: both are revoked. */
  readonly lostPartitionsTold: boolean
  /** A commit between join and sync is told so (2.5), or that it has failed. */
  readonly commitToldRebalance: boolean
  /** A fenced static member that polls on joins again, and fences the other (2.6), or polls without effect. */
  readonly fencedMemberRejoins: boolean
  /** The connection to a coordinator that is none any more, or does not answer, is closed (KAFKA-6593, 1.0.2), or what was asked on it goes on hanging. */
  readonly formerCoordinatorLeft: boolean
  /** A refusal is about the generation in which the request was sent (KAFKA-9823, 2.6), or about the one that the member is in. */
  readonly sentGenerationRemembered: boolean
  /** A member by pattern asks for metadata anew before it joins (2.0), so that all members find a new topic in one rebalance; before, it waits only for what was asked already. */
  readonly patternRefreshedBeforeJoin: boolean
  /** A member whose join is refused because the group could not be written joins again (2.8), or its poll throws. */
  readonly joinToldRebalance: boolean
  /** A member of an old generation keeps its id (3.2), or joins as another. */
  readonly memberIdKept: boolean

  // --- Transactions (A6.5), from 0.11
  /** A fenced producer is told PRODUCER_FENCED by its coordinator, which it cannot recover from, and INVALID_PRODUCER_EPOCH by leaders, which only aborts (KIP-588, 2.7); else: INVALID_PRODUCER_EPOCH by both, never recoverable. */
  readonly coordinatorTellsFenced: boolean
  /** A call on a fenced producer throws ProducerFencedException itself (KAFKA-7285, 2.1); else: a KafkaException around it. */
  readonly fencedExceptionBare: boolean
  /** A producer whose offsets are refused for an old epoch throws ProducerFencedException (3.6, and to 2.6); else: InvalidProducerEpochException. It ends either way. */
  readonly oldEpochOfOffsetsFences: boolean
  /** Offsets of a transaction wait until the group's coordinator has read its log (KAFKA-7296, 2.0.1); else: that it reads ends the producer. */
  readonly offsetsAwaitCoordinator: boolean
  /** A send that fails at once, for its size or because it blocked for too long, fails its transaction (KAFKA-9279, 3.2); else: the transaction can be committed without it. */
  readonly refusedSendFailsTransaction: boolean
  /** A producer may ask for its epoch to be bumped, and a coordinator takes only the present epoch (KIP-360, 2.5); else: it cannot, and an epoch above the present one passes. */
  readonly producerRecoversByEpochBump: boolean
  /** A fence that could not be written is tried again at the same epoch (KAFKA-9666, 2.6); else: each try uses an epoch up. */
  readonly failedFenceKeepsEpoch: boolean
  /** Offsets of a transaction carry the member and generation of their consumer, and are refused from an old one (KIP-447, 2.5); else: whoever knows the group's name may commit. */
  readonly transactionalOffsetsFenced: boolean
  /** A leader asks the coordinator before it takes the first batch of a transaction (KIP-890 part 1, 3.6); else: a late batch can open a transaction that nobody ends. */
  readonly transactionsVerified: boolean
  /** What a producer is told whose batch could not be verified because the coordinator did not answer: NETWORK_EXCEPTION (3.6), or NOT_ENOUGH_REPLICAS (3.7.1). */
  readonly lostVerificationTold: 'network-exception' | 'not-enough-replicas'
  /** What fails verification is told TRANSACTION_ABORTABLE (KIP-890, 3.8); else: INVALID_TXN_STATE. */
  readonly unverifiedTransactionAbortable: boolean
  /** Every end of a transaction bumps the epoch, and leaders add partitions for the producer (KIP-890 part 2, 4.0); else: epochs stay, and the producer adds them. */
  readonly transactionsBumpEpoch: boolean
  /** The first batch of a transaction in a log that knows nothing of its producer must have sequence 0 (KAFKA-18202, 4.1), or may have any. */
  readonly transactionsBeginAtZero: boolean

  // --- Clients (A6.2, A7): those of the brokers' own generation
  /** A client's new connection first exchanges versions, so a broker that hangs is not handed a retry (KIP-97, 0.10.2). */
  readonly clientAsksVersions: boolean
  /** After a disconnect a producer's window in flight comes back in reversed order (2.0.0) or in order. */
  readonly retriesReversedAfterDisconnect: boolean
  /** What an idempotent producer counts its sequences by: what was acknowledged, so that a batch that is given up leaves its sequence to the next one and one that expires in retry ends the id (0.11, with one request in flight), or what was sent (KAFKA-5494, 1.0). */
  readonly sequencesCount: 'acknowledged' | 'sent'
  /** A consumer holds its position against the epochs of a new leader (KIP-320 on the client, 2.3). */
  readonly consumerValidatesOffsets: boolean
  /** A consumer goes back to the leader when a fetch from another replica fails or is lost (3.3), or only when its metadata does not list that broker or the offset is out of range there. */
  readonly readReplicaDroppedOnError: boolean
  /** Keyless records go round the partitions, stay on one for a batch (KIP-480, 2.4), or until batch.size bytes went there (KIP-794, 3.3). */
  readonly keylessPartitioner: 'round-robin' | 'sticky' | 'by-bytes'
  /** A send to a partition that the topic does not have throws after one look at the metadata, or waits for it for max.block.ms (2.1). */
  readonly unknownPartition: 'throws' | 'waits'
  /** What a send is told for which the producer's memory did not suffice in time: TimeoutException, or BufferExhaustedException (KAFKA-3720, 2.6). */
  readonly memoryError: 'timeout' | 'buffer-exhausted'
  /** What a record is told whose request had no answer in request.timeout.ms: NetworkException, or TimeoutException (KAFKA-14317, 3.5). */
  readonly requestTimeoutError: 'network' | 'timed-out'
  /** Assignors serve static members first, in the order of their instance ids (KIP-345 in the assignors, 2.4); else: all by member id. */
  readonly assignorsSortByInstanceId: boolean
  /** Assignors fill maps of topics by computeIfAbsent, which puts a topic before the others of its bucket (2.1); else: after them. It decides the order of an assignment. */
  readonly assignorMapsComputeIfAbsent: boolean
  /** Range and sticky assignors prefer partitions with a replica in the rack of the member, for which RangeAssignor goes through topics in the order of its map of partitions (KIP-881, 3.5); else: of its map of members. */
  readonly rangeWalksPartitions: boolean
  /** Brokers and clients have the group protocol of KIP-848, in which the coordinator assigns (4.0). */
  readonly consumerGroupProtocol: boolean
  /** The partitions of subscribed topics are a hash in the record of the group epoch (4.1); else: a record of their own. */
  readonly groupEpochHashesTopics: boolean
  /** How the sticky assignors divide: keep, give to the emptiest, move (KIP-54); with the owners before the present ones (KIP-341, 2.3); moving what was free first (2.4); a quota a member when all subscribe equally (KAFKA-9987, 2.5.1), counted from the beginning (KAFKA-12675, 3.0), of which the lowest partitions are kept (KAFKA-16277, 3.7.1). */
  readonly stickyAssignor:
    | 'kip-54'
    | 'kip-341'
    | 'free-first'
    | 'fill-to-quota'
    | 'count-to-quota'
    | 'count-sorted-to-quota'
  /** Which claims of members sticky assignors believe: those of the newest generation (2.5.1), if one member makes them (KAFKA-12984, 2.8.1), or each partition its newest claimant's (3.4.1). Before 2.5.1 the general algorithm sees to it alone. */
  readonly stickyClaims: 'newest-generation' | 'newest-generation-unique' | 'newest-claim'
  /** A cooperative-sticky member says in which generation it got what it owns (KAFKA-12984, 2.8.1). */
  readonly cooperativeClaimsCarryGeneration: boolean
  /** A member says what it owns in the order in which it fetches, what it took records of last (2.4 to 2.7), or sorted (2.8). */
  readonly claimsInFetchOrder: boolean

  // --- KRaft (A4.2, A4.3, A5.6)
  /** Controller-made ISR shrinks bump the leader epoch (registry modes; KRaft before metadata version 3.6). */
  readonly shrinkBumpsLeaderEpoch: 'never' | 'controller-made' | 'every'
  /** KRaft obeys unclean.leader.election.enable (3.9; recorded: 3.5.2 leaves it to administrators, 3.9.1 and 4.1.1 elect at unfencing). */
  readonly uncleanElectionInKraft: boolean
  /** Whom a reassignment waits for in KRaft: the added replicas, or every replica of its target (KAFKA-15665, 3.8). */
  readonly reassignmentWaitsFor: 'added' | 'targets'
  /** Replicas that left a too small ISR stay eligible (KIP-966; on in new clusters of 4.1). */
  readonly eligibleLeaderReplicas: boolean
  /** A controller that hears of no leader asks for votes before it raises the epoch (KIP-996, 4.0); else: it raises it at once. */
  readonly quorumPreVote: boolean
  /** An active controller without answers of a majority resigns (KAFKA-15489, 3.7); else: it stays, and cannot commit. */
  readonly quorumLeaderChecksMajority: boolean
  /** A broker's fetch of metadata that waits is answered when something is committed (KIP-1166, 4.1); else: when something is appended, so that what a majority confirms later is learnt up to 500 ms late (recorded on 3.5.2). */
  readonly commitWakesMetadataFetches: boolean
  /** The session of a broker that was fenced on its own request still ends later, and fences it once more (KAFKA-17793, 4.0; recorded on 4.1.1). */
  readonly sessionOutlivesFencing: boolean
}
