/** Topics of a campaign: where their replicas are, and how their logs are cleaned. */
import fc from 'fast-check'
import type { SettingValue } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { TopicForm } from '../scenario/schema.ts'
import type { DrawnApplication } from './application-draw.ts'
import { hasSetting, settingsOf } from './has-setting.ts'
import { permille } from './permille.ts'
import type { Profile } from './profile.ts'

export const topicArbitrary = ({ partitions }: Profile) =>
  fc.record({
    partitions: fc.integer({ min: 1, max: partitions }),
    replicas: fc.constantFrom(3, 3, 3, 4, 5),
    insync: fc.constantFrom(2, 2, 2, 3),
    first: permille,
  })

export type DrawnTopic = ReturnType<typeof topicArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

interface TopicsDrawn {
  readonly topics: readonly DrawnTopic[]
  readonly application: DrawnApplication
}

const TOPICS = ['orders', 'payments', 'events'] as const

export interface TopicPlan {
  readonly name: string
  readonly form: TopicForm
  readonly partitions: readonly string[]
  readonly replicationFactor: number
  readonly minInsyncReplicas: number
}

/** Small enough for several rolls in a run, in bytes. */
const SEGMENT_BYTES = 1_000

/** How the logs of a topic are cleaned: a third are compacted, a third delete what is old, a third grow. */
function cleaningOf(generation: Generation, draw: number): Readonly<Record<string, SettingValue>> {
  const small = { 'segment.bytes': SEGMENT_BYTES }
  if (draw % 3 === 0) return settingsOf(generation, 'topic', { ...small, 'retention.ms': 8_000 })
  const compacts = draw % 3 === 1 && hasSetting(generation, 'topic', 'min.cleanable.dirty.ratio')
  return compacts ? { ...small, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' } : small
}

/** Applications write what they make to a second topic, which begins on another broker. */
function drawnTopics(
  { topics: [first, ...rest], application }: TopicsDrawn,
  transforming: boolean,
): readonly DrawnTopic[] {
  if (!transforming) return [first!, ...rest]
  return [first!, { ...first!, partitions: application.madePartitions, first: first!.first + 1 }]
}

export function topicsOf(
  { cleaned, transforming }: Profile,
  drawn: TopicsDrawn,
  generation: Generation,
  ids: readonly number[],
): TopicPlan[] {
  return drawnTopics(drawn, transforming === true).map(({ partitions, replicas, insync, first }, index) => {
    const name = TOPICS[index]!
    const replicationFactor = Math.min(replicas, ids.length)
    const settable = hasSetting(generation, 'topic', 'min.insync.replicas')
    const minInsyncReplicas = settable ? Math.min(insync, replicationFactor - 1) : 1
    const assignment = Array.from({ length: partitions }, (_, p) => {
      const start = (first + p) % ids.length
      return [...ids.slice(start), ...ids.slice(0, start)].slice(0, replicationFactor)
    })
    const settings = {
      ...(settable ? { 'min.insync.replicas': minInsyncReplicas } : {}),
      ...(cleaned === true ? cleaningOf(generation, first) : {}),
    }
    const form: TopicForm =
      Object.keys(settings).length > 0 ? { replicas: assignment, settings } : { replicas: assignment }
    return { name, form, partitions: assignment.map((_, p) => `${name}-${p}`), replicationFactor, minInsyncReplicas }
  })
}

export const isCompacted = ({ form }: TopicPlan): boolean => form.settings?.['cleanup.policy'] === 'compact'
