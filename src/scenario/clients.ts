/** Producers and consumers of a plan, and what they do by themselves. */
import { type CompressionRatios, USUAL_RATIOS } from '../kafka/compression.ts'
import { resolveSettings, type Settings } from '../kafka/config.ts'
import { splitTopicPartition, topicPartition } from '../kafka/ids.ts'
import { patternProblem } from '../kafka/topic-pattern.ts'
import type { PlanClient, PlanConsumer, PlanProducer, Workload } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import { refuseOtherProtocol, refuseUnsafeIdempotence } from './client-settings.ts'
import type { Path } from './problem.ts'
import type { ClientForm, LoadForm } from './schema.ts'
import { compileTransforming } from './transforming.ts'
import { durationUs, ratePerSecond, sizeBytes } from './units.ts'

type ProducerForm = Extract<ClientForm, { produces: string }>
export type ConsumerForm = Exclude<ClientForm, ProducerForm>

const BEGIN = '1s'
const VALUE_BYTES = 100

const LOAD_KEYS = ['rate', 'burst', 'count', 'from', 'until'] as const

function compileLoad(checks: Checks, form: LoadForm, path: Path): Workload[] {
  const startUs = durationUs(form.from ?? BEGIN)
  const wrong = (key: string, message: string, expected: string): void =>
    checks.add([...path, key], message, { at: 'key', expected, parts: path })
  if (form.rate !== undefined && form.burst !== undefined)
    wrong('burst', 'a workload has either a rate or a burst', 'one of them, or a list under `workload`')
  if (form.burst !== undefined) {
    if (form.count !== undefined)
      wrong('count', 'a burst says itself how many records it has', '`burst` without `count`')
    if (form.until !== undefined) wrong('until', 'a burst happens at once', '`burst` without `until`')
    return [{ kind: 'burst', count: form.burst, startUs }]
  }
  if (form.rate === undefined) {
    const other = LOAD_KEYS.find((key) => form[key] !== undefined)
    if (other !== undefined)
      wrong(other, `${other} says nothing without a rate or a burst`, '`rate` or `burst` next to it')
    return []
  }
  const perSecond = ratePerSecond(form.rate)
  const stopUs = form.until === undefined ? null : durationUs(form.until)
  if (perSecond <= 0)
    checks.add([...path, 'rate'], 'a rate of nothing sends nothing', { expected: 'more than 0', found: form.rate })
  if (perSecond > 1_000_000)
    checks.add([...path, 'rate'], 'this rate is above what time can tell apart', {
      expected: 'at most 1000000/s',
      found: form.rate,
    })
  if (stopUs !== null && stopUs <= startUs)
    checks.add([...path, 'until'], 'it ends before it begins', {
      expected: `later than ${form.from ?? BEGIN}`,
      found: form.until!,
    })
  return [{ kind: 'rate', perSecond, count: form.count ?? null, startUs, stopUs }]
}

function compileWorkload(checks: Checks, form: ProducerForm, path: Path): Workload[] {
  if (form.workload === undefined) return compileLoad(checks, form, path)
  const beside = LOAD_KEYS.find((key) => form[key] !== undefined)
  if (beside !== undefined)
    checks.add([...path, beside], `${beside} stands next to workload`, {
      at: 'key',
      parts: path,
      expected: 'everything under `workload`, or one workload without the list',
    })
  return form.workload.flatMap((load, index) => {
    const here: Path = [...path, 'workload', index]
    if (load.rate === undefined && load.burst === undefined)
      checks.add(here, 'this workload sends nothing', { expected: 'rate or burst', parts: here })
    return compileLoad(checks, load, here)
  })
}

function compileKeys(form: ProducerForm['keys']): PlanProducer['keys'] {
  if (form === undefined || form === 'none') return { kind: 'none' }
  return 'random' in form ? { kind: 'random', count: form.random } : { kind: 'round-robin', count: form['round-robin'] }
}

/** Thousandths, as a plan has them; what is not named stays as usual. */
function compileRatios(form: ProducerForm['compression-ratio']): Pick<PlanProducer, 'ratios'> {
  if (form === undefined) return {}
  const of = (codec: keyof CompressionRatios): number => {
    const given = typeof form === 'number' ? form : form[codec]
    return given === undefined ? USUAL_RATIOS[codec] : Math.round(given * 1000)
  }
  return { ratios: { gzip: of('gzip'), snappy: of('snappy'), lz4: of('lz4'), zstd: of('zstd') } }
}

function bootstrap(checks: Checks, ids: readonly number[] | undefined, path: Path): readonly number[] {
  if (ids !== undefined) checks.brokers(ids, [...path, 'bootstrap'])
  return ids ?? [...(checks.names.brokers ?? [])].sort((a, b) => a - b)
}

/** `request.required.acks` and `request.timeout.ms` of the Scala producer, in every version. */
const SCALA_DEFAULTS: Settings = { acks: '0', 'request.timeout.ms': 10_000 }

function compileProducer(checks: Checks, name: string, form: ProducerForm, path: Path): PlanProducer {
  checks.topic(form.produces, [...path, 'produces'])
  if (form.partition !== undefined && Object.hasOwn(checks.names.topics, form.produces)) {
    checks.partition(topicPartition(form.produces, form.partition), [...path, 'partition'])
  }
  const scala = form.api === 'scala'
  if (scala && !checks.has('producer.type', 'producer')) {
    checks.add([...path, 'api'], 'the Scala producer was removed in 2.0', {
      expected: 'a version before 2.0',
      found: checks.generation.name,
    })
  }
  const given = checks.settings(form.settings, 'producer', [...path, 'settings'])
  if (!scala) refuseUnsafeIdempotence(checks, given, [...path, 'settings'])
  return {
    kind: 'producer',
    name,
    topic: form.produces,
    partition: form.partition ?? null,
    keys: compileKeys(form.keys),
    valueBytes: form['value-size'] === undefined ? VALUE_BYTES : sizeBytes(form['value-size']),
    ...compileRatios(form['compression-ratio']),
    settings: resolveSettings('producer', checks.generation.name, {
      ...(scala ? SCALA_DEFAULTS : {}),
      ...given,
    }),
    ...(scala ? { api: 'scala' as const } : {}),
    workload: compileWorkload(checks, form, path),
    bootstrap: bootstrap(checks, form.bootstrap, path),
  }
}

function compileConsumer(checks: Checks, name: string, form: ConsumerForm, path: Path): PlanConsumer {
  const { topics, ...byPattern } = subscriptionOf(checks, name, form, path)
  topics.forEach((topic, index) => {
    checks.topic(topic, typeof form.consumes === 'string' ? [...path, 'consumes'] : [...path, 'consumes', index])
  })
  form.partitions?.forEach((partition, index) => {
    const here: Path = [...path, 'partitions', index]
    checks.partition(partition, here)
    const { topic } = splitTopicPartition(partition)
    if (Object.hasOwn(checks.names.topics, topic) && !topics.includes(topic)) {
      checks.add(here, `${name} does not consume ${topic}`, {
        expected: `a partition of ${topics.join(' or ')}`,
        found: partition,
      })
    }
  })
  const startUs = durationUs(form.from ?? BEGIN)
  const stopUs = form.until === undefined ? null : durationUs(form.until)
  if (stopUs !== null && stopUs <= startUs)
    checks.add([...path, 'until'], 'it ends before it begins', {
      expected: `later than ${form.from ?? BEGIN}`,
      found: form.until!,
    })
  const membership = membershipOf(checks, name, form, path)
  const given = checks.settings(form.settings, 'consumer', [...path, 'settings'])
  refuseOtherProtocol(checks, given, [...path, 'settings'])
  return {
    kind: 'consumer',
    name,
    partitions: form.partitions ?? null,
    topics,
    ...byPattern,
    ...membership.plan,
    settings: resolveSettings('consumer', checks.generation.name, {
      ...given,
      ...membership.settings,
    }),
    startUs,
    stopUs,
    bootstrap: bootstrap(checks, form.bootstrap, path),
  }
}

/** Topics by name, or by a pattern between slashes, which only members of groups may have. */
function subscriptionOf(
  checks: Checks,
  name: string,
  { consumes, group }: ConsumerForm,
  path: Path,
): Pick<PlanConsumer, 'topics' | 'pattern'> {
  if (typeof consumes !== 'string') return { topics: consumes }
  if (!consumes.startsWith('/')) return { topics: [consumes] }
  const pattern = consumes.slice(1, -1)
  const here: Path = [...path, 'consumes']
  const problem = patternProblem(pattern)
  if (problem !== null) checks.add(here, problem, { expected: 'a regular expression', found: pattern })
  if (group === undefined) {
    checks.add(here, `${name} is in no group, and only members of groups subscribe by pattern`, {
      expected: 'group as well, or topics by name',
      found: consumes,
    })
  }
  return { topics: [], pattern }
}

interface Membership {
  readonly plan: Pick<PlanConsumer, 'member' | 'groupInRegistry'>
  readonly settings: Settings
}

/** What makes a consumer a member of a group, and its application's way to commit. */
function membershipOf(checks: Checks, name: string, form: ConsumerForm, path: Path): Membership {
  const { group } = form
  const commits = form.commits ?? (form.transforms === undefined ? 'auto' : 'none')
  if (group === undefined) {
    for (const word of ['coordination', 'processing', 'commits', 'hands-off', 'transforms'] as const) {
      if (form[word] !== undefined)
        checks.add([...path, word], `${name} is in no group`, { at: 'key', expected: 'group as well' })
    }
    return { plan: {}, settings: {} }
  }
  if (form.partitions !== undefined) {
    checks.add([...path, 'partitions'], `${name} gets its partitions from its group`, {
      at: 'key',
      expected: 'group or partitions',
    })
  }
  const settings: Settings = { 'group.id': group, 'enable.auto.commit': commits === 'auto' }
  if (form.coordination === 'zookeeper') {
    if (!checks.has('rebalance.backoff.ms', 'consumer')) {
      checks.add([...path, 'coordination'], 'the consumers whose groups live in ZooKeeper were removed in 2.0', {
        expected: 'a version before 2.0',
        found: checks.generation.name,
      })
    }
    const strategy = form.settings?.['partition.assignment.strategy']
    if (strategy !== undefined && strategy !== 'range' && strategy !== 'roundrobin') {
      checks.add([...path, 'settings', 'partition.assignment.strategy'], 'such a consumer knows two ways to divide', {
        expected: 'range or roundrobin',
        found: strategy,
      })
    }
    if (commits !== 'auto' && commits !== 'none')
      checks.add([...path, 'commits'], 'such a consumer commits by itself or not at all', {
        expected: 'auto or none',
        found: commits,
      })
    for (const word of ['processing', 'hands-off'] as const) {
      if (form[word] !== undefined)
        checks.add([...path, word], `the application of ${name} is done with a record when it takes it`, {
          at: 'key',
          expected: `a group with a coordinator, or no ${word}`,
        })
    }
    return { plan: { groupInRegistry: true }, settings }
  }
  if (!checks.has('heartbeat.interval.ms', 'consumer')) {
    checks.add([...path, 'group'], 'there is no group coordinator before 0.9', {
      at: 'key',
      expected: 'coordination: zookeeper',
      found: checks.generation.name,
    })
  }
  const how = commits === 'auto' ? 'none' : commits
  const processUs = form.processing === undefined ? 0 : durationUs(form.processing)
  return { plan: { member: { processUs, commits: how, handsOff: form['hands-off'] === true } }, settings }
}

export function compileClients(
  checks: Checks,
  clients: Readonly<Record<string, ClientForm>> | undefined,
): PlanClient[] {
  return Object.entries(clients ?? {}).flatMap(([name, form]): PlanClient[] => {
    const path: Path = ['clients', name]
    // Conditions and counts say `all` for every client together.
    if (name === 'all') checks.add(path, 'no client may be called all', { at: 'key', expected: 'another name' })
    if ('produces' in form) return [compileProducer(checks, name, form, path)]
    const consumer = compileConsumer(checks, name, form, path)
    return form.transforms === undefined ? [consumer] : compileTransforming(checks, consumer, form, path)
  })
}
