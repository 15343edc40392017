/** Every switch between generations in plain words: what it decides, and what each of its values means. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'

export interface MechanismWords {
  /** The part of the broker that it belongs to. */
  readonly area:
    | 'metadata'
    | 'truncation'
    | 'high watermark'
    | 'ISR'
    | 'produce'
    | 'controller'
    | 'log'
    | 'coordinators'
    | 'transactions'
    | 'clients'
    | 'KRaft'
  /** What it decides, one or two sentences. */
  readonly meaning: string
  /** By value as text; of a yes-or-no switch what each answer means. */
  readonly values: Readonly<Record<string, string>>
}

const yesNo = (yes: string, no: string): Readonly<Record<string, string>> => ({ true: yes, false: no })

export const MECHANISM_WORDS: Readonly<Record<keyof Mechanisms, MechanismWords>> = {
  metadata: {
    area: 'metadata',
    meaning: 'Where the state of the cluster lives: who leads, who is in the ISR, who is alive.',
    values: {
      registry: 'in ZooKeeper, a registry beside the brokers, that one broker (the controller) and the leaders write',
      kraft: 'in a log that the controllers replicate among themselves (KIP-500)',
    },
  },
  recordFormat: {
    area: 'metadata',
    meaning: 'The format of records on disk and on the wire.',
    values: {
      0: 'single messages without a timestamp',
      1: 'single messages with a timestamp (0.10)',
      2: 'batches that carry the leader epoch (0.11), without which a follower cannot tell two histories apart',
    },
  },
  truncation: {
    area: 'truncation',
    meaning: 'To what a broker cuts its log before it follows a new leader.',
    values: {
      'high-watermark':
        'to its own high watermark, which is behind the truth: acknowledged records can be lost and logs can part',
      'kip-101': 'to the end of its last epoch as the leader knows it, asked once',
      'kip-279': 'to the end of the largest epoch both have, asked as often as it takes (also after a fast fail-over)',
      'kip-320': 'as with KIP-279, and the leader refuses a question of another epoch',
      'on-fetch': 'the leader says in its answer to a fetch where the logs part; nobody asks beforehand',
    },
  },
  sameLeaderNewEpoch: {
    area: 'truncation',
    meaning: 'What a follower does when it is told a higher epoch of the leader it already follows.',
    values: {
      truncate: 'truncates again',
      skip: 'nothing: an epoch of another leader in between goes unnoticed (KAFKA-7164)',
      'skip-unless-epoch-jumped': 'nothing, unless the epoch rose by more than one',
      'restart-fetcher': 'starts its fetcher anew under the new epoch',
    },
  },
  deadLeaderNamed: {
    area: 'truncation',
    meaning: 'What a follower does when the leader it is named is not alive.',
    values: {
      ignore: 'leaves everything as it was; its high watermark can vanish from the checkpoint',
      'create-replica':
        'creates the replica all the same, so that its high watermark stays in the checkpoint (KAFKA-1647)',
    },
  },
  epochCache: {
    area: 'truncation',
    meaning: 'How the list of leader epochs and their first offsets is kept.',
    values: {
      none: 'there is none',
      'ignore-older': 'an entry that is not newer is ignored',
      'remove-conflicting': 'entries that contradict the new one are removed first (KAFKA-7415)',
      'remove-conflicting-checked': 'as before, and an offset below zero is refused',
    },
  },
  epochEntryAtElection: {
    area: 'truncation',
    meaning: 'When a leader enters its epoch into its epoch cache.',
    values: yesNo(
      'when it is elected (KAFKA-7415)',
      'with its first append: a leader that wrote nothing leaves no trace',
    ),
  },
  epochBelowFirst: {
    area: 'truncation',
    meaning: 'What a leader answers about an epoch below the first one it knows.',
    values: { undefined: 'that it does not know', 'first-start': 'the start of the first epoch it knows' },
  },
  epochBothEmpty: {
    area: 'truncation',
    meaning: 'What two empty epoch caches agree on.',
    values: { 'log-end': 'the end of the log', undefined: 'nothing' },
  },
  initialFetchOffset: {
    area: 'truncation',
    meaning: 'Where a follower that must still truncate starts from.',
    values: { 'log-end': 'the end of its log', 'high-watermark': 'its high watermark' },
  },
  leaderEpochFencing: {
    area: 'truncation',
    meaning: 'Whether fetches, questions about epochs and offsets are checked against the leader epoch (KIP-320).',
    values: yesNo('they are: a request of another epoch is refused', 'they are not: a zombie is believed'),
  },
  fencedRetry: {
    area: 'truncation',
    meaning: 'What a follower does whose fetch was fenced.',
    values: yesNo('tries again when its epoch has moved meanwhile', 'leaves the partition until it is given a role'),
  },
  leaderAnswersDiverging: {
    area: 'truncation',
    meaning: 'Whether a leader says in the answer to a fetch where the logs part.',
    values: yesNo('it does', 'it does not: the follower asks beforehand'),
  },
  divergingFetchUpdatesFollower: {
    area: 'truncation',
    meaning: 'Whether a fetch that is refused or diverges moves what the leader knows of the follower (KAFKA-13141).',
    values: yesNo('it does', 'it does not'),
  },
  divergingAnswerMovesHighWatermark: {
    area: 'truncation',
    meaning: 'Whether a follower takes the high watermark of an answer that says that its log diverges (KAFKA-14704).',
    values: yesNo('it does, over records that it then cuts', 'it does not'),
  },
  followerAheadOfLeader: {
    area: 'truncation',
    meaning: 'What a follower does whose log is longer than its leader’s, with unclean election off.',
    values: {
      truncate: 'cuts its log',
      halt: 'ends its process rather than lose records',
      hang: 'tries to end its process and hangs in its own shutdown, still registered',
    },
  },
  outOfRangeReset: {
    area: 'truncation',
    meaning: 'What a follower does whose offset is too old for its leader.',
    values: {
      wipe: 'drops its whole log',
      'keep-if-covered': 'keeps what the leader still covers (KAFKA-2143)',
    },
  },
  fetchError: {
    area: 'truncation',
    meaning: 'What an append that does not fit does to a follower.',
    values: {
      'kill-fetcher': 'the whole thread dies, and with it every partition it follows',
      'mark-failed': 'only that partition is left alone (KIP-461)',
    },
  },
  truncationLowersHighWatermark: {
    area: 'truncation',
    meaning: 'Whether cutting the log brings a high watermark above its end down too.',
    values: yesNo('it does', 'it does not: the high watermark can stand above the log end'),
  },
  noOpTruncationKeepsEpochs: {
    area: 'truncation',
    meaning: 'What a truncation that cuts nothing does to the epoch cache.',
    values: yesNo('leaves it alone, also an entry at the log end', 'trims it'),
  },
  truncationDecisionLogged: {
    area: 'truncation',
    meaning: 'Whether a broker says what it has decided before it truncates.',
    values: yesNo('it does', 'it does not'),
  },
  failedFetchBacksOffOnce: {
    area: 'truncation',
    meaning: 'How long a follower waits after a failed fetch.',
    values: yesNo('its back-off once', 'twice: asleep, and then with every partition delayed'),
  },
  highWatermarkAtLeastLogStart: {
    area: 'truncation',
    meaning: 'Whether the high watermark follows the log start (KAFKA-9491).',
    values: yesNo('it does', 'it can stay below the log start'),
  },
  highWatermarkOver: {
    area: 'high watermark',
    meaning: 'Whose log ends the leader takes the least of.',
    values: {
      isr: 'those of the ISR',
      'isr-and-caught-up': 'those of the ISR and of every replica that is caught up',
      'maximal-isr-and-caught-up':
        'those of the ISR, of members it has asked for, and of every replica that is caught up',
      'maximal-isr-and-eligible':
        'those of the ISR, of members it has asked for, and of caught-up replicas that may join',
    },
  },
  highWatermarkFrozenBelowMinIsr: {
    area: 'high watermark',
    meaning: 'Whether the high watermark stands still while the ISR is smaller than min.insync.replicas (KAFKA-15583).',
    values: yesNo('it does', 'it moves on'),
  },
  followerPositionTaken: {
    area: 'high watermark',
    meaning: 'When a leader takes the position of a follower that fetches.',
    values: {
      'before-read': 'before it reads: the answer carries the new high watermark',
      'after-read': 'after it has read: the answer carries the older one, so followers learn it one fetch later',
    },
  },
  highWatermarkWakesFollowers: {
    area: 'high watermark',
    meaning: 'Whether a parked fetch of a follower is answered when the high watermark moves (KIP-392).',
    values: yesNo('it is', 'it waits for records or for its time'),
  },
  readReplicas: {
    area: 'high watermark',
    meaning: 'To which replicas a leader may send a consumer that stands in another rack (KIP-392).',
    values: {
      none: 'to none: only leaders serve consumers',
      'with-the-offset': 'to any in its rack that has the offset, in the ISR or not',
      'in-sync': 'to one in its rack that has the offset and is in the ISR',
    },
  },
  readReplicaToldAtOnce: {
    area: 'high watermark',
    meaning: 'When a consumer is told to read from another replica.',
    values: yesNo('at once', 'when its fetch has waited for its time'),
  },
  followersWakeReaders: {
    area: 'high watermark',
    meaning: 'Whether consumers that wait at a follower are answered when its high watermark moves.',
    values: yesNo('they are', 'they wait for their time to be up'),
  },
  consumerFetchAboveHighWatermark: {
    area: 'high watermark',
    meaning: 'What a consumer is told between the high watermark and the log end.',
    values: { error: 'that its offset is out of range', empty: 'nothing: it waits' },
  },
  unmovedFetchKeepsHighWatermark: {
    area: 'high watermark',
    meaning: 'Whether a fetch that does not move the follower can move the leader’s high watermark.',
    values: yesNo('it cannot', 'it can: each fetch looks again who is still caught up'),
  },
  offsetNotAvailable: {
    area: 'high watermark',
    meaning: 'What a new leader says about the last offset before it knows its high watermark (KAFKA-2334).',
    values: yesNo('OFFSET_NOT_AVAILABLE', 'an offset that can go back'),
  },
  isrConfirmationMovesHighWatermark: {
    area: 'high watermark',
    meaning: 'Whether an ISR that the controller confirms can move the high watermark at once (KAFKA-13091).',
    values: yesNo('it can', 'the next fetch moves it'),
  },
  sameLeaderKeepsFollowerState: {
    area: 'high watermark',
    meaning: 'What a leader that is elected again does with the log ends it knows of its followers.',
    values: yesNo('keeps them', 'forgets them until they fetch'),
  },
  isrLag: {
    area: 'ISR',
    meaning: 'When a follower counts as lagging.',
    values: {
      'messages-or-stuck': 'too many records behind, or no fetch for the limit',
      'messages-or-time': 'too many records behind, or not caught up for the limit',
      'exactly-caught-up': 'not at the leader’s log end for the limit (KIP-16)',
      'caught-up': 'has not read up to where the leader’s log ended at its last fetch, for the limit (KAFKA-4485)',
      'caught-up-or-equal': 'as before, and never while its log ends where the leader’s does',
    },
  },
  isrCheckEvery: {
    area: 'ISR',
    meaning: 'How often leaders look for lagging followers.',
    values: { limit: 'once a replica.lag.time.max.ms', 'half-limit': 'twice a replica.lag.time.max.ms' },
  },
  isrAdmission: {
    area: 'ISR',
    meaning: 'How far a follower must have come to join the ISR.',
    values: {
      'high-watermark': 'to the leader’s high watermark, which a fresh leader does not know yet (KAFKA-7128)',
      'high-watermark-and-epoch-start': 'to the high watermark and to the start of the leader’s epoch',
    },
  },
  isrJoinMustBeAssigned: {
    area: 'ISR',
    meaning: 'Whether a replica that is not assigned can join the ISR (KAFKA-1097).',
    values: yesNo('it cannot', 'it can'),
  },
  isrPersistence: {
    area: 'ISR',
    meaning: 'Who writes the ISR.',
    values: {
      registry: 'the leader, with a compare-and-set on the registry',
      controller: 'the controller, on the leader’s request (KIP-497)',
    },
  },
  isrWriteBlocks: {
    area: 'ISR',
    meaning: 'What waits while a leader writes the ISR to the registry.',
    values: {
      nothing: 'nothing',
      produce: 'produces of that partition',
      'produce-and-fetch': 'produces and fetches of that partition: a silent registry stops replication',
    },
  },
  isrWriteComparesOnRetry: {
    area: 'ISR',
    meaning: 'What a leader does whose ISR write is refused after a lost connection (KAFKA-1382).',
    values: yesNo('looks whether its own write had arrived', 'takes it for refused, for ever'),
  },
  isrChangeNotification: {
    area: 'ISR',
    meaning: 'Whether leaders tell the controller of ISR changes (KAFKA-1367).',
    values: yesNo('they do, so that clients learn of them', 'they do not'),
  },
  isrEligibility: {
    area: 'ISR',
    meaning: 'Who may join the ISR besides being caught up.',
    values: {
      any: 'anyone',
      alive: 'brokers that are alive',
      'alive-epoch': 'brokers that are alive in the life in which they fetched (KIP-903)',
      unfenced: 'brokers that are not fenced or shutting down',
      'unfenced-epoch': 'brokers that are not fenced, in the life in which they fetched (KIP-903)',
    },
  },
  unhostedIsNotLeader: {
    area: 'produce',
    meaning: 'What a broker answers about a partition it has no replica of.',
    values: yesNo('NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'),
  },
  minInsyncReplicas: {
    area: 'produce',
    meaning: 'Whether there is min.insync.replicas (KAFKA-1555).',
    values: yesNo('there is', 'there is not: acks=all is satisfied by a leader that is alone'),
  },
  acksAnyNumber: {
    area: 'produce',
    meaning: 'Whether acks may be any number of replicas.',
    values: yesNo('it may', 'it is 0, 1 or all'),
  },
  acksAllBy: {
    area: 'produce',
    meaning: 'What satisfies acks=all.',
    values: { 'log-ends': 'the log ends of the ISR', 'high-watermark': 'the high watermark' },
  },
  stepDownCompletesProduce: {
    area: 'produce',
    meaning: 'What happens to waiting produces when a leader steps down.',
    values: yesNo('they are answered at once', 'they wait for the next event or their time'),
  },
  minIsrCappedByReplicas: {
    area: 'produce',
    meaning: 'Whether min.insync.replicas can ask for more than there are replicas.',
    values: yesNo('it cannot: the replication factor caps it', 'it can'),
  },
  electionOrder: {
    area: 'controller',
    meaning: 'In which order candidates are tried when a leader is gone.',
    values: { isr: 'as the ISR lists them', assignment: 'as they are assigned' },
  },
  uncleanElectionSwitch: {
    area: 'controller',
    meaning: 'Whether unclean leader election can be switched off (unclean.leader.election.enable).',
    values: yesNo('it can', 'it cannot: a replica outside the ISR always may lead'),
  },
  lastIsrMember: {
    area: 'controller',
    meaning: 'What becomes of the last member of an ISR when it dies.',
    values: {
      remove: 'it is removed, and the ISR is empty',
      'keep-unless-unclean': 'it is kept when unclean election is off',
      keep: 'it is always kept (KAFKA-5083)',
    },
  },
  newControllerRemovesDeadReplicas: {
    area: 'controller',
    meaning: 'Whether a new controller takes dead replicas out of ISRs before it elects.',
    values: yesNo('it does', 'it only elects'),
  },
  controllerStartsBeforeRegistration: {
    area: 'controller',
    meaning: 'Whether a starting broker runs for controller before or after it registers.',
    values: yesNo('before', 'after'),
  },
  offlineReplicaTold: {
    area: 'controller',
    meaning: 'Who is told when a replica has left the ISR with its broker.',
    values: { leader: 'the leader', assigned: 'every other assigned replica' },
  },
  controllerElection: {
    area: 'controller',
    meaning: 'How a broker becomes controller: it creates /controller and raises /controller_epoch.',
    values: {
      'two-steps-unchecked': 'one after the other; the second may fail unseen, and two controllers share an epoch',
      'two-steps': 'one after the other; when the second fails it gives up',
      multi: 'both or none (KAFKA-6082)',
    },
  },
  controllerWritesFenced: {
    area: 'controller',
    meaning: 'Whether writes of a controller that has been replaced are refused by the registry (KAFKA-6082).',
    values: yesNo('they are', 'they are not: a zombie controller still elects'),
  },
  resignDeletesController: {
    area: 'controller',
    meaning: 'Whether a resigning controller deletes /controller even when it is already its successor’s.',
    values: yesNo('it does', 'it does not'),
  },
  brokerEpoch: {
    area: 'controller',
    meaning: 'Whether requests between controller and broker carry the life of the broker (KIP-380).',
    values: yesNo('they do: a quick restart is noticed', 'they do not: a restart between two looks goes unseen'),
  },
  stopReplicaEpoch: {
    area: 'controller',
    meaning: 'Whether StopReplica carries a leader epoch (KIP-570).',
    values: yesNo('it does: a late one is refused', 'it does not'),
  },
  newControllerUpdatesMetadataFirst: {
    area: 'controller',
    meaning: 'Whether a new controller first tells every broker who is alive.',
    values: yesNo('it does', 'it begins with elections'),
  },
  registrationConflict: {
    area: 'controller',
    meaning: 'What a starting broker does that finds its id still registered by its former session.',
    values: {
      wait: 'waits one session time-out and tries again',
      exit: 'ends its process',
      'replace-own': 'replaces it when it is its own, else ends its process (KAFKA-7165)',
    },
  },
  expiredSessionRequests: {
    area: 'controller',
    meaning: 'What becomes of a registry request whose session has expired.',
    values: { retry: 'it is tried again in the next session', fail: 'it fails' },
  },
  reassignment: {
    area: 'controller',
    meaning: 'How a reassignment is kept.',
    values: {
      znode: 'in one znode for the whole cluster',
      'adding-removing': 'with the topic, as replicas to add and to remove (KIP-455)',
    },
  },
  controlledShutdown: {
    area: 'controller',
    meaning: 'Whether a broker that is told to stop can hand its leaderships over first.',
    values: yesNo('it can', 'it cannot'),
  },
  controlledShutdownOrder: {
    area: 'controller',
    meaning: 'In which order candidates are tried when a broker hands its leaderships over.',
    values: { isr: 'as the ISR lists them', assignment: 'as they are assigned' },
  },
  topicIds: {
    area: 'controller',
    meaning: 'Whether a controller gives ids to topics that have none (KIP-516).',
    values: yesNo('it does', 'it does not'),
  },
  uncleanEnabledElects: {
    area: 'controller',
    meaning: 'When unclean election that was just enabled for a topic takes effect.',
    values: yesNo('at once', 'with the next event of a broker'),
  },
  checkpointFsync: {
    area: 'log',
    meaning: 'Whether the high-watermark checkpoint is forced to disk before it replaces the old one.',
    values: yesNo('it is', 'it is not: a power loss can take it'),
  },
  closeFlushesActiveSegment: {
    area: 'log',
    meaning: 'What a clean stop flushes of a log that is on the disk already.',
    values: yesNo('its active segment once more (3.2)', 'nothing'),
  },
  recoveryScan: {
    area: 'log',
    meaning: 'Which segments a start without the marker of a clean stop reads through, checking every batch.',
    values: {
      'last-segment': 'the last one (0.8.0)',
      'from-recovery-point': 'all from the one that holds the recovery point (0.8.1)',
    },
  },
  recoveryPointAfterRecovery: {
    area: 'log',
    meaning: 'Up to where a broker believes its log to be on disk after it has scanned it.',
    values: {
      unchanged: 'as its file said, even above a log that was cut',
      'log-end': 'to the log end, though nothing was flushed (1.0)',
      'not-above-log-end': 'as its file said, not above the log end (2.8)',
    },
  },
  indexCheck: {
    area: 'log',
    meaning: 'What a start does about an index file of impossible length or content.',
    values: {
      fatal: 'the broker does not start',
      rebuild: 'it is made anew from the log (0.9)',
      none: 'nothing: it is not looked at (2.3)',
    },
  },
  missingIndexLeftEmpty: {
    area: 'log',
    meaning: 'What becomes of the index files of an old segment that are missing at a start.',
    values: yesNo('they are made, empty, and stay empty', 'they are made anew from the log'),
  },
  cleanMarkerRemoved: {
    area: 'log',
    meaning: 'When a start takes the marker of the last clean stop away.',
    values: {
      'after-loading': 'when all logs are loaded: a crash before that leaves it, and the next start scans nothing',
      'before-loading': 'before it loads a log (KAFKA-10471)',
    },
  },
  unreadableRecoveryPoint: {
    area: 'log',
    meaning: 'What a start does when the file of recovery points cannot be read.',
    values: {
      fatal: 'it ends',
      ignored: 'it scans every segment (0.9)',
      'directory-fails': 'the log directory counts as failed (1.0)',
    },
  },
  logDirFailures: {
    area: 'log',
    meaning: 'What an error of the disk under a log directory costs.',
    values: yesNo('that directory; the process ends with its last one (KIP-112)', 'the process'),
  },
  metaPropertiesChecked: {
    area: 'log',
    meaning: 'What a start does when meta.properties names another broker.',
    values: yesNo('it ends', 'nothing'),
  },
  logStartPastEnd: {
    area: 'log',
    meaning: 'What a start does with a log that ends below the start that its checkpoint names.',
    values: { kept: 'nothing', 'log-emptied': 'the log is emptied and begins there (2.3)' },
  },
  trailingGarbageIsFatal: {
    area: 'log',
    meaning: 'What garbage behind the last batch does to a start that scans nothing.',
    values: yesNo('the broker does not start', 'it is passed over and stays'),
  },
  tornEntryStopsReaders: {
    area: 'log',
    meaning: 'What a reader is handed whose offset is the torn last entry of an old segment.',
    values: yesNo('nothing, for ever', 'the records of the next segment'),
  },
  recoverySnapshots: {
    area: 'log',
    meaning: 'Where an unclean start writes producer snapshots that were lost.',
    values: {
      'where-scan-begins': 'where its scan begins',
      'last-two-segments': 'at the last two segments (2.0)',
    },
  },
  indexEntryOffset: {
    area: 'log',
    meaning: 'Which offset of an append an entry of the offset index names; the position is where the append begins.',
    values: { first: 'its first', last: 'its last (2.0)' },
  },
  producerSnapshots: {
    area: 'log',
    meaning: 'Which files with a snapshot of the producers are kept.',
    values: {
      newest: 'those from the second newest segment on that is known to be on disk',
      'per-segment': 'one for every segment (2.8)',
    },
  },
  retentionBegins: {
    area: 'log',
    meaning: 'When a broker looks for old segments for the first time.',
    values: { minute: 'a minute after its start', 'half-minute': 'half a minute after its start (0.8.1)' },
  },
  negativeRetention: {
    area: 'log',
    meaning: 'What retention.ms = -1 means.',
    values: { everything: 'every segment is too old, the active one too', never: 'no segment is ever too old (0.9)' },
  },
  retentionStopsAtHighWatermark: {
    area: 'log',
    meaning: 'Retention leaves segments alone that reach above the high watermark (KAFKA-5634, 0.11.0.1).',
    values: yesNo('it does', 'it does not look at it'),
  },
  deleteRecords: {
    area: 'log',
    meaning: 'Administrators can move the start of a log up (KIP-107, 0.11); followers learn it with their fetches.',
    values: yesNo('they can', 'they cannot'),
  },
  compactedLogsFollowLogStart: {
    area: 'log',
    meaning: 'A log that is only compacted lets segments go that lie before its start (2.1).',
    values: yesNo('it does', 'it keeps them'),
  },
  listsLargestTimestamp: {
    area: 'log',
    meaning: 'ListOffsets knows the sentinel -3 (KIP-734, 3.0).',
    values: yesNo('it answers the largest timestamp', 'it is a time before all others: the first record'),
  },
  tombstoneHorizon: {
    area: 'log',
    meaning: 'When the cleaner may take a tombstone away.',
    values: {
      'by-clean-segment': 'with a segment last written before the last clean one less delete.retention.ms',
      'by-stamp': 'at a horizon that the first pass writes into its batch (KIP-534, 3.1)',
    },
  },
  cleanerStopsAtHighWatermark: {
    area: 'log',
    meaning: 'The cleaner leaves alone what is not committed (KAFKA-13194, 3.1).',
    values: yesNo('it does', 'it does not look at the high watermark'),
  },
  producerBatchesKept: {
    area: 'log',
    meaning: 'How many batches of an idempotent producer a log remembers to find duplicates among.',
    values: { 1: 'the last one (0.11)', 5: 'the last five (1.0), as many as a producer may have in flight' },
  },
  unknownProducer: {
    area: 'log',
    meaning: 'A batch that does not begin at sequence 0, of a producer that the log knows nothing of.',
    values: {
      'out-of-order': 'refused as out of order (0.11)',
      'unknown-producer-id': 'refused with an error of its own (1.0)',
      accept: 'taken (KIP-360, 2.5)',
    },
  },
  sequenceAfterMarker: {
    area: 'log',
    meaning: 'A batch that does not begin at sequence 0, where only a marker of its epoch was seen.',
    values: {
      'out-of-order': 'refused as out of order',
      'unknown-producer-id': 'refused as of an unknown producer (2.0 to 2.4)',
    },
  },
  emptyTransactions: {
    area: 'log',
    meaning: 'What a marker is that ends no transaction.',
    values: yesNo('a transaction of its own, open until it is replicated (to 2.7)', 'nothing'),
  },
  producersForgotten: {
    area: 'log',
    meaning: 'When a log forgets a producer.',
    values: {
      'with-last-record': 'when the log start passes its last record (0.11)',
      'with-last-data': 'when the log start passes its last data (1.0)',
      'by-time': 'when it has written nothing for long (KAFKA-7190, 2.4)',
    },
  },
  clientAsksVersions: {
    area: 'clients',
    meaning: 'Whether a client asks a broker for its versions on each new connection (KIP-97).',
    values: yesNo('it does: a broker that hangs is not handed a retry', 'it sends its request at once'),
  },
  retriesReversedAfterDisconnect: {
    area: 'clients',
    meaning: 'In which order a producer sends again what was in flight on a connection that broke.',
    values: yesNo('in reversed order', 'in the order it was sent'),
  },
  sequencesCount: {
    area: 'clients',
    meaning:
      'What the sequences of an idempotent producer count, and so what becomes of that of a batch that is given up.',
    values: {
      acknowledged:
        'acknowledged records: the next batch takes it, and after one that expires in retry the producer asks for another id (0.11)',
      sent: 'sent records: nothing new is sent until it is clear whether the log took it (KAFKA-5494, 1.0)',
    },
  },
  consumerValidatesOffsets: {
    area: 'clients',
    meaning: 'Whether a consumer holds its position against the epochs of a new leader (KIP-320).',
    values: yesNo('it does, and learns of a truncation', 'it reads on as if nothing had been cut'),
  },
  readReplicaDroppedOnError: {
    area: 'clients',
    meaning: 'Whether a consumer goes back to the leader when a fetch from another replica fails.',
    values: yesNo('it does', 'it asks that replica again, until its metadata does not list it or its lease is over'),
  },
  keylessPartitioner: {
    area: 'clients',
    meaning: 'Where records without a key go.',
    values: {
      'round-robin': 'to one partition after another',
      sticky: 'to one partition until a new batch would be opened (KIP-480)',
      'by-bytes': 'to one partition until batch.size bytes went there, the next one by the load (KIP-794)',
    },
  },
  unknownPartition: {
    area: 'clients',
    meaning: 'What a send does that names a partition the topic does not have.',
    values: {
      throws: 'it throws KafkaException after one look at the metadata',
      waits: 'it waits for the partition as long as max.block.ms allows (2.1)',
    },
  },
  memoryError: {
    area: 'clients',
    meaning: 'What a send is told that waited for memory for max.block.ms.',
    values: { timeout: 'TimeoutException', 'buffer-exhausted': 'BufferExhaustedException (KAFKA-3720, 2.6)' },
  },
  requestTimeoutError: {
    area: 'clients',
    meaning: 'What a record is told whose request got no answer in request.timeout.ms.',
    values: { network: 'NetworkException', 'timed-out': 'TimeoutException (KAFKA-14317, 3.5)' },
  },
  assignorsSortByInstanceId: {
    area: 'clients',
    meaning: 'In which order assignors serve the members of a group (KIP-345).',
    values: yesNo('static members first, by instance id, then the others by member id', 'all by member id'),
  },
  assignorMapsComputeIfAbsent: {
    area: 'clients',
    meaning:
      'Where a new topic comes to stand in the hash maps of assignors, which decides the order of an assignment.',
    values: yesNo('before the others of its bucket', 'after them'),
  },
  rangeWalksPartitions: {
    area: 'clients',
    meaning: 'Whether assignors look at racks, and in which order the range assignor goes through topics.',
    values: yesNo(
      'racks count, and topics go by its map of partitions (KIP-881)',
      'racks do not count, and topics go by its map of members',
    ),
  },
  consumerGroupProtocol: {
    area: 'clients',
    meaning: 'Whether there is the group protocol in which the coordinator assigns partitions (KIP-848).',
    values: yesNo('there is', 'there is not: members assign among themselves'),
  },
  groupEpochHashesTopics: {
    area: 'clients',
    meaning: 'Where a group of KIP-848 keeps how many partitions its topics have (KAFKA-17747).',
    values: yesNo('as a hash in the record of its epoch', 'in a record of its own'),
  },
  stickyAssignor: {
    area: 'clients',
    meaning: 'How the sticky assignors divide partitions among the members of a group.',
    values: {
      'kip-54': 'everybody keeps what it claims, the emptiest get the rest, then single partitions are moved',
      'kip-341': 'the same, with claims told apart by their generation (KIP-341)',
      'free-first': 'the same, and what nobody owned is moved before what is owned',
      'fill-to-quota': 'each member is filled up to a quota when all subscribe to the same topics (KAFKA-9987)',
      'count-to-quota': 'the same, and who may have one more is counted from the beginning (KAFKA-12675)',
      'count-sorted-to-quota': 'the same, and of what it owns a member keeps the lowest partitions (KAFKA-16277)',
    },
  },
  stickyClaims: {
    area: 'clients',
    meaning: 'Which claims of members to partitions the sticky assignors believe.',
    values: {
      'newest-generation': 'those of the newest generation, also two for one partition',
      'newest-generation-unique': 'those of the newest generation, if only one member makes them (KAFKA-12984)',
      'newest-claim': 'the newest one for each partition (KAFKA-14639)',
    },
  },
  cooperativeClaimsCarryGeneration: {
    area: 'clients',
    meaning: 'Whether a cooperative member says in which generation it got what it owns (KAFKA-12984).',
    values: yesNo('it does', 'it does not: one that lost its place still claims what it had'),
  },
  commitWakesMetadataFetches: {
    area: 'KRaft',
    meaning: 'When a waiting fetch of metadata is answered (KIP-1166).',
    values: yesNo(
      'when something is committed',
      'when something is appended: brokers can learn of a commit up to 500 ms late',
    ),
  },
  shrinkBumpsLeaderEpoch: {
    area: 'KRaft',
    meaning: 'Whether an ISR that shrinks raises the leader epoch.',
    values: {
      never: 'it does not',
      'controller-made': 'it does when the controller made it',
      every: 'it always does',
    },
  },
  uncleanElectionInKraft: {
    area: 'KRaft',
    meaning: 'Whether KRaft controllers hold unclean elections by themselves.',
    values: yesNo('they do when it is enabled', 'they do not, only when asked'),
  },
  eligibleLeaderReplicas: {
    area: 'KRaft',
    meaning: 'Whether replicas that left the ISR below min.insync.replicas are kept as candidates (KIP-966).',
    values: yesNo('they are', 'they are not: the last replica standing decides'),
  },
  internalTopicsNeedReplicas: {
    area: 'coordinators',
    meaning: 'Whether an internal topic waits for as many brokers as its replication factor asks for (KIP-115).',
    values: yesNo('it does, and there is no coordinator until then', 'it is created with as many as there are'),
  },
  offsetsExpireWithGroup: {
    area: 'coordinators',
    meaning: 'How long a committed offset is kept (KIP-211).',
    values: yesNo(
      'while its group has members, and for offsets.retention.minutes after',
      'for offsets.retention.minutes after its commit, whether or not its group is alive',
    ),
  },
  coordinatorTellsFenced: {
    area: 'transactions',
    meaning: 'What a producer is told that has been replaced, and whether it can go on (KIP-588).',
    values: yesNo(
      'by its coordinator that it is fenced, for good; by a leader only that its epoch is old, so that it aborts first',
      'by both that its epoch is old, which ends it',
    ),
  },
  fencedExceptionBare: {
    area: 'transactions',
    meaning: 'What a call on a producer throws that is fenced already (KAFKA-7285).',
    values: yesNo('ProducerFencedException', 'a KafkaException with that as its cause'),
  },
  offsetsAwaitCoordinator: {
    area: 'transactions',
    meaning:
      'What becomes of offsets of a transaction whose group has a coordinator that still reads its log (KAFKA-7296).',
    values: yesNo('they are sent again until it has', 'the producer takes it for an error that it cannot go on after'),
  },
  refusedSendFailsTransaction: {
    area: 'transactions',
    meaning:
      'What a send that fails at once, for its size or because it blocked for max.block.ms, does to its transaction (KAFKA-9279).',
    values: yesNo(
      'it can only be aborted',
      'it goes on, and is committed without the record where nobody looks at the result',
    ),
  },
  producerRecoversByEpochBump: {
    area: 'transactions',
    meaning: 'Whether a producer can go on after an error by asking for the next epoch (KIP-360).',
    values: yesNo(
      'it can, and a coordinator takes only the present epoch',
      'it cannot, and a coordinator also takes an epoch above the present one',
    ),
  },
  failedFenceKeepsEpoch: {
    area: 'transactions',
    meaning: 'Which epoch a fence takes that could not be written the last time (KAFKA-9666).',
    values: yesNo('the same', 'another one, until there are none left'),
  },
  transactionalOffsetsFenced: {
    area: 'transactions',
    meaning: "Whether offsets that a transaction commits are held against the group's generation (KIP-447).",
    values: yesNo('they are, where the producer tells it', 'they are not: a member that was expelled still commits'),
  },
  transactionsVerified: {
    area: 'transactions',
    meaning: 'What a leader does with the first batch of a transaction (KIP-890).',
    values: yesNo(
      'asks the coordinator whether the partition is in the transaction',
      'takes it, also when the transaction has ended meanwhile: it then hangs',
    ),
  },
  unverifiedTransactionAbortable: {
    area: 'transactions',
    meaning: 'What a producer is told whose batch fails that verification (KIP-890).',
    values: yesNo('that it must abort', 'that the state of its transaction is not right, which ends it'),
  },
  transactionsBumpEpoch: {
    area: 'transactions',
    meaning: 'Whether every transaction has an epoch of its own (KIP-890).',
    values: yesNo(
      'it has, and leaders add partitions on behalf of producers',
      'it has not: a late message can be taken for one of the next transaction',
    ),
  },
  transactionsBeginAtZero: {
    area: 'transactions',
    meaning: 'Whether the first batch of a transaction in a log that does not know its producer must have sequence 0.',
    values: yesNo('it must', 'it may have any: an earlier batch that is tried again then comes too late'),
  },
  emptyGroupsKept: {
    area: 'coordinators',
    meaning: 'What becomes of a group whose last member has gone (KAFKA-2720).',
    values: yesNo('it is Empty, and its log says so', 'it is forgotten, and a tombstone is written for it'),
  },
  completingRebalanceCalled: {
    area: 'coordinators',
    meaning: "What DescribeGroups calls a group that waits for its leader's assignment.",
    values: { AwaitingSync: 'AwaitingSync', CompletingRebalance: 'CompletingRebalance' },
  },
  heartbeatWhileCompleting: {
    area: 'coordinators',
    meaning: "What a member is told by a heartbeat while the group waits for its leader's assignment.",
    values: yesNo('that all is well', 'that it must join again'),
  },
  staticRejoinWhileCompleting: {
    area: 'coordinators',
    meaning:
      "What happens when a static member comes back while the group waits for its leader's assignment (KAFKA-9801).",
    values: {
      join: 'it has its place, and gets nothing, because the assignment names its old id',
      rebalance: 'the group begins again',
    },
  },
  staticReplacementStored: {
    area: 'coordinators',
    meaning: 'Whether the new member id of a static member that came back is written to the log (KAFKA-10284).',
    values: yesNo('it is', 'it is not: after a change of coordinator the old id counts, and the new one is fenced'),
  },
  joinSkipsAssignment: {
    area: 'coordinators',
    meaning: 'What a static leader that comes back is told (KIP-814).',
    values: yesNo('that it leads, and has nothing to divide', 'that its former id leads, so that it does not divide'),
  },
  unsyncedMembersRemoved: {
    area: 'coordinators',
    meaning: 'Whether members that joined a generation and never ask for their assignment are removed.',
    values: yesNo('they are, after the rebalance time-out', 'only when their session runs out'),
  },
  backgroundHeartbeat: {
    area: 'clients',
    meaning: 'Where the heartbeats of a group member come from (KIP-62).',
    values: yesNo(
      'from a thread of their own, which leaves the group when the application does not poll for max.poll.interval.ms',
      'from poll: an application that is slow to come back is thrown out',
    ),
  },
  newMembersAskForId: {
    area: 'clients',
    meaning: 'How a new member joins (KIP-394).',
    values: yesNo('it is given an id first, and joins with it', 'it joins, and is told its id with the generation'),
  },
  lostPartitionsTold: {
    area: 'clients',
    meaning: 'What an application is told of partitions that went with its membership (KIP-429).',
    values: yesNo('that they are lost; and at close that they are revoked', 'that they are revoked; at close nothing'),
  },
  commitToldRebalance: {
    area: 'clients',
    meaning: 'What a commit throws that comes between join and sync.',
    values: yesNo('that a rebalance is in progress', 'that it has failed'),
  },
  formerCoordinatorLeft: {
    area: 'clients',
    meaning: 'What becomes of requests to a coordinator that a member takes for one no more (KAFKA-6593).',
    values: yesNo('its connection is closed, and they are asked again', 'they hang there until they time out'),
  },
  sentGenerationRemembered: {
    area: 'clients',
    meaning: 'What a member does that is refused something which it asked in a former generation (KAFKA-9823).',
    values: yesNo(
      'it knows that by now it is another',
      'it gives up the generation that it is in, or the join that is out',
    ),
  },
  fencedMemberRejoins: {
    area: 'clients',
    meaning: 'What becomes of a fenced static member whose application polls on.',
    values: yesNo('it joins again, and fences the one that fenced it', 'it polls without error and without effect'),
  },
  patternRefreshedBeforeJoin: {
    area: 'clients',
    meaning: 'What a member that subscribes by a pattern does before it joins.',
    values: yesNo('asks which topics there are now', 'goes by what it has been told of topics'),
  },
  memberIdKept: {
    area: 'clients',
    meaning: 'What a member does that learns that its generation is old.',
    values: yesNo('joins again under its id', 'joins again as a new member'),
  },
  quorumPreVote: {
    area: 'KRaft',
    meaning: 'What a controller does first that hears of no leader of the quorum (KIP-996).',
    values: yesNo(
      'asks the others for their votes before it raises the epoch',
      'raises the epoch at once, which unseats a leader that is well',
    ),
  },
  sessionOutlivesFencing: {
    area: 'KRaft',
    meaning: 'What becomes of the session of a broker that was fenced on its own request (KAFKA-17793).',
    values: yesNo('it still ends later, and fences the broker once more', 'it ends with the fencing'),
  },
  quorumLeaderChecksMajority: {
    area: 'KRaft',
    meaning: 'Whether a leader of the quorum resigns that no longer hears of a majority (KAFKA-15489).',
    values: yesNo('it does', 'it goes on until another is elected'),
  },
}
