/** The forms of actions, by the key that names each. */
import { z } from 'zod'
import {
  assignment,
  byHead,
  clientName,
  count,
  described,
  duration,
  flag,
  groupId,
  line,
  list,
  map,
  messages,
  oneOf,
  oneOrMore,
  partition,
  partitions,
  replicas,
  settings,
  signedDuration,
  size,
  target,
  targets,
  text,
  textLike,
  topicName,
  topicSettings,
  whole,
} from './forms.ts'
import { TARGET_OR_TOPIC_PATTERN } from './target.ts'
import { ACTIONS, type ActionName } from './vocabulary/actions.ts'

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
    group: groupId.optional().describe('Of send-offsets: the consumer group.'),
  }),
  observe: map({ observe: line }),
  note: map({ note: line }),
} satisfies Record<ActionName, z.ZodType>

export const action = byHead('action', described(ACTIONS, actionForms)).meta({ id: 'action' })
