/** What each property is about, for a reader who meets it for the first time. */
export const PROPERTY_WORDS: Readonly<Record<string, string>> = {
  ConsistentCommittedData:
    'The promise of replication itself: what was once below a high watermark stays, whoever leads later. A record counts as committed from the first moment at which a broker that believes it leads has its high watermark above it, whether a client was told or not.',
  AckedAtAllNotLost:
    'What a producer with acks=all was told is safe must be in the log of the last leader. This is the promise that applications build on.',
  AckedAtOneNotLost:
    'With acks=1 a producer is told success as soon as the leader has the record. Nothing promises that it survives the leader; this property shows how often it does not.',
  LeaderCompleteness:
    'A new leader that lacks a committed record will make everyone else drop it. The property looks at the moment of the election, before any log is cut.',
  OneRecordPerCommittedOffset:
    'Two consumers must never have read two different records at the same offset. It breaks where two leaders, or one after another, expose different histories.',
  StrongIsr:
    'The strong form of the TLA+ models: even a broker that leads only by its own belief has exposed nothing that a member of the true ISR lacks.',
  WeakIsr:
    'The weak form of the TLA+ models: what a leader has exposed is held by the members of the ISR it believes in.',
  LogMatchingBelowHighWatermark:
    'Below both high watermarks two replicas must be the same, record by record. Where they are not, a fail-over changes history in silence.',
  LogMatchingByEpoch:
    'The property by which Raft is proved: a record of one epoch at one offset stands for everything below it. Kafka has it since records carry leader epochs and followers truncate by them.',
  OneOwnerPerGeneration:
    'What a group is for: members divide partitions so that each is read by one. It looks at the assignment that the coordinator hands out; that a member which was thrown out goes on reading is not excluded by it.',
  NoStaleCommits:
    'The only thing that a group can hold against a zombie: its commits. They are compared with the generation and the member id that the coordinator has.',
  ResetsGoToTheStart:
    'A consumer without a position that asks for the earliest offset wants everything that is left. To begin further on would pass records over that nobody has deleted.',
  OneMemberPerInstance:
    'An instance id is a seat, and a seat has one holder: who comes with it takes the place of the member before, which is fenced when it speaks again (KIP-345).',
  StableGenerationsGrow:
    'The number of a generation is what tells a late member that its time is over. A coordinator that takes over goes on from the number in the log; one that began again would take old members for new ones.',
  MembersReadWhatTheyOwn:
    'What a member has given back belongs to another, which may read already. To be handed one more record of it would be work that two do.',
  NoCommitAheadOfDelivery:
    'A commit says that everything before it is done. If the application was not handed a record below it, that record is passed over for good when the member dies.',
  CommittedOffsetsKept:
    'Where a group goes on from is a record with acks=all in a topic of its own. Whoever takes over, a coordinator or a member, must find at least what was told to be committed, or work is done again.',
  ProducersInOrder:
    'With one request in flight nothing can overtake a retry, and with idempotence the log refuses what does not come next (KIP-98). Other producers may see a retry land behind a later batch.',
  CommitToldAfterDecision:
    'The decision is the record PrepareCommit in the transaction log. An application that is told before the replicas have it may learn later that the next coordinator has aborted.',
  NoOffsetsOfAbortedTransactions:
    'Results and offsets go together: an aborted transaction leaves neither. Offsets that counted all the same would pass over input whose results are gone.',
  SingleLeaderPerEpoch: 'Leader epochs are what fences zombies; two leaders in one epoch could not be told apart.',
  MonotonicLeaderEpoch: 'Leader epochs only rise, so that a larger one always means later.',
  MonotonicControllerEpoch:
    'Controller epochs only rise, so that brokers can refuse the requests of a controller that was replaced.',
  MonotonicStateVersion:
    'Every write of a partition state is a compare-and-set on its version. A version that is skipped or repeated would mean a lost update.',
  MonotonicHighWatermark:
    'Within one leader epoch a high watermark never goes back: what a consumer could read stays readable.',
  HighWatermarkBelowLogEnd: 'A high watermark above the log end would expose offsets that have no record.',
  RetentionBelowHighWatermark:
    'What is not committed yet must not grow too old: a follower may still need it, and a producer still waits for it.',
  CleaningBelowUndecided:
    'What is not committed, or belongs to an open transaction, may be gone later: no earlier value may make way for it.',
  CompactionKeepsLastValues:
    'A compacted topic is a table: whoever reads it from the beginning must find the last value of every key.',
  IsrWithinAssignment: 'A replica that is not assigned must not count towards acks=all.',
  LeaderInIsr: 'Whoever leads is in sync with itself. An unclean election makes the new leader the whole ISR.',
  IsrNeverEmpty:
    'With an empty ISR nobody knows who had the last committed record; the next leader can only be an unclean one. From KIP-966 on the eligible leader replicas remember it.',
  AckedBelowHighWatermark:
    'acks=all means committed: the record is below the high watermark when the producer is told.',
  AckedWithEnoughReplicas:
    'min.insync.replicas is checked once more when the producer is told, not only when the record arrives.',
  ConsumersSeeOnlyCommitted: 'A consumer that reads what is not committed can act on a record that never was.',
  ConsumersInOrderWithoutGaps:
    'Kafka promises order within a partition; a gap would be a record that the consumer never sees.',
  ConsumersNothingTwice:
    'From one position no offset comes twice. After a restart a consumer may well read records again: that is another position.',
  NoLostWrites:
    'Judged by what clients saw alone, as jepsen.tests.kafka does: somebody read on beyond the record, and nobody ever read the record itself. A record that is lost in the cluster but was read before shows elsewhere.',
  NoUnseenWrites:
    'Readers that go on to the end must come to every acknowledged record; one that they never come to is hidden or gone.',
  NoAbortedReads:
    'An error that is definite says that the record is not in the log. A reader that is handed it shows that the error was not definite.',
  NoAbortedTransactionReads:
    'The aborted read of the textbooks, judged by what clients saw: an application knows that its transaction was aborted, and a reader that asked for committed records only has one of it.',
  NoIntermediateReads:
    'A transaction becomes visible as a whole in each partition. A reader that has gone past it and has only a part of it has seen a version in between.',
  NoCircularInformation:
    'A transaction that reads what another wrote comes after it. In a circle each would come before itself: it has read what was made of its own records, before they were decided.',
  MadeOnce:
    'Exactly once, judged from the outside: the log of the output, as readers of committed records see it, against the log of the input. An application may read a record again as often as it is killed; only what it commits counts.',
  ReadCommittedSeesOnlyCommitted:
    'Isolation, judged by the log of the broker that served the poll: the next marker of the producer says what became of the record. To be handed one before its marker is there is as wrong as to be handed one that was aborted.',
  LastStableOffsetHeld:
    'A leader shows readers of committed records nothing at or above the first record that is not decided. A marker decides only when it is below the high watermark: one that is lost in a fail-over has decided nothing. What a broker finds in its log as it starts it takes for replicated.',
  IdempotentNothingTwice:
    'A producer whose answer got lost sends the batch again. With an id and a sequence the log knows it again, as leader and as follower that leads later, and answers with the offset it has (KIP-98). A new process is another producer: what it repeats is new.',
  SequencesWithoutGaps:
    'Sequences are the order in which a producer sent. A log that takes only the next one can neither lose a batch in between nor put a retry behind a later one, also with five requests in flight.',
  MarkersFollowDecision:
    'The coordinator writes its decision down and waits for the replicas before it tells anybody. Otherwise one coordinator could commit in one partition and its successor abort in another.',
  OneProducerPerEpoch:
    'The epoch is what fences a producer that was replaced. Two processes with the same one would each take the transactions of the other for their own.',
  TransactionsAtomic:
    'All or nothing, over all partitions. What the application was told is held against every log at the end; where it was told nothing the logs must at least agree with each other.',
  TransactionsEnd:
    'A hanging transaction is open in a log and unknown to its coordinator. Nothing ever ends it: readers of committed records stop there for good, and the partition cannot be compacted past it.',
  FlushedNotLost:
    'A flush is the only promise a disk makes. Power losses take what was not flushed, and a start may cut a torn tail; neither may reach below what an honest flush had put on the disk.',
  RecoveryInventsNothing:
    'Recovery reads what is there. A record that appears with a start was written by nobody, and consumers would be handed it all the same.',
  OffsetsGrow:
    'Readers find records by offset, segment by segment and batch by batch. A log in which offsets go back serves the wrong records, and its next recovery fails on it (KAFKA-3919).',
  NoInconsistentOffsets:
    'Two clients that name the same offset must mean the same record. Where history was cut and written anew they do not.',
  NoPollSkips: 'A reader that passes over a record which another reader was handed has missed it without knowing.',
  NoNonmonotonicPolls: 'A reader that goes back without having asked for it does its work twice.',
  ReplicasConverge:
    'When everything is up and healed, followers end with the log of their leader. A divergence that stays is one that the next fail-over turns into loss.',
  PartitionsHaveLeaders: 'When everything is up and healed, every partition that can have a leader has one.',
}
