/** Consumer settings as rows: key, type, unit, defaults since a generation, meaning, bounds. */

/** The Java consumer is told classes, by their names. */
const ASSIGNORS = {
  RangeAssignor: 'range',
  RoundRobinAssignor: 'roundrobin',
  StickyAssignor: 'sticky',
  CooperativeStickyAssignor: 'cooperative-sticky',
} as const

/** Names of the Java consumer; for 0.8 with the values of the older consumer's settings of that meaning. */
// biome-ignore format: a table reads better with one row a line.
export const CONSUMER_SETTINGS = [
  ['auto.offset.reset', 'string', '', [['0.8.0', 'latest']], 'Where to go on when there is no position or it is out of range.', { allowed: ['earliest', 'latest', 'none'] }],
  ['enable.auto.commit', 'boolean', '', [['0.8.0', true]], 'Positions are committed from time to time.'],
  ['auto.commit.interval.ms', 'int', 'ms', [['0.8.0', 60000], ['0.9', 5000]], 'How often positions are committed.', { min: 0 }],
  ['fetch.min.bytes', 'int', 'bytes', [['0.8.0', 1]], 'A fetch is answered at once when this much is there.', { min: 0 }],
  ['fetch.max.wait.ms', 'int', 'ms', [['0.8.0', 100], ['0.9', 500]], 'How long a broker holds back the answer to a fetch when it has nothing to send.', { min: 0 }],
  ['fetch.max.bytes', 'int', 'bytes', [['0.10.2', 52428800]], 'Most that an answer may hold (KIP-74).', { min: 0 }],
  ['max.partition.fetch.bytes', 'int', 'bytes', [['0.8.0', 1048576]], 'Most that one partition may fill of an answer.', { min: 0 }],
  ['max.poll.records', 'int', 'count', [['0.10.2', 500]], 'Most records that one poll hands out (KIP-41).', { min: 1 }],
  ['max.poll.interval.ms', 'int', 'ms', [['0.10.2', 300000]], 'Longest time between two polls of a group member, which leaves after it (KIP-62).', { min: 1 }],
  ['session.timeout.ms', 'int', 'ms', [['0.8.0', 6000], ['0.9', 30000], ['0.10.2', 10000], ['3.3', 45000]], 'The group drops a member it has not heard for this long.', { min: 1 }],
  ['heartbeat.interval.ms', 'int', 'ms', [['0.9', 3000]], 'How often a group member sends a heartbeat.', { min: 1 }],
  ['request.timeout.ms', 'int', 'ms', [['0.8.0', 30000], ['0.9', 40000], ['0.10.2', 305000], ['2.0.0', 30000]], 'A request is given up after this long.', { min: 1 }],
  ['default.api.timeout.ms', 'int', 'ms', [['2.0.0', 60000]], 'Longest call that names no time of its own (KIP-266).', { min: 0 }],
  ['retry.backoff.ms', 'int', 'ms', [['0.8.0', 100]], 'Pause before a failed request is tried again.', { min: 0 }],
  ['metadata.max.age.ms', 'int', 'ms', [['0.8.0', 600000], ['0.9', 300000]], 'Metadata older than this is asked for again.', { min: 0 }],
  ['metadata.recovery.strategy', 'string', '', [['3.8', 'none'], ['4.0', 'rebootstrap']], 'What a client does whose known brokers are all unavailable: wait for them, or ask its bootstrap servers again (KIP-899, 3.8; KIP-1102).', { allowed: ['none', 'rebootstrap'] }],
  ['metadata.recovery.rebootstrap.trigger.ms', 'int', 'ms', [['4.0', 300000]], 'A client that may ask its bootstrap servers again does so once it has tried for this long to get metadata (KIP-1102).', { min: 0 }],
  ['partition.assignment.strategy', 'string', '', [['0.8.0', 'range'], ['3.3', 'range,cooperative-sticky']], 'Assignors of a group member, first the one it likes best: range, roundrobin (0.8.2), sticky (0.11), cooperative-sticky (2.4).', { allowed: ['range', 'roundrobin', 'sticky', 'cooperative-sticky'], listed: true, since: { roundrobin: '0.8.2', sticky: '0.11', 'cooperative-sticky': '2.4' }, classes: ASSIGNORS }],
  ['exclude.internal.topics', 'boolean', '', [['0.10.2', true]], 'A subscription by pattern does not match topics that brokers keep for themselves.'],
  ['isolation.level', 'string', '', [['0.11', 'read_uncommitted']], 'Which records of transactions are handed out (KIP-98).', { allowed: ['read_uncommitted', 'read_committed'] }],
  ['zookeeper.session.timeout.ms', 'int', 'ms', [['0.8.0', 6000], ['2.0.0', null]], 'Session with the registry of a consumer whose group lives there.', { min: 1 }],
  ['rebalance.max.retries', 'int', 'count', [['0.8.0', 4], ['2.0.0', null]], 'Attempts of a rebalance of such a consumer before it gives up until something changes.', { min: 1 }],
  ['rebalance.backoff.ms', 'int', 'ms', [['0.8.0', 2000], ['2.0.0', null]], 'Pause between two of these attempts.', { min: 0 }],
  ['group.protocol', 'string', '', [['4.0', 'classic']], 'Who assigns partitions: the members (classic) or their coordinator (consumer, KIP-848).', { allowed: ['classic', 'consumer'] }],
  ['group.remote.assignor', 'string', '', [['4.0', '']], 'The assignor that a member asks its coordinator for (uniform, range); empty: whichever.', { allowed: ['', 'uniform', 'range'] }],
  ['group.instance.id', 'string', '', [['2.3', '']], 'Makes the consumer a static member of its group (KIP-345); `instance` of a client sets it.'],
  ['client.rack', 'string', '', [['2.4', '']], 'Where the consumer stands: a leader may send it to a replica in its rack (KIP-392), and assignors look at racks (KIP-881).'],
  ['group.id', 'string', '', [['0.8.0', '']], 'The group the consumer is in; `group` of a client sets it.'],
] as const
