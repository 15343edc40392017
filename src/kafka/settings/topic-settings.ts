/**
 * Topic settings as rows, as for brokers; the last column names the broker settings that stand in where the topic
 * says nothing, first come first, each with what makes its unit the topic's.
 */
const NEVER = Number.MAX_SAFE_INTEGER
const HOUR_MS = 3600000
const MINUTE_MS = 60000
const WEEK_MS = 604800000

// biome-ignore format: a table reads better with one row a line.
export const TOPIC_SETTINGS = [
  ['min.insync.replicas', 'int', 'count', [['0.8.2', 1]], 'Fewest ISR members for an acks=all write to be taken (KAFKA-1555).', { min: 1 }, [['min.insync.replicas', 1]]],
  ['unclean.leader.election.enable', 'boolean', '', [['0.8.2', true], ['0.11', false]], 'A replica outside the ISR may lead when no member is up; data is lost (off since KIP-106).', {}, [['unclean.leader.election.enable', 1]]],
  ['max.message.bytes', 'int', 'bytes', [['0.8.0', 1000012], ['2.5', 1048588]], 'Largest record (largest batch since 0.11) that a broker takes.', { min: 0 }, [['message.max.bytes', 1]]],
  ['segment.bytes', 'int', 'bytes', [['0.8.0', 1073741824]], 'A segment is rolled when it would grow beyond this.', { min: 14 }, [['log.segment.bytes', 1]]],
  ['segment.ms', 'int', 'ms', [['0.8.1', WEEK_MS]], 'A segment is rolled at this age.', { min: 1 }, [['log.roll.ms', 1], ['log.roll.hours', HOUR_MS]]],
  ['segment.jitter.ms', 'int', 'ms', [['0.8.2', 0]], 'Most that is taken off the age at random.', { min: 0 }, [['log.roll.jitter.hours', HOUR_MS]]],
  ['retention.ms', 'int', 'ms', [['0.8.1', WEEK_MS]], 'Segments older than this are deleted; -1 is never (0.8.2 deletes everything then).', { min: -1 }, [['log.retention.ms', 1], ['log.retention.minutes', MINUTE_MS], ['log.retention.hours', HOUR_MS]]],
  ['retention.bytes', 'int', 'bytes', [['0.8.0', -1]], 'The oldest segments go when a log is larger than this; -1 is no limit.', { min: -1 }, [['log.retention.bytes', 1]]],
  ['cleanup.policy', 'string', '', [['0.8.1', 'delete']], 'What happens to old segments.', { allowed: ['delete', 'compact', 'compact,delete', 'delete,compact'], since: { 'compact,delete': '0.10.1', 'delete,compact': '0.10.1' } }, [['log.cleanup.policy', 1]]],
  ['file.delete.delay.ms', 'int', 'ms', [['0.8.1', 60000]], 'How long a deleted segment stays as a file.', { min: 0 }, [['log.segment.delete.delay.ms', 1]]],
  ['flush.messages', 'int', 'count', [['0.8.0', 10000], ['0.8.1', NEVER]], 'Records after which a log is flushed to disk.', { min: 1 }, [['log.flush.interval.messages', 1]]],
  ['flush.ms', 'int', 'ms', [['0.8.0', 3000], ['0.8.1', NEVER]], 'Age of unflushed records at which a log is flushed.', { min: 0 }, [['log.flush.interval.ms', 1], ['log.flush.scheduler.interval.ms', 1]]],
  ['compression.type', 'string', '', [['0.9', 'producer']], 'How batches are stored: as the producer has compressed them, uncompressed, or by another codec (KAFKA-1499).', { allowed: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'], since: { zstd: '2.1' } }, [['compression.type', 1]]],
  ['index.interval.bytes', 'int', 'bytes', [['0.8.0', 4096]], 'Bytes between two entries of an index.', { min: 0 }, [['log.index.interval.bytes', 1]]],
  ['segment.index.bytes', 'int', 'bytes', [['0.8.1', 10485760]], 'Largest index of a segment.', { min: 4 }, [['log.index.size.max.bytes', 1]]],
  ['min.cleanable.dirty.ratio', 'string', '', [['0.8.1', '0.5']], 'Share of a log that must be dirty before it is compacted.', { min: 0, max: 1 }, [['log.cleaner.min.cleanable.ratio', 1]]],
  ['delete.retention.ms', 'int', 'ms', [['0.8.1', 86400000]], 'How long a tombstone stays.', { min: 0 }, [['log.cleaner.delete.retention.ms', 1]]],
  ['min.compaction.lag.ms', 'int', 'ms', [['0.10.2', 0]], 'Records younger than this are not compacted.', { min: 0 }, [['log.cleaner.min.compaction.lag.ms', 1]]],
  ['max.compaction.lag.ms', 'int', 'ms', [['2.3', NEVER]], 'Records older than this are compacted however clean the log is (KIP-354).', { min: 1 }, [['log.cleaner.max.compaction.lag.ms', 1]]],
  ['message.timestamp.type', 'string', '', [['0.10.2', 'CreateTime']], 'Whose clock stamps a record.', { allowed: ['CreateTime', 'LogAppendTime'] }, [['log.message.timestamp.type', 1]]],
] as const
