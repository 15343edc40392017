/** Broker settings as rows: key, type, unit, defaults since a generation, meaning, bounds. */

/** Stands for Kafka's Long.MAX_VALUE, which a JavaScript number cannot hold: never reached. */
const NEVER = Number.MAX_SAFE_INTEGER

// biome-ignore format: a table reads better with one row a line.
export const BROKER_SETTINGS = [
  // --- Replication
  ['replica.lag.time.max.ms', 'int', 'ms', [['0.8.0', 10000], ['2.5', 30000]], 'A follower that has not been caught up for this long leaves the ISR (30 s since KIP-537).', { min: 1 }],
  ['replica.lag.max.messages', 'int', 'count', [['0.8.0', 4000], ['0.9', null]], 'A follower more records behind than this leaves the ISR at once (removed by KIP-16).', { min: 1 }],
  ['replica.fetch.wait.max.ms', 'int', 'ms', [['0.8.0', 500]], 'How long a leader holds back the answer to a fetch of a follower when it has nothing to send.', { min: 0 }],
  ['replica.fetch.min.bytes', 'int', 'bytes', [['0.8.0', 1]], 'A fetch of a follower is answered at once when this much is there.', { min: 0 }],
  ['replica.fetch.max.bytes', 'int', 'bytes', [['0.8.0', 1048576]], 'Most that one partition may fill of the answer to a follower.', { min: 0 }],
  ['replica.fetch.response.max.bytes', 'int', 'bytes', [['0.10.2', 10485760]], 'Most that a whole answer to a follower may hold (KIP-74).', { min: 0 }],
  ['replica.fetch.backoff.ms', 'int', 'ms', [['0.8.0', ''], ['0.9', 1000]], 'How long a follower leaves a partition alone after an error; unset before 0.9, where it tries again at once.', { min: 0 }],
  ['replica.socket.timeout.ms', 'int', 'ms', [['0.8.0', 30000]], 'A follower gives a request to its leader up after this long.', { min: 1 }],
  ['replica.high.watermark.checkpoint.interval.ms', 'int', 'ms', [['0.8.0', 5000]], 'How often the high watermarks are written to the checkpoint file.', { min: 1 }],
  ['num.replica.fetchers', 'int', 'count', [['0.8.0', 1]], 'Fetcher threads to each leader. Modelled with one, whatever is set.', { min: 1 }],
  ['default.replication.factor', 'int', 'count', [['0.8.0', 1]], 'Replicas of a topic that is created by itself.', { min: 1 }],
  ['num.partitions', 'int', 'count', [['0.8.0', 1]], 'Partitions of a topic that is created by itself.', { min: 1 }],
  ['min.insync.replicas', 'int', 'count', [['0.8.2', 1]], 'Fewest ISR members for an acks=all write to be taken (KAFKA-1555).', { min: 1 }],
  ['unclean.leader.election.enable', 'boolean', '', [['0.8.2', true], ['0.11', false]], 'A replica outside the ISR may lead when no member is up; data is lost (off since KIP-106).'],
  ['unclean.leader.election.interval.ms', 'int', 'ms', [['3.9-kraft', 300000]], 'How often the controller looks for partitions that an unclean election would revive.', { min: 1 }],

  // --- Elections and the controller
  ['auto.leader.rebalance.enable', 'boolean', '', [['0.8.1', false], ['0.8.2', true]], 'The controller gives leadership back to the first assigned replica from time to time.'],
  ['leader.imbalance.check.interval.seconds', 'int', 's', [['0.8.1', 300]], 'How often the controller looks for leaderships to give back.', { min: 1 }],
  ['leader.imbalance.per.broker.percentage', 'int', 'count', [['0.8.1', 10]], 'Share of its preferred partitions that a broker may not lead before leaderships are given back, in percent.', { min: 0 }],
  ['controller.socket.timeout.ms', 'int', 'ms', [['0.8.0', 30000]], 'The controller gives a request to a broker up after this long and sends it again.', { min: 1 }],
  ['controlled.shutdown.enable', 'boolean', '', [['0.8.0', false], ['0.8.2', true]], 'A broker that is told to stop moves its leaderships away first.'],
  ['controlled.shutdown.max.retries', 'int', 'count', [['0.8.0', 3], ['4.0', null]], 'How often a controlled shutdown is tried.', { min: 0 }],
  ['controlled.shutdown.retry.backoff.ms', 'int', 'ms', [['0.8.0', 5000], ['4.0', null]], 'Pause between two tries of a controlled shutdown.', { min: 0 }],
  ['delete.topic.enable', 'boolean', '', [['0.8.1', false], ['0.11', true]], 'Topics may be deleted (on since 1.0; releases of 0.11 itself have it off).'],
  ['auto.create.topics.enable', 'boolean', '', [['0.8.0', true]], 'A topic that a client asks for comes into being. Accepted, not modelled: topics are created by the plan only.'],

  // --- Registry session
  ['zookeeper.session.timeout.ms', 'int', 'ms', [['0.8.0', 6000], ['2.5', 18000], ['3.5-kraft', null]], 'The registry ends the session of a broker it has not heard for this long (18 s since KIP-537).', { min: 1 }],
  ['zookeeper.connection.timeout.ms', 'int', 'ms', [['0.8.0', ''], ['3.5-kraft', null]], 'How long a broker waits for its first connection to the registry; unset: the session time-out.', { min: 1 }],
  ['zookeeper.sync.time.ms', 'int', 'ms', [['0.8.0', 2000], ['3.3', null]], 'Accepted, not modelled: how far behind its leader a server of the ensemble may be. The registry here is one node.', { min: 0 }],

  // --- Metadata log (KRaft)
  ['broker.session.timeout.ms', 'int', 'ms', [['3.5-kraft', 9000]], 'The controller fences a broker it has not heard for this long.', { min: 1 }],
  ['broker.heartbeat.interval.ms', 'int', 'ms', [['3.5-kraft', 2000]], 'How often a broker sends the controller a heartbeat.', { min: 1 }],
  ['initial.broker.registration.timeout.ms', 'int', 'ms', [['3.5-kraft', 60000]], 'How long a broker tries to register before it gives up.', { min: 1 }],
  ['controller.quorum.election.timeout.ms', 'int', 'ms', [['3.5-kraft', 1000]], 'How long a candidate waits for votes.', { min: 1 }],
  ['controller.quorum.fetch.timeout.ms', 'int', 'ms', [['3.5-kraft', 2000]], 'A voter that could not fetch for this long becomes a candidate.', { min: 1 }],
  ['controller.quorum.election.backoff.max.ms', 'int', 'ms', [['3.5-kraft', 1000]], 'Longest pause between two elections.', { min: 0 }],
  ['controller.quorum.append.linger.ms', 'int', 'ms', [['3.5-kraft', 25]], 'How long the leader gathers writes before it flushes them.', { min: 0 }],
  ['eligible.leader.replicas.version', 'int', '', [['4.0', 0], ['4.1', 1]], 'Feature level of eligible leader replicas (KIP-966); 0 is off.', { min: 0 }],
  ['transaction.version', 'int', '', [['4.0', 2]], 'Accepted, not modelled: feature level of transactions (KIP-890).', { min: 0 }],

  // --- Requests
  ['message.max.bytes', 'int', 'bytes', [['0.8.0', 1000012], ['2.5', 1048588]], 'Largest record (largest batch since 0.11) that a broker takes.', { min: 0 }],
  ['request.timeout.ms', 'int', 'ms', [['0.9', 30000]], 'A broker gives a request to the controller up after this long.', { min: 1 }],

  // --- Log
  ['log.segment.bytes', 'int', 'bytes', [['0.8.0', 1073741824]], 'A segment is rolled when it would grow beyond this.', { min: 14 }],
  ['log.roll.hours', 'int', 'h', [['0.8.0', 168]], 'A segment is rolled at this age.', { min: 1 }],
  ['log.roll.ms', 'int', 'ms', [['0.8.2', '']], 'The same in milliseconds; comes before log.roll.hours.', { min: 1 }],
  ['log.roll.jitter.hours', 'int', 'h', [['0.8.2', 0]], 'Most that is taken off the age at random.', { min: 0 }],
  ['log.retention.hours', 'int', 'h', [['0.8.0', 168]], 'Segments older than this are deleted.', { min: -1 }],
  ['log.retention.minutes', 'int', 'min', [['0.8.1', '']], 'The same in minutes; comes before log.retention.hours.', { min: -1 }],
  ['log.retention.ms', 'int', 'ms', [['0.8.2', '']], 'The same in milliseconds; comes before the other two.', { min: -1 }],
  ['log.retention.bytes', 'int', 'bytes', [['0.8.0', -1]], 'The oldest segments go when a log is larger than this; -1 is no limit.', { min: -1 }],
  ['log.retention.check.interval.ms', 'int', 'ms', [['0.8.0', 600000], ['0.8.1', 300000]], 'How often old segments are looked for.', { min: 1 }],
  ['log.cleanup.policy', 'string', '', [['0.8.1', 'delete']], 'What happens to old segments.', { allowed: ['delete', 'compact', 'compact,delete'] }],
  ['log.segment.delete.delay.ms', 'int', 'ms', [['0.8.1', 60000]], 'How long a deleted segment stays as a file.', { min: 0 }],
  ['log.flush.interval.messages', 'int', 'count', [['0.8.0', 10000], ['0.8.1', NEVER]], 'Records after which a log is flushed to disk.', { min: 1 }],
  ['log.flush.interval.ms', 'int', 'ms', [['0.8.0', '']], 'Age of unflushed records at which a log is flushed; unset: log.flush.scheduler.interval.ms.', { min: 0 }],
  ['log.flush.scheduler.interval.ms', 'int', 'ms', [['0.8.0', 3000], ['0.8.1', NEVER]], 'How often logs are looked at for a flush that is due.', { min: 1 }],
  ['log.flush.offset.checkpoint.interval.ms', 'int', 'ms', [['0.8.1', 60000]], 'How often recovery points are written to their file.', { min: 0 }],
  ['log.flush.start.offset.checkpoint.interval.ms', 'int', 'ms', [['0.11', 60000]], 'How often log start offsets are written to their file.', { min: 0 }],
  ['log.index.interval.bytes', 'int', 'bytes', [['0.8.0', 4096]], 'Bytes between two entries of an index.', { min: 0 }],
  ['log.index.size.max.bytes', 'int', 'bytes', [['0.8.0', 10485760]], 'Largest index of a segment.', { min: 4 }],
  ['log.cleaner.enable', 'boolean', '', [['0.8.1', false], ['0.9', true]], 'The cleaner runs: compaction.'],
  ['log.cleaner.min.cleanable.ratio', 'string', '', [['0.8.1', '0.5']], 'Share of a log that must be dirty before it is compacted.'],
  ['log.cleaner.delete.retention.ms', 'int', 'ms', [['0.8.1', 86400000]], 'How long a tombstone stays.', { min: 0 }],
  ['log.cleaner.min.compaction.lag.ms', 'int', 'ms', [['0.10.2', 0]], 'Records younger than this are not compacted.', { min: 0 }],
  ['log.cleaner.max.compaction.lag.ms', 'int', 'ms', [['2.3', NEVER]], 'Records older than this are compacted however clean the log is (KIP-354).', { min: 1 }],
  ['log.cleaner.backoff.ms', 'int', 'ms', [['0.8.1', 15000]], 'Pause of the cleaner when it has nothing to do.', { min: 0 }],
  ['log.cleaner.dedupe.buffer.size', 'int', 'bytes', [['0.8.1', 524288000], ['0.9', 134217728]], 'Memory of the cleaner for keys.', { min: 1 }],
  ['num.recovery.threads.per.data.dir', 'int', 'count', [['0.8.2', 1], ['4.0', 2]], 'Accepted, not modelled: threads that recover logs at the start.', { min: 1 }],
  ['log.message.timestamp.type', 'string', '', [['0.10.2', 'CreateTime']], 'Whose clock stamps a record.', { allowed: ['CreateTime', 'LogAppendTime'] }],
  ['log.message.timestamp.after.max.ms', 'int', 'ms', [['3.9', NEVER], ['4.0', 3600000]], 'How far a timestamp may lie in the future (KIP-937).', { min: 0 }],

  // --- Groups, offsets, transactions (accepted; their coordinators are not modelled)
  ['offsets.topic.num.partitions', 'int', 'count', [['0.8.2', 50]], 'Partitions of the offsets topic when it is created.', { min: 1 }],
  ['offsets.topic.replication.factor', 'int', 'count', [['0.8.2', 3]], 'Replicas of the offsets topic; from 0.11 it is not created with fewer (KIP-115).', { min: 1 }],
  ['offsets.topic.segment.bytes', 'int', 'bytes', [['0.8.2', 104857600]], 'Segment size of the offsets topic when it is created.', { min: 1 }],
  ['offsets.retention.minutes', 'int', 'min', [['0.8.2', 1440], ['2.0.0', 10080]], 'How long committed offsets stay: from their commit (to 2.0) or from the end of their group (KIP-211).', { min: 1 }],
  ['offsets.retention.check.interval.ms', 'int', 'ms', [['0.8.2', 600000]], 'How often expired offsets are looked for.', { min: 1 }],
  ['offsets.commit.timeout.ms', 'int', 'ms', [['0.8.2', 5000]], 'How long a coordinator waits for the replicas of what it writes about groups.', { min: 1 }],
  ['offsets.commit.required.acks', 'int', '', [['0.8.2', -1], ['4.0', null]], 'Acks of what a coordinator writes about groups.', { min: -1 }],
  ['group.min.session.timeout.ms', 'int', 'ms', [['0.9', 6000]], 'Shortest session of a group member.', { min: 1 }],
  ['group.max.session.timeout.ms', 'int', 'ms', [['0.9', 30000], ['0.10.2', 300000], ['2.3', 1800000]], 'Longest session of a group member.', { min: 1 }],
  ['group.max.size', 'int', 'count', [['2.2', 2147483647]], 'Most members of a group (KIP-389).', { min: 1 }],
  ['group.initial.rebalance.delay.ms', 'int', 'ms', [['0.11', 3000]], 'How long the first rebalance of an empty group waits for more members (KIP-134).', { min: 0 }],
  ['transaction.state.log.num.partitions', 'int', 'count', [['0.11', 50]], 'Partitions of the transaction log when it is created.', { min: 1 }],
  ['transaction.state.log.replication.factor', 'int', 'count', [['0.11', 3]], 'Replicas of the transaction log; it is not created with fewer.', { min: 1 }],
  ['transaction.state.log.min.isr', 'int', 'count', [['0.11', 2]], 'Min ISR of the transaction log when it is created.', { min: 1 }],
  ['transaction.max.timeout.ms', 'int', 'ms', [['0.11', 900000]], 'Longest time that a producer may give its transactions.', { min: 1 }],
  ['transactional.id.expiration.ms', 'int', 'ms', [['0.11', 604800000]], 'How long an idle transactional id is kept.', { min: 1 }],
  ['transaction.abort.timed.out.transaction.cleanup.interval.ms', 'int', 'ms', [['0.11', 60000], ['2.5', 10000]], 'How often transactions past their time are aborted.', { min: 1 }],
  ['transaction.remove.expired.transaction.cleanup.interval.ms', 'int', 'ms', [['0.11', 3600000]], 'How often transactional ids past their time are forgotten.', { min: 1 }],
  ['producer.id.expiration.ms', 'int', 'ms', [['3.5', 86400000]], 'Accepted, not modelled: how long an idle producer id is kept.', { min: 1 }],
  ['transaction.partition.verification.enable', 'boolean', '', [['3.9', true]], 'Accepted, not modelled: a leader asks the coordinator before it opens a transaction (KIP-890).'],
  ['broker.rack', 'string', '', [['0.10.2', '']], 'The rack a broker stands in, for the assignment of new topics.'],
] as const
