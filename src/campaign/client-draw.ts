/** Clients of a campaign: producers and consumers by themselves, members of groups, applications. */
import fc from 'fast-check'
import type { Generation } from '../kafka/generation/generation.ts'
import type { ClientForm } from '../scenario/schema.ts'
import { applicationClients, type DrawnApplication } from './application-draw.ts'
import type { DrawnCluster } from './cluster-draw.ts'
import { type DrawnGroup, groupMembers } from './group-draw.ts'
import { hasSetting, settingsOf } from './has-setting.ts'
import { permille } from './permille.ts'
import type { Profile } from './profile.ts'
import { isCompacted, type TopicPlan } from './topic-draw.ts'
import { transactionalClient } from './transactional-draw.ts'

export const producerArbitrary = ({ rate }: Profile) =>
  fc.record({
    topic: permille,
    rate: fc.integer({ min: 1, max: rate }),
    keys: fc.integer({ min: 0, max: 4 }),
    timeoutMs: fc.constantFrom(1500, 3000, 6000),
    inFlight: fc.constantFrom(1, 5),
    lingerMs: fc.constantFrom(0, 0, 5, 50),
    acks: fc.constantFrom('all', 'all', 'all', '1'),
  })

export type DrawnProducer = ReturnType<typeof producerArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

interface ClientsDrawn {
  readonly cluster: DrawnCluster
  readonly producers: readonly DrawnProducer[]
  readonly consumers: number
  readonly group: DrawnGroup
  readonly application: DrawnApplication
}

interface ProducerGround {
  readonly generation: Generation
  readonly inputs: readonly TopicPlan[]
  readonly idempotent: boolean
}

function producerForm(
  it: DrawnProducer,
  index: number,
  { generation, inputs, idempotent }: ProducerGround,
): ClientForm {
  const settings = settingsOf(generation, 'producer', {
    // The first one carries the promise that is judged.
    acks: index === 0 ? 'all' : it.acks,
    'request.timeout.ms': it.timeoutMs,
    ...(idempotent ? { 'enable.idempotence': true, acks: 'all' } : {}),
    'retry.backoff.ms': 100,
    // Idempotent producers give batches up now and then: what they do about the gap is to be seen.
    'delivery.timeout.ms': idempotent ? 7_000 : 20_000,
    'max.in.flight.requests.per.connection': it.inFlight,
    'linger.ms': it.lingerMs,
    'max.block.ms': 10_000,
    ...(hasSetting(generation, 'producer', 'delivery.timeout.ms') ? {} : { retries: 20 }),
  })
  const topic = inputs[it.topic % inputs.length]!
  return {
    produces: topic.name,
    rate: `${it.rate}/s`,
    // A compacted topic takes no record without a key.
    ...(it.keys === 0 && !isCompacted(topic) ? {} : { keys: { random: Math.max(1, it.keys) } }),
    'value-size': '20B',
    settings,
  }
}

function consumerForm(generation: Generation, topics: readonly string[], committedOnly: boolean): ClientForm {
  return {
    consumes: [...topics],
    settings: settingsOf(generation, 'consumer', {
      'auto.offset.reset': 'earliest',
      'request.timeout.ms': 4_000,
      // Consumers that find nothing wait as long as they may: polls in vain find no bugs.
      'fetch.max.wait.ms': 2_000,
      ...(committedOnly ? { 'isolation.level': 'read_committed' } : {}),
    }),
  }
}

/** Who there is beside plain producers and consumers: callers of transactions by name, members of a group, applications. */
interface OtherClients {
  readonly transactional: readonly string[]
  readonly grouped: boolean
  readonly transforming: boolean
}

export function clientsOf(
  { idempotent = false, runMs }: Profile,
  drawn: ClientsDrawn,
  generation: Generation,
  topics: readonly TopicPlan[],
  { transactional, grouped, transforming }: OtherClients,
): Record<string, ClientForm> {
  const inputs = transforming ? topics.slice(0, 1) : topics
  const clients: Record<string, ClientForm> = {}
  for (const name of transactional) clients[name] = transactionalClient(drawn.cluster, name, topics[0]!.name)
  drawn.producers.forEach((it, index) => {
    clients[`p${index + 1}`] = producerForm(it, index, { generation, inputs, idempotent })
  })
  const names = topics.map(({ name }) => name)
  const committedOnly = transforming || transactional.length > 0
  for (let n = 1; n <= drawn.consumers; n++) clients[`c${n}`] = consumerForm(generation, names, committedOnly)
  if (grouped) Object.assign(clients, groupMembers(drawn.group, generation, names))
  if (transforming) {
    const [reads, writes] = names as [string, string]
    Object.assign(clients, applicationClients(drawn.application, drawn.group, generation, { reads, writes, runMs }))
  }
  return clients
}
