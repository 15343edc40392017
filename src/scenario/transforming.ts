/** An application that transforms: its consumer, and the transactional producers that live in its process. */
import { resolveSettings } from '../kafka/config.ts'
import { type TopicPartition, topicPartition } from '../kafka/ids.ts'
import type { PlanClient, PlanConsumer, PlanProducer } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import { refuseUnsafeIdempotence } from './client-settings.ts'
import type { ConsumerForm } from './clients.ts'
import type { Path } from './problem.ts'
import { durationUs } from './units.ts'

/** Words of a member that say otherwise what is done with records and offsets. */
const OTHER_WAYS = ['commits', 'hands-off', 'coordination'] as const

/** Every partition of the topics it reads. */
function inputsOf(checks: Checks, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) => {
    const count = checks.names.topics[topic]?.partitions ?? 0
    return Array.from({ length: count }, (_, number) => topicPartition(topic, number))
  })
}

function judge(checks: Checks, { name, pattern }: PlanConsumer, form: ConsumerForm, path: Path): void {
  const here: Path = [...path, 'transforms']
  checks.topic(form.transforms!.to, [...here, 'to'])
  for (const word of OTHER_WAYS) {
    if (form[word] === undefined) continue
    const message = `${name} commits its offsets in transactions, with what it makes of the records`
    checks.add([...path, word], message, { at: 'key', expected: `transforms without ${word}` })
  }
  if (pattern !== undefined) {
    const message = 'it has to be known which partitions there are to transform'
    checks.add([...path, 'consumes'], message, { expected: 'topics by name', found: form.consumes })
  }
  if (!checks.has('transactional.id', 'producer')) {
    checks.add(here, 'there are no transactions before 0.11', {
      at: 'key',
      expected: '0.11 or later',
      found: checks.generation.name,
    })
  }
}

/**
 * The consumer and its producers. Kafka Streams names them `<application.id>-<task>` (exactly_once) or by the instance
 * (exactly_once_v2).
 */
export function compileTransforming(
  checks: Checks,
  consumer: PlanConsumer,
  form: ConsumerForm,
  path: Path,
): PlanClient[] {
  judge(checks, consumer, form, path)
  const { name, bootstrap } = consumer
  const { to, 'commit-every': every, settings, ...words } = form.transforms!
  const usual = checks.generation.mechanisms.transactionalOffsetsFenced ? 'per-instance' : 'per-partition'
  const producers = words.producers ?? usual
  const prefix = words['transactional-id'] ?? form.group ?? name
  const here: Path = [...path, 'transforms', 'settings']
  const given = checks.settings(settings, 'producer', here)
  refuseUnsafeIdempotence(checks, { ...given, 'transactional.id': prefix }, here)
  const producerOf = (partition: TopicPartition | null): PlanProducer => ({
    kind: 'producer',
    name: `${name}.${partition ?? 'producer'}`,
    topic: to,
    partition: null,
    keys: { kind: 'none' },
    valueBytes: 0,
    settings: resolveSettings('producer', checks.generation.name, {
      ...given,
      'transactional.id': `${prefix}-${partition ?? name}`,
    }),
    workload: [],
    bootstrap,
    serves: { application: name, partition },
  })
  const inputs = producers === 'per-partition' ? inputsOf(checks, consumer.topics) : [null]
  const transforms = { to, producers, commitEveryUs: every === undefined ? 0 : durationUs(every) }
  return [{ ...consumer, transforms }, ...inputs.map(producerOf)]
}
