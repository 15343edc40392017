/** The forms of clients: producers, consumers, applications that transform. */
import { z } from 'zod'
import {
  byHead,
  clientName,
  count,
  duration,
  flag,
  list,
  map,
  oneOf,
  partition,
  positive,
  ratio,
  replicas,
  settings,
  size,
  textLike,
  topicName,
  topicPattern,
} from './forms.ts'
import { RATE_PATTERN } from './units.ts'

export const loadKeys = {
  rate: textLike('rate', RATE_PATTERN).optional().describe('Records in a time, such as 50/s.'),
  burst: positive.optional().describe('This many records at once, at `from`.'),
  count: positive.optional().describe('Stops after this many.'),
  from: duration.optional().describe('When it begins. 1s by default.'),
  until: duration.optional().describe('When it ends; at the end of the run by default.'),
}
const producerSettings = settings('producer')
const producer = map({
  produces: topicName.describe('The topic it writes to.'),
  api: oneOf('java', 'scala')
    .optional()
    .describe('The Java producer (by default), or the Scala producer that was shipped up to 1.1.'),
  partition: count.optional().describe('The partition it writes to; the partitioner chooses by default.'),
  ...loadKeys,
  workload: list(map(loadKeys)).optional().describe('Several rates and bursts, one after or over another.'),
  keys: z
    .union(
      [
        z.literal('none', { error: 'keys' }),
        byHead('keys', { 'round-robin': map({ 'round-robin': positive }), random: map({ random: positive }) }),
      ],
      { error: 'keys' },
    )
    .optional()
    .describe('Keys of records: none, or this many in turn or at random.'),
  'value-size': size.optional().describe('Size of a value. 100B by default.'),
  'compression-ratio': z
    .union(
      [
        ratio,
        map({
          gzip: ratio.optional(),
          snappy: ratio.optional(),
          lz4: ratio.optional(),
          zstd: ratio.optional(),
        }),
      ],
      { error: 'ratio-or-codecs' },
    )
    .optional()
    .describe('What a codec leaves of its records, 0.35 for gzip by default: one number for every codec, or by codec.'),
  settings: producerSettings.optional(),
  bootstrap: replicas.optional().describe('Brokers it asks first; all by default.'),
})
const consumer = map({
  consumes: z
    .union([topicName, topicPattern, list(topicName, 'topics').min(1, 'topics')], { error: 'topics-or-pattern' })
    .describe(
      'The topic or topics it reads; or /PATTERN/, a regular expression: every topic whose whole name matches.',
    ),
  partitions: list(partition, 'partitions').min(1, 'partitions').optional().describe('Only these partitions.'),
  group: clientName.optional().describe('The group it is a member of (group.id). Without one it reads by itself.'),
  coordination: oneOf('broker', 'zookeeper')
    .optional()
    .describe('Where its group lives: at a coordinator (by default), or in ZooKeeper as for the consumers of 0.8.'),
  processing: duration.optional().describe('How long its application takes for one record. Nothing by default.'),
  'hands-off': flag
    .optional()
    .describe('Its application hands records to another thread and polls on. false by default.'),
  commits: oneOf(
    'auto',
    'none',
    'sync-before',
    'sync-after',
    'async-after',
    'store-together',
    'store-offset-first',
    'store-offset-last',
  )
    .optional()
    .describe(
      'When offsets are committed: by themselves (by default), never, or by the application, before or after it has processed what a poll gave; or to a store of its own that takes its results too, together with them, before or after.',
    ),
  transforms: map({
    to: topicName.describe('The topic that it writes to.'),
    'transactional-id': clientName
      .optional()
      .describe(
        'What its transactional ids begin with; the name of its group by default. The input partition or its own name follows.',
      ),
    producers: oneOf('per-partition', 'per-instance')
      .optional()
      .describe(
        'A producer for each input partition, or one for the application. By default one where its generation fences it (KIP-447, 2.5).',
      ),
    'commit-every': duration
      .optional()
      .describe('For how long one transaction takes what is polled. By default what one poll gave.'),
    settings: producerSettings.optional(),
  })
    .optional()
    .describe('Its application produces what it makes of each record, in transactions with the offsets of its input.'),
  from: duration.optional().describe('When it begins. 1s by default.'),
  until: duration.optional().describe('When it ends; at the end of the run by default.'),
  settings: settings('consumer').optional(),
  bootstrap: replicas.optional().describe('Brokers it asks first; all by default.'),
})
export const client = byHead('client', { produces: producer, consumes: consumer })
