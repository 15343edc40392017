/** Producer settings as rows: key, type, unit, defaults since a generation, meaning, bounds. */
const FOREVER = 2147483647

/** Classes that a package may stand before. */
const PARTITIONERS = {
  DefaultPartitioner: 'DefaultPartitioner',
  RoundRobinPartitioner: 'RoundRobinPartitioner',
  UniformStickyPartitioner: 'UniformStickyPartitioner',
} as const

/** Names of the Java producer; for 0.8.0 and 0.8.1 with the values of the Scala producer's settings of that meaning. */
// biome-ignore format: a table reads better with one row a line.
export const PRODUCER_SETTINGS = [
  ['acks', 'string', '', [['0.8.0', '0'], ['0.8.2', '1'], ['3.3', 'all']], 'Whose copy a write waits for: 0 nobody, 1 the leader, all (or -1) the whole ISR; to 0.8.2 any number.', { allowed: ['0', '1', 'all', '-1'] }],
  ['retries', 'int', 'count', [['0.8.0', 3], ['0.8.2', 0], ['2.1', FOREVER]], 'How often a record is sent again after a retriable error (KIP-91: bounded by delivery.timeout.ms).', { min: 0 }],
  ['retry.backoff.ms', 'int', 'ms', [['0.8.0', 100]], 'Pause before a record is sent again.', { min: 0 }],
  ['retry.backoff.max.ms', 'int', 'ms', [['3.7', 1000]], 'Accepted, not modelled: longest pause before a record is sent again; pauses do not grow (KIP-580).', { min: 0 }],
  ['max.in.flight.requests.per.connection', 'int', 'count', [['0.8.0', 1], ['0.8.2', 5]], 'Requests that may be unanswered on one connection.', { min: 1 }],
  ['request.timeout.ms', 'int', 'ms', [['0.8.0', 10000], ['0.8.2', 30000]], 'How long a request waits: for acks on the broker, for its answer on the client.', { min: 1 }],
  ['delivery.timeout.ms', 'int', 'ms', [['2.1', 120000]], 'How long a record may take in all (KIP-91).', { min: 1 }],
  ['linger.ms', 'int', 'ms', [['0.8.0', 0], ['4.0', 5]], 'How long a batch is held open for more records.', { min: 0 }],
  ['batch.size', 'int', 'bytes', [['0.8.0', 16384]], 'A batch is closed when it would grow beyond this.', { min: 0 }],
  ['compression.type', 'string', '', [['0.8.0', 'none']], 'How batches are compressed (compression.codec to 0.8.1): by a ratio that the workload tells, no codec runs.', { allowed: ['none', 'gzip', 'snappy', 'lz4', 'zstd'], since: { lz4: '0.8.2', zstd: '2.1' } }],
  ['max.block.ms', 'int', 'ms', [['0.8.0', 60000]], 'How long a send waits for metadata (metadata.fetch.timeout.ms to 0.8.2).', { min: 0 }],
  ['metadata.max.age.ms', 'int', 'ms', [['0.8.0', 600000], ['0.8.2', 300000]], 'Metadata older than this is asked for again.', { min: 0 }],
  ['metadata.recovery.strategy', 'string', '', [['3.8', 'none'], ['4.0', 'rebootstrap']], 'What a client does whose known brokers are all unavailable: wait for them, or ask its bootstrap servers again (KIP-899, 3.8; KIP-1102).', { allowed: ['none', 'rebootstrap'] }],
  ['metadata.recovery.rebootstrap.trigger.ms', 'int', 'ms', [['4.0', 300000]], 'A client that may ask its bootstrap servers again does so once it has tried for this long to get metadata (KIP-1102).', { min: 0 }],
  ['buffer.memory', 'int', 'bytes', [['0.8.0', 33554432]], 'Memory for records that wait to be sent; a send that finds none blocks for max.block.ms.', { min: 0 }],
  ['max.request.size', 'int', 'bytes', [['0.8.0', 1048576]], 'Largest request, and with it the largest record.', { min: 0 }],
  ['partitioner.class', 'string', '', [['0.8.0', '']], 'Where records go: RoundRobinPartitioner or UniformStickyPartitioner whatever their keys are, DefaultPartitioner by their keys, keyless ones as it was before KIP-794; unset: as the version does it.', { allowed: ['', 'DefaultPartitioner', 'RoundRobinPartitioner', 'UniformStickyPartitioner'], since: { RoundRobinPartitioner: '2.4', UniformStickyPartitioner: '2.4' }, until: { DefaultPartitioner: '4.0', UniformStickyPartitioner: '4.0' }, classes: PARTITIONERS }],
  ['partitioner.ignore.keys', 'boolean', '', [['3.3', false]], 'Keys do not decide where a record goes (KIP-794).'],
  ['partitioner.adaptive.partitioning.enable', 'boolean', '', [['3.3', true]], 'Partitions with longer queues are chosen less often (KIP-794).'],
  ['producer.type', 'string', '', [['0.8.0', 'sync'], ['2.0.0', null]], 'Scala producer: send waits until the record is handled, or puts it into a queue.', { allowed: ['sync', 'async'] }],
  ['queue.buffering.max.ms', 'int', 'ms', [['0.8.0', 5000], ['2.0.0', null]], 'Asynchronous Scala producer: longest time between two batches.', { min: 0 }],
  ['queue.buffering.max.messages', 'int', 'count', [['0.8.0', 10000], ['2.0.0', null]], 'Asynchronous Scala producer: places in its queue.', { min: 1 }],
  ['queue.enqueue.timeout.ms', 'int', 'ms', [['0.8.0', -1], ['2.0.0', null]], 'Asynchronous Scala producer: how long a send waits for a place; 0 throws at once, -1 waits for ever.', { min: -1 }],
  ['batch.num.messages', 'int', 'count', [['0.8.0', 200], ['2.0.0', null]], 'Asynchronous Scala producer: records of a batch.', { min: 1 }],
  ['message.send.max.retries', 'int', 'count', [['0.8.0', 3], ['2.0.0', null]], 'Scala producer: how often a batch is dispatched again.', { min: 0 }],
  ['topic.metadata.refresh.interval.ms', 'int', 'ms', [['0.8.0', 600000], ['2.0.0', null]], 'Scala producer: metadata is renewed so often, and records without keys change their partition; negative: only after a failure.'],
  ['reconnect.backoff.ms', 'int', 'ms', [['0.8.0', 50]], 'Pause before a broken connection is made again.', { min: 0 }],
  ['reconnect.backoff.max.ms', 'int', 'ms', [['0.11', 1000]], 'Longest pause before a broken connection is made again (KIP-144).', { min: 0 }],
  ['enable.idempotence', 'boolean', '', [['0.11', false], ['3.3', true]], 'The broker drops what it has already appended (KIP-98; on since KIP-679).'],
  ['transactional.id', 'string', '', [['0.11', '']], 'Names a producer whose transactions outlive its process (KIP-98).'],
  ['transaction.timeout.ms', 'int', 'ms', [['0.11', 60000]], 'A transaction open for longer is aborted by its coordinator.', { min: 1 }],
] as const
