/** The forms of cluster, topics and network. */
import { z } from 'zod'
import {
  assignment,
  brokerId,
  brokerSettings,
  byHead,
  duration,
  line,
  list,
  map,
  oneOrMore,
  signedDuration,
  textLike,
  topicSettings,
  whole,
} from './forms.ts'
import { BANDWIDTH_PATTERN, DURATION_PATTERN, START_AT_PATTERN } from './units.ts'

export const brokerForm = map({
  id: brokerId.describe('The id of the broker, from 1.'),
  rack: line.optional().describe('Its rack.'),
  settings: brokerSettings.optional(),
  startup: duration.optional().describe('From the start of its process to its first message to the registry.'),
  'start-at': textLike('start-at', START_AT_PATTERN)
    .optional()
    .describe('When it is started; `never`: by a step. 0s by default.'),
  'clock-skew': signedDuration.optional().describe('How far off its clock is at the start.'),
})

export const cluster = map({
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

export const topicForm = map({
  partitions: whole('partition-count', 1, 1000)
    .optional()
    .describe('How many partitions. 1 by default, or as many as `replicas` has.'),
  'replication-factor': whole('replication-factor', 1, 99)
    .optional()
    .describe('Replicas of each partition. 3 by default, or all brokers when there are fewer.'),
  replicas: assignment.optional().describe('Explicit replicas of each partition, the preferred leader first.'),
  settings: topicSettings.optional(),
})

export const latency = z
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

export const network = map({
  latency: latency.optional(),
  links: list(networkLink).optional().describe('Links that differ; a later one wins.'),
})
