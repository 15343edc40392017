/**
 * The form of a scenario: keys, types, units. The only importer of zod. Every error text is a tag that `explain.ts`
 * turns into a problem; whether what a scenario names exists is judged when it is compiled.
 */
import { z } from 'zod'
import { SETTINGS, type SettingScope } from '../kafka/config.ts'
import { GENERATIONS } from '../kafka/generation/table.ts'
import { FACTS } from './fact-words.ts'
import { MECHANISM_VALUES } from './mechanism-switches.ts'
import { MESSAGE_NAMES } from './message-words.ts'
import {
  BROKER_OR_NONE_PATTERN,
  PARTITION_PATTERN,
  TARGET_ANY_OR_NONE_PATTERN,
  TARGET_OR_NONE_PATTERN,
  TARGET_OR_TOPIC_PATTERN,
  TARGET_PATTERN,
} from './target.ts'
import {
  BANDWIDTH_PATTERN,
  DURATION_PATTERN,
  RATE_PATTERN,
  SIGNED_DURATION_PATTERN,
  SIZE_PATTERN,
  START_AT_PATTERN,
} from './units.ts'
import { ACTIONS, CONDITIONS, COUNTS, TARGETS } from './vocabulary.ts'

/** The first keys that tell the forms of a map apart, by tag: `action` -> crash, stop, … */
export const HEADS: Record<string, readonly string[]> = {}

/** A map whose form is told by one of its keys. */
function byHead<Forms extends Record<string, z.ZodType>>(tag: string, forms: Forms) {
  HEADS[tag] = Object.keys(forms)
  return z.union(Object.values(forms) as Forms[keyof Forms][], { error: `one-of:${tag}` })
}

const textLike = (tag: string, pattern: RegExp) => z.string({ error: tag }).regex(pattern, tag)
const whole = (tag: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.int({ error: tag }).min(min, tag).max(max, tag)
/** The tag carries the keys, because zod does not tell which keys it knows when it finds one it does not. */
const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: `map:${Object.keys(shape).join()}` })
const list = <Item extends z.ZodType>(item: Item, tag = 'list') => z.array(item, { error: tag })
const oneOrMore = <Item extends z.ZodType>(item: Item, tag: string) =>
  z.union([item, list(item, tag).min(1, tag)], { error: tag })
const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  z.enum(names as unknown as [string, ...string[]], { error: 'one-of-names' }) as unknown as z.ZodType<
    Names[number],
    Names[number]
  >

// --- Scalars

const text = z.string({ error: 'text' }).max(20_000, 'text')
const line = z.string({ error: 'line' }).min(1, 'line').max(200, 'line')
const duration = textLike('duration', DURATION_PATTERN).meta({ id: 'duration', examples: ['500ms', '5s', '2m'] })
const signedDuration = textLike('signed-duration', SIGNED_DURATION_PATTERN)
const count = whole('count', 0)
const positive = whole('positive', 1)
const ratio = z.number({ error: 'ratio' }).min(0.001, 'ratio').max(1, 'ratio')
const flag = z.boolean({ error: 'flag' })
const brokerId = whole('broker-id', 1, 9999)
const topicPattern = textLike('topic-pattern', /^\/.+\/$/)
const topicName = textLike('topic-name', /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/)
const clientName = textLike('client-name', /^[A-Za-z0-9._-]{1,100}$/)
const partition = textLike('partition', PARTITION_PATTERN).meta({ id: 'partition', examples: ['orders-0'] })
const target = textLike('target', TARGET_PATTERN).meta({
  id: 'target',
  description: 'Whom it means: by name or by role.',
  examples: TARGETS.map((it) => it.example),
})
const targets = oneOrMore(target, 'targets').meta({ id: 'targets' })
const partitions = oneOrMore(partition, 'partitions')
const brokerOrNone = textLike('broker-or-none', BROKER_OR_NONE_PATTERN)
const targetOrNone = textLike('target-or-none', TARGET_OR_NONE_PATTERN)
const size = z.union([whole('size', 0), textLike('size', SIZE_PATTERN)], { error: 'size' })
const replicas = list(brokerId, 'replicas').min(1, 'replicas')
const assignment = list(replicas, 'assignment').min(1, 'assignment')
const messages = list(z.enum(MESSAGE_NAMES as [string, ...string[]], { error: 'message' }), 'messages').min(
  1,
  'messages',
)
const value = z.union([z.string(), z.number(), z.boolean()], { error: 'setting-value' })

/** Settings under Kafka's dotted keys; the known ones are listed so that editors complete them. */
const settings = (...scopes: SettingScope[]) =>
  z.record(z.string(), value, { error: 'settings' }).meta({
    id: `${scopes.join('-or-')}-settings`,
    description: `Settings of a ${scopes.join(' or a ')} under Kafka's dotted keys and in Kafka's units.`,
    properties: Object.fromEntries(
      SETTINGS.filter((it) => scopes.includes(it.scope)).map((it) => [
        it.key,
        { type: ['string', 'number', 'boolean'], description: it.meaning },
      ]),
    ),
    additionalProperties: false,
  })
const brokerSettings = settings('broker')
const topicSettings = settings('topic')

// --- Bounds

const bounds = {
  'at-least': count.optional().describe('Not less than this.'),
  'at-most': count.optional().describe('Not more than this.'),
  equals: count.optional().describe('Exactly this.'),
}
const amount = z.union([whole('amount', 0), map(bounds)], { error: 'amount' })
const time = z.union(
  [
    textLike('time-bounds', DURATION_PATTERN),
    map({ 'at-least': duration.optional(), 'at-most': duration.optional(), equals: duration.optional() }),
  ],
  { error: 'time-bounds' },
)

// --- Cluster, topics, network

const brokerForm = map({
  id: brokerId.describe('The id of the broker, from 1.'),
  rack: line.optional().describe('Its rack.'),
  settings: brokerSettings.optional(),
  startup: duration.optional().describe('From the start of its process to its first message to the registry.'),
  'start-at': textLike('start-at', START_AT_PATTERN)
    .optional()
    .describe('When it is started; `never`: by a step. 0s by default.'),
  'clock-skew': signedDuration.optional().describe('How far off its clock is at the start.'),
})

const cluster = map({
  brokers: z
    .union([whole('brokers', 1, 99), list(brokerForm, 'brokers').min(1, 'brokers').max(99, 'brokers')], {
      error: 'brokers',
    })
    .describe('How many brokers (ids from 1), or a list of them.'),
  controllers: whole('controllers', 1, 9)
    .optional()
    .describe(
      'KRaft only: how many controllers (ids from 3001). 3 by default; with a registry brokers are controllers.',
    ),
  controller: brokerId.optional().describe('Who wins the first controller election: this broker starts first.'),
  settings: brokerSettings.optional(),
  registry: map({
    tick: duration.optional().describe('How often the registry looks for sessions that are over. 500ms by default.'),
  }).optional(),
  startup: duration
    .optional()
    .describe('From the start of a broker process to its first message to the registry. 100ms by default.'),
  'topics-at': duration.optional().describe('When the topics are created. 300ms by default.'),
})

const topicForm = map({
  partitions: whole('partition-count', 1, 1000)
    .optional()
    .describe('How many partitions. 1 by default, or as many as `replicas` has.'),
  'replication-factor': whole('replication-factor', 1, 99)
    .optional()
    .describe('Replicas of each partition. 3 by default, or all brokers when there are fewer.'),
  replicas: assignment.optional().describe('Explicit replicas of each partition, the preferred leader first.'),
  settings: topicSettings.optional(),
})

const latency = z
  .union(
    [
      textLike('latency', DURATION_PATTERN),
      byHead('latency', {
        uniform: map({ uniform: z.tuple([duration, duration], { error: 'uniform' }) }),
        exponential: map({ exponential: map({ floor: duration, mean: duration }) }),
        bimodal: map({
          bimodal: map({
            fast: duration,
            slow: duration,
            'slow-share': z.number({ error: 'share' }).min(0, 'share').max(1, 'share'),
          }),
        }),
      }),
    ],
    { error: 'latency' },
  )
  .describe('How long a message travels.')

const linkKeys = {
  latency: latency.optional(),
  bandwidth: textLike('bandwidth', BANDWIDTH_PATTERN)
    .optional()
    .describe('Bytes a second, such as 10MB/s; unlimited by default.'),
}
const ends = oneOrMore(
  textLike('end', /^(any|broker \d+|brokers|registry|rack\([^()]+\)|client [A-Za-z0-9._-]+)$/),
  'ends',
)
const networkLink = byHead('link', {
  between: map({ between: ends.describe('One side, both ways.'), and: ends.describe('The other side.'), ...linkKeys }),
  from: map({ from: ends.describe('Where messages leave.'), to: ends.describe('Where they arrive.'), ...linkKeys }),
})

const network = map({
  latency: latency.optional(),
  links: list(networkLink).optional().describe('Links that differ; a later one wins.'),
})

// --- Clients

const loadKeys = {
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
const client = byHead('client', { produces: producer, consumes: consumer })

// --- Actions

const startup = { startup: duration.optional().describe('From the start of the process to its first message.') }
const filter = { messages: messages.optional().describe('Only messages of these types.') }
const sides = <Extra extends z.ZodRawShape>(tag: string, extra: Extra) => ({
  between: map({
    between: targets.describe('One side, both ways.'),
    and: targets.describe('The other side.'),
    ...extra,
  }),
  from: map({ from: targets.describe('Where messages leave.'), to: targets.describe('Where they arrive.'), ...extra }),
  tag,
})
const links = <Extra extends z.ZodRawShape>(tag: string, extra: Extra) => {
  const { between, from } = sides(tag, extra)
  return byHead(tag, { between, from })
}
const linksOrGroups = (tag: string) => {
  const { between, from } = sides(tag, {})
  const groups = list(targets, 'groups').min(2, 'groups').describe('Groups that are cut off from one another.')
  return byHead(tag, { between, from, groups: map({ groups }) })
}
const label = line.describe('The name under which the answer is kept.')
const requestKeys = {
  to: target.describe('The broker asked.'),
  as: label.optional(),
  'socket-timeout': duration.optional().describe('How long the asker waits. 30s by default.'),
}

const request = z.union(
  [
    map({
      request: z.literal('produce'),
      ...requestKeys,
      partition,
      values: list(text, 'values').min(1, 'values').describe('One record each.'),
      acks: oneOf('all', '0', '1').optional().describe('all by default.'),
      timeout: duration.optional().describe('How long the broker waits for acks. 30s by default.'),
    }),
    map({
      request: z.literal('fetch'),
      ...requestKeys,
      partition,
      'from-offset': count,
      'max-wait': duration.optional(),
    }),
    map({
      request: z.literal('list-offsets'),
      ...requestKeys,
      partition,
      timestamp: z.union([textLike('timestamp', /^(latest|earliest|largest)$/), whole('timestamp', 0)], {
        error: 'timestamp',
      }),
    }),
    map({
      request: z.literal('delete-records'),
      ...requestKeys,
      partition,
      before: z.union([z.literal('high-watermark'), whole('before', 0)], { error: 'before' }),
      timeout: duration.optional().describe('How long the leader waits for its followers. 30s by default.'),
    }),
    map({
      request: z.literal('metadata'),
      ...requestKeys,
      topics: list(topicName, 'topics').optional().describe('All by default.'),
    }),
    map({ request: z.literal('end-of-epoch'), ...requestKeys, partition, epoch: count }),
  ],
  { error: 'by-value:request' },
)

const actionForms = {
  start: map({ start: targets, ...startup }),
  crash: map({ crash: targets }),
  'power-loss': map({
    'power-loss': targets,
    keep: z
      .union([textLike('keep', /^(durable|random)$/), z.record(partition, count, { error: 'keep' })], { error: 'keep' })
      .optional()
      .describe('What remains: what was flushed, a drawn prefix, or records below the offset given by partition.'),
    torn: flag.optional().describe('Whether the first batch that is lost leaves its beginning in the file.'),
  }),
  disk: map({
    disk: targets,
    directory: text.optional().describe('One of the log.dirs of the broker; without it every one.'),
    free: z
      .union([z.literal('plenty', { error: 'size' }), size], { error: 'size' })
      .optional()
      .describe('Space that is left: a size, or plenty.'),
    lies: flag.optional().describe('It says that it has flushed and has not.'),
    fails: flag.optional().describe('Every write fails.'),
  }),
  'slow-disk': map({ 'slow-disk': targets, by: duration.describe('This much longer.') }),
  'stall-disk': map({ 'stall-disk': targets, for: duration.optional().describe('Ends by itself after this long.') }),
  wipe: map({ wipe: targets }),
  'bit-rot': map({ 'bit-rot': targets, partition, offset: count.describe('A record of the batch.') }),
  damage: map({
    damage: targets,
    file: oneOf(
      'replication-offset-checkpoint',
      'recovery-point-offset-checkpoint',
      'log-start-offset-checkpoint',
      'meta.properties',
    ),
    how: oneOf('empty', 'garbage', 'delete', 'other-broker'),
  }),
  stop: map({ stop: targets }),
  restart: map({ restart: targets, ...startup }),
  pause: map({ pause: targets, for: duration.optional().describe('Resumes by itself after this long.') }),
  resume: map({ resume: targets }),
  supervise: map({ supervise: targets }),
  'expire-session': map({ 'expire-session': targets }),
  cut: map({ cut: linksOrGroups('links-cut') }),
  heal: map({ heal: z.union([z.literal('all', { error: 'heal' }), linksOrGroups('links-healed')], { error: 'heal' }) }),
  slow: map({ slow: links('links-slow', { by: duration.describe('This much longer.'), ...filter }) }),
  hold: map({ hold: links('links-hold', filter) }),
  release: map({ release: links('links-release', filter) }),
  drop: map({ drop: links('links-drop', filter) }),
  lag: map({ lag: targets, by: duration.describe('More time before each fetch.') }),
  clock: map({
    clock: targets,
    skew: signedDuration.optional().describe('How far off it is from now on.'),
    jump: signedDuration.optional().describe('How far it jumps from where it is.'),
  }),
  elect: map({ elect: oneOf('preferred', 'unclean'), partitions }),
  delete: map({ delete: z.literal('/controller', { error: 'delete' }) }),
  reassign: map({ reassign: z.record(partition, replicas, { error: 'reassign' }) }),
  'create-topic': map({
    'create-topic': topicName,
    partitions: whole('partition-count', 1, 1000).optional(),
    'replication-factor': whole('replication-factor', 1, 99).optional(),
    replicas: assignment.optional(),
    settings: topicSettings.optional(),
  }),
  'add-partitions': map({
    'add-partitions': topicName,
    total: whole('partition-count', 2, 1000),
    replicas: assignment.optional(),
  }),
  'delete-topic': map({ 'delete-topic': topicName }),
  set: map({
    set: settings('broker', 'topic'),
    on: oneOrMore(textLike('target-or-topic', TARGET_OR_TOPIC_PATTERN), 'targets-or-topic'),
  }),
  request,
  'start-client': map({ 'start-client': clientName }),
  'stop-client': map({ 'stop-client': clientName }),
  busy: map({ busy: clientName, for: duration }),
  send: map({
    send: whole('positive', 1, 1_000_000),
    from: clientName,
    value: text.optional(),
    key: text.optional(),
    partition: count.optional(),
  }),
  call: map({
    call: oneOf('init-transactions', 'begin', 'send', 'send-offsets', 'commit', 'abort'),
    client: clientName,
    as: label.optional(),
    to: partition.optional().describe('Of send: the partition.'),
    value: text.optional().describe('Of send: the value.'),
    waits: flag.optional().describe('Of send: the application waits for the result; true by default.'),
    offsets: z
      .record(partition, count)
      .optional()
      .describe('Of send-offsets: the next offset to be read, by partition.'),
    group: line.optional().describe('Of send-offsets: the consumer group.'),
  }),
  observe: map({ observe: line }),
  note: map({ note: line }),
} satisfies Record<(typeof ACTIONS)[number]['name'], z.ZodType>

const meaningOf = (words: readonly { name: string; meaning: string }[], name: string): string =>
  words.find((word) => word.name === name)?.meaning ?? ''

const described = <Forms extends Record<string, z.ZodType>>(
  words: readonly { name: string; meaning: string }[],
  forms: Forms,
): Forms =>
  Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [name, form.describe(meaningOf(words, name))]),
  ) as Forms

const action = byHead('action', described(ACTIONS, actionForms)).meta({ id: 'action' })

// --- Conditions

const figure = { of: target.optional().describe('The replica; the leader by default.'), ...bounds }
const clientOrAll = textLike('client-name', /^[A-Za-z0-9._-]{1,100}$/).describe('A producer, or all.')

const simpleConditions = {
  leader: map({
    leader: partition,
    is: targetOrNone.optional(),
    'is-not': targetOrNone.optional(),
  }),
  epoch: map({ epoch: partition, ...bounds }),
  isr: map({
    isr: partition,
    equals: list(brokerId, 'replicas').optional().describe('Exactly these members.'),
    contains: targets.optional().describe('These are members.'),
    lacks: targets.optional().describe('These are no members.'),
    size: amount.optional().describe('How many members.'),
  }),
  'high-watermark': map({ 'high-watermark': partition, ...figure }),
  'high-watermark-checkpoint': map({ 'high-watermark-checkpoint': partition, ...figure }),
  'log-end-offset': map({ 'log-end-offset': partition, ...figure }),
  'log-start-offset': map({ 'log-start-offset': partition, ...figure }),
  belief: map({
    belief: target,
    about: partition,
    leader: brokerOrNone.optional(),
    epoch: amount.optional(),
    isr: list(brokerId, 'replicas').optional(),
    role: oneOf('leader', 'follower').optional(),
  }),
  session: map({ session: target, is: oneOf('alive', 'gone') }),
  registration: map({ registration: target, is: oneOf('present', 'gone') }),
  process: map({ process: target, is: oneOf('up', 'down', 'paused') }),
  controller: map({ controller: textLike('controller', TARGET_ANY_OR_NONE_PATTERN), epoch: amount.optional() }),
  acked: map({ acked: clientOrAll, ...bounds }),
  failed: map({ failed: clientOrAll, ...bounds }),
  sent: map({ sent: clientOrAll, ...bounds }),
  position: map({ position: clientName, partition, ...bounds }),
  group: map({
    group: topicName,
    state: oneOf('Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable').optional(),
    generation: amount.optional(),
    members: amount.optional(),
  }),
  fact: map({
    fact: z.enum(Object.keys(FACTS) as [string, ...string[]], { error: 'fact' }),
    by: target.optional().describe('The broker that says so.'),
    partition: partition.optional(),
    since: oneOf('start', 'previous')
      .optional()
      .describe('Since the start of the run (by default) or since the step before.'),
    count: positive.optional().describe('At least this often. 1 by default.'),
  }),
  written: map({
    written: partition,
    leader: brokerOrNone.optional(),
    epoch: count.optional(),
    isr: list(brokerId, 'replicas').optional(),
    'any-order': flag.optional().describe('The order of `isr` does not matter.'),
    version: count.optional().describe('Version of the znode.'),
  }),
  answered: map({ answered: line, gives: line.optional().describe('NONE, or the outermost exception.') }),
  transaction: map({
    transaction: line,
    state: oneOf('Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort', 'Dead'),
  }),
  converged: map({ converged: textLike('partition-or-all', /^(all|[A-Za-z0-9._-]+-\d+)$/) }),
}

type SimpleForms = typeof simpleConditions
export type SimpleConditionForm = { [Name in keyof SimpleForms]: z.infer<SimpleForms[Name]> }[keyof SimpleForms]
export type ConditionForm =
  | SimpleConditionForm
  | { readonly all: ConditionForm[] }
  | { readonly any: ConditionForm[] }
  | { readonly not: ConditionForm }

const later: z.ZodType<ConditionForm> = z.lazy(() => condition)
const condition: z.ZodType<ConditionForm> = byHead(
  'condition',
  described(CONDITIONS, {
    ...simpleConditions,
    all: map({ all: list(later).min(1, 'conditions') }),
    any: map({ any: list(later).min(1, 'conditions') }),
    not: map({ not: later }),
  } satisfies Record<(typeof CONDITIONS)[number]['name'], z.ZodType>),
).meta({ id: 'condition' })

// --- Steps and expectations

const step = map({
  name: line.optional().describe('A name for other steps and for messages.'),
  text: text.optional().describe('What a reader is told when the step fires.'),
  at: duration.optional().describe('Not before this time of the run.'),
  after: z
    .union([textLike('after', DURATION_PATTERN), map({ step: line, by: duration.optional() })], { error: 'after' })
    .optional()
    .describe('This long after the previous step, or after the step of that name.'),
  when: condition
    .optional()
    .describe(
      'As soon as this holds; judged after each event, from the previous step on unless `at` or `after` says otherwise.',
    ),
  within: duration.optional().describe('The longest wait for `when`; the length of the run by default.'),
  do: oneOrMore(action, 'actions').describe('What the step does.'),
})

const versionRange = textLike('version-range', /^\S.*$/)
const expectation = map({
  kafka: versionRange
    .optional()
    .describe('Versions it is for: "<0.11", ">=2.0", "0.10.2", "0.11 - 2.0", kraft, zookeeper. Any by default.'),
  holds: list(line, 'names').optional().describe('Properties that must hold.'),
  violated: list(
    z.union([line, map({ property: line, partition: partition.optional(), value: text.optional() })], {
      error: 'violated',
    }),
    'violated-list',
  )
    .optional()
    .describe('Properties that must be broken, with the partition or the value of the record meant.'),
  may: list(line, 'names').optional().describe('Properties that may break without failing the run.'),
  counts: map(
    Object.fromEntries(
      COUNTS.map((it) => [it.name, (it.name === 'unavailable-time' ? time : amount).optional().describe(it.meaning)]),
    ) as { [Name in Exclude<(typeof COUNTS)[number]['name'], 'unavailable-time'>]: z.ZodOptional<typeof amount> } & {
      'unavailable-time': z.ZodOptional<typeof time>
    },
  )
    .optional()
    .describe('Bounds on what is counted.'),
})

const answer = map({
  kafka: versionRange.optional().describe('Versions it is right for; any by default.'),
  answer: line.describe('One of the options.'),
  check: condition.optional().describe('Holds at the next chapter (or at the end) when the answer is right.'),
  why: text.optional().describe('Told once the question is answered.'),
})

/** A sentence of a lesson, told along the run. */
const chapter = map({
  title: line.describe('One line.'),
  say: text.describe('What the reader is told.'),
  until: condition.describe('The run is shown up to the first event, after the chapter before, at which this holds.'),
  focus: list(target).optional().describe('Whom it is about; the rest is dimmed.'),
  mark: list(line).optional().describe('What the reader is asked to look at.'),
  notes: text.optional().describe('For the one who teaches.'),
  ask: map({
    question: line.describe('What will happen next?'),
    options: list(line).min(2, 'options').max(8, 'options'),
    answers: list(answer).min(1, 'answers').describe('The right one, by version: the first that matches counts.'),
  })
    .optional()
    .describe('A question that must be answered, or skipped, before the run goes on.'),
})

/** Of a scenario that tells an incident of Kafka's history: where it is written down and which versions it concerns. */
const museum = map({
  jira: oneOrMore(textLike('jira', /^KAFKA-\d+$/), 'jiras')
    .optional()
    .describe('The issue or issues of Apache Kafka that report it.'),
  kip: textLike('kip', /^KIP-\d+$/)
    .optional()
    .describe('The improvement proposal that tells or repairs it.'),
  affected: versionRange.describe('Versions in which it happens, as a range: "<0.11", "0.11 - 1.1".'),
  fixed: line
    .optional()
    .describe('The first release in which it does not; absent: it was never repaired, or is by design.'),
  evidence: oneOf('recorded', 'source', 'kip').describe(
    "What the scenario was made after: a recording of real brokers, Kafka's source, or the text of a proposal or issue.",
  ),
  recordings: oneOrMore(textLike('recording', /^[a-z0-9-]+\/[0-9][A-Za-z0-9.-]*$/), 'recordings')
    .optional()
    .describe(
      'Recordings of real brokers doing what the scenario shows for their version, such as kip-101-loss/0.10.2.2.',
    ),
})

export const scenarioSchema = map({
  version: z.literal(1, { error: 'version' }).describe('The version of the scenario language.'),
  title: line.describe('One line.'),
  story: text.optional().describe('What happens, and what it shows.'),
  museum: museum.optional().describe("The incident of Kafka's history that it tells."),
  kafka: textLike('kafka', /^\S+$/)
    .meta({ examples: GENERATIONS.map((it) => it.name) })
    .describe('The Kafka version: a generation such as 2.4, or an exact release such as 2.4.1.'),
  seed: z
    .union([line, count], { error: 'seed' })
    .transform(String)
    .optional()
    .describe('Decides every draw of the run. 1 by default.'),
  cluster: cluster.describe('Brokers, their settings, and the registry.'),
  topics: z
    .record(topicName, topicForm, { error: 'topics' })
    .optional()
    .describe('Topics that are created at the start, by name.'),
  network: network.optional().describe('Latency and bandwidth of links.'),
  clients: z.record(clientName, client, { error: 'clients' }).optional().describe('Producers and consumers, by name.'),
  mechanisms: z
    .record(z.string(), value, { error: 'mechanisms' })
    .meta({
      description: 'Mechanism switches that differ from those of the Kafka version.',
      properties: Object.fromEntries(
        Object.entries(MECHANISM_VALUES).map(([name, values]) => [name, { enum: values }]),
      ),
    })
    .optional(),
  run: duration.describe('How long clients work and steps happen.'),
  settle: duration
    .optional()
    .describe('The longest time after the run in which the cluster comes to rest. 10s by default.'),
  'heal-at-end': flag
    .optional()
    .describe('Heals every link and starts every broker at the end of the run. false by default.'),
  steps: list(step).max(1000, 'steps').optional().describe('What happens to the cluster.'),
  expect: z
    .union([expectation, list(expectation, 'expectations').min(1, 'expectations')], { error: 'expectations' })
    .optional()
    .describe('What must come out: one block, or a list by version of which the first that matches counts.'),
  chapters: list(chapter)
    .max(100, 'chapters')
    .optional()
    .describe('A lesson: what is told along the run. It changes nothing in it.'),
  pins: z
    .record(z.string(), z.number({ error: 'draw' }).min(0, 'draw').lt(1, 'draw'), { error: 'pins' })
    .optional()
    .describe('Draws that are fixed, by stream#index.'),
  limits: map({ events: positive.optional(), records: positive.optional() })
    .optional()
    .describe('What ends a run that does not end.'),
})

export type ScenarioForm = z.input<typeof scenarioSchema>
export type ScenarioDocument = z.output<typeof scenarioSchema>
export type ActionForm = z.output<typeof action>
export type StepForm = z.output<typeof step>
export type ChapterForm = z.output<typeof chapter>
export type ClientForm = z.output<typeof client>
export type ClusterForm = z.output<typeof cluster>
export type BrokerForm = z.output<typeof brokerForm>
export type TopicForm = z.output<typeof topicForm>
export type LatencyForm = z.output<typeof latency>
export type NetworkForm = z.output<typeof network>
export type ExpectationForm = z.output<typeof expectation>
export type AmountForm = z.output<typeof amount>
export type LoadForm = { [Key in keyof typeof loadKeys]?: z.output<(typeof loadKeys)[Key]> }

/** What zod says about one mistake, as far as it is used. */
export interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
  readonly values?: readonly unknown[]
  readonly errors?: readonly (readonly Issue[])[]
  readonly issues?: readonly Issue[]
}

/** The document when the form is right, else what is wrong with it. */
export function checkForm(
  value: unknown,
): { ok: true; document: ScenarioDocument } | { ok: false; issues: readonly Issue[] } {
  const result = scenarioSchema.safeParse(value)
  if (result.success) return { ok: true, document: result.data }
  return { ok: false, issues: result.error.issues as unknown as readonly Issue[] }
}

/** The JSON Schema of scenarios (draft 7, which editors know), with a description of every key. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' })
  const { $schema, ...rest } = schema
  return { $schema, title: 'Highwater scenario', ...rest }
}
