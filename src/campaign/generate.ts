/** Random scenarios: fast-check draws a cluster, topics, clients and faults from one seed; this makes a document of them. */
import fc from 'fast-check'
import { defaultIn, type SettingScope, type SettingValue, settingNamed } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import { coordinatorPartition, OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../kafka/internal-topics.ts'
import type { ClientForm, ScenarioDocument, StepForm, TopicForm } from '../scenario/schema.ts'
import {
  applicationArbitrary,
  applicationClients,
  type DrawnApplication,
  hasTransactions,
  transactionalIds,
  workerNames,
} from './application-draw.ts'
import { budgetOf, withinBudget } from './budget.ts'
import type { FamilyName, Fault } from './families.ts'
import { FAMILY_NAMES, faultOf } from './families.ts'
import { type FaultDraw, type Ground, ms } from './fault-shape.ts'
import { type DrawnGroup, groupArbitrary, groupBrokerSettings, groupMembers, hasGroups } from './group-draw.ts'
import type { Profile } from './profile.ts'
import { transactionSteps } from './transaction-steps.ts'

/** A scenario of a campaign, with what was drawn for it. */
export interface FuzzCase {
  readonly kafka: string
  readonly profile: string
  readonly seed: number
  readonly document: ScenarioDocument
  /** Families that were on, in the order of their table, and those of them that have a fault in the plan. */
  readonly on: readonly FamilyName[]
  readonly placed: readonly FamilyName[]
  /** Most brokers that may be broken at once; null: no bound. */
  readonly budget: number | null
}

const permille = fc.integer({ min: 0, max: 999 })

const clusterArbitrary = ({ brokers }: Profile) =>
  fc.record({
    brokers: fc.integer({ min: brokers[0], max: brokers[1] }),
    racks: fc.boolean(),
    sessionMs: fc.constantFrom(1500, 2000, 3000, 6000),
    lagMs: fc.constantFrom(1500, 3000, 6000, 10_000),
    checkpointMs: fc.constantFrom(500, 1000, 5000),
    startupMs: fc.constantFrom(100, 600, 1500, 4000),
    fetchWaitMs: fc.constantFrom(300, 500, 1000, 2000),
    tickMs: fc.constantFrom(200, 500, 1000),
    balance: fc.boolean(),
    latency: fc.integer({ min: 0, max: 3 }),
    core: permille,
  })

const topicArbitrary = ({ partitions }: Profile) =>
  fc.record({
    partitions: fc.integer({ min: 1, max: partitions }),
    replicas: fc.constantFrom(3, 3, 3, 4, 5),
    insync: fc.constantFrom(2, 2, 2, 3),
    first: permille,
  })

const producerArbitrary = ({ rate }: Profile) =>
  fc.record({
    topic: permille,
    rate: fc.integer({ min: 1, max: rate }),
    keys: fc.integer({ min: 0, max: 4 }),
    timeoutMs: fc.constantFrom(1500, 3000, 6000),
    inFlight: fc.constantFrom(1, 5),
    lingerMs: fc.constantFrom(0, 0, 5, 50),
    acks: fc.constantFrom('all', 'all', 'all', '1'),
  })

const faultArbitrary = ({ runMs }: Profile) =>
  fc.record({
    family: permille,
    atMs: fc.integer({ min: FAULTS_FROM_MS, max: runMs - 4_000 }),
    /** Short faults are as likely as long ones. */
    forShare: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 999 })),
    a: permille,
    b: permille,
    c: permille,
  })

/** Topics are there and clients work by then. */
const FAULTS_FROM_MS = 2_000
/** Every fault has ended this long before the end of the run. */
const QUIET_MS = 1_500

type Drawing<Of> = Of extends (profile: Profile) => fc.Arbitrary<infer Value> ? Value : never

interface Drawn {
  readonly cluster: Drawing<typeof clusterArbitrary>
  readonly topics: readonly Drawing<typeof topicArbitrary>[]
  readonly producers: readonly Drawing<typeof producerArbitrary>[]
  readonly consumers: number
  readonly on: readonly boolean[]
  readonly weights: readonly number[]
  readonly faults: readonly Drawing<typeof faultArbitrary>[]
  readonly onLater: readonly boolean[]
  readonly weightsLater: readonly number[]
  readonly group: DrawnGroup
  readonly application: DrawnApplication
}

/** The first of the families that are drawn after everything else, so that seeds of before them keep their scenarios. */
const LATER_FAMILY: FamilyName = 'crash-coordinator'
const FAMILY_COUNT = FAMILY_NAMES.indexOf(LATER_FAMILY)
const LATER_COUNT = FAMILY_NAMES.length - FAMILY_COUNT
const ARRAY = { size: 'max' } as const

function drawnArbitrary(profile: Profile): fc.Arbitrary<Drawn> {
  const exactly = { minLength: FAMILY_COUNT, maxLength: FAMILY_COUNT, ...ARRAY }
  const exactlyLater = { minLength: LATER_COUNT, maxLength: LATER_COUNT, ...ARRAY }
  return fc.record({
    cluster: clusterArbitrary(profile),
    topics: fc.array(topicArbitrary(profile), { minLength: 1, maxLength: profile.topics, ...ARRAY }),
    producers: fc.array(producerArbitrary(profile), { minLength: 1, maxLength: 2, ...ARRAY }),
    consumers: fc.integer({ min: 1, max: 2 }),
    on: fc.array(fc.boolean(), exactly),
    weights: fc.array(fc.integer({ min: 1, max: 20 }), exactly),
    faults: fc.array(faultArbitrary(profile), { minLength: profile.faults[0], maxLength: profile.faults[1], ...ARRAY }),
    onLater: fc.array(fc.boolean(), exactlyLater),
    weightsLater: fc.array(fc.integer({ min: 1, max: 20 }), exactlyLater),
    group: groupArbitrary(profile),
    application: applicationArbitrary(profile),
  })
}

const TOPICS = ['orders', 'payments', 'events'] as const

/** What draws a profile's scenarios, made once. */
const ARBITRARIES = new Map<Profile, fc.Arbitrary<Drawn>>()

/** The draw of a seed. */
export function drawCase(profile: Profile, generation: Generation, seed: number): FuzzCase {
  let arbitrary = ARBITRARIES.get(profile)
  if (arbitrary === undefined) {
    arbitrary = drawnArbitrary(profile)
    ARBITRARIES.set(profile, arbitrary)
  }
  const [drawn] = fc.sample(arbitrary, { seed, numRuns: 1 })
  return caseOf(profile, generation, seed, drawn!)
}

const has = (generation: Generation, scope: SettingScope, key: string): boolean => {
  const setting = settingNamed(key, scope)
  return setting !== undefined && defaultIn(setting, generation.name) !== null
}

/** Those of the settings that the generation has. */
function settingsOf(
  generation: Generation,
  scope: SettingScope,
  all: Readonly<Record<string, SettingValue>>,
): Record<string, SettingValue> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => has(generation, scope, key)))
}

const LATENCIES = [
  undefined,
  { uniform: ['300us', '3ms'] as [string, string] },
  { uniform: ['1ms', '40ms'] as [string, string] },
  { bimodal: { fast: '1ms', slow: '60ms', 'slow-share': 0.05 } },
] as const

function clusterOf(
  drawn: Drawn,
  generation: Generation,
  ids: readonly number[],
  { grouped, transactional, cleaned }: Readonly<Record<'grouped' | 'transactional' | 'cleaned', boolean>>,
): ScenarioDocument['cluster'] {
  const { racks, sessionMs, lagMs, checkpointMs, startupMs, fetchWaitMs, tickMs, balance } = drawn.cluster
  const settings = settingsOf(generation, 'broker', {
    'zookeeper.session.timeout.ms': sessionMs,
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': Math.floor(sessionMs / 4),
    'replica.lag.time.max.ms': lagMs,
    'replica.high.watermark.checkpoint.interval.ms': checkpointMs,
    'replica.fetch.wait.max.ms': Math.min(fetchWaitMs, Math.floor(lagMs / 3)),
    'replica.socket.timeout.ms': 3000,
    'controller.socket.timeout.ms': 3000,
    'controlled.shutdown.enable': true,
    'controlled.shutdown.retry.backoff.ms': 500,
    'unclean.leader.election.enable': false,
    'auto.leader.rebalance.enable': balance,
    'leader.imbalance.check.interval.seconds': 10,
    'log.flush.offset.checkpoint.interval.ms': 10_000,
    ...(grouped ? { ...groupBrokerSettings(drawn.group), 'min.insync.replicas': 2 } : {}),
    ...(cleaned ? { 'log.cleaner.backoff.ms': 1_000, 'log.retention.check.interval.ms': 2_000 } : {}),
    ...(transactional
      ? {
          'transaction.state.log.num.partitions': TRANSACTION_PARTITIONS,
          'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
        }
      : {}),
  })
  const startup = `${startupMs}ms`
  const registry = isKraft(generation) ? {} : { registry: { tick: `${tickMs}ms` } }
  if (!racks) return { brokers: ids.length, startup, ...registry, settings }
  return { brokers: ids.map((id) => ({ id, rack: rackOf(id) })), startup, ...registry, settings }
}

const isKraft = ({ mechanisms }: Generation): boolean => mechanisms.metadata === 'kraft'

const RACKS = ['a', 'b', 'c'] as const
const rackOf = (id: number): string => RACKS[(id - 1) % RACKS.length]!

interface TopicPlan {
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
  const compacts = draw % 3 === 1 && has(generation, 'topic', 'min.cleanable.dirty.ratio')
  return compacts ? { ...small, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' } : small
}

/** Applications write what they make to a second topic, which begins on another broker. */
function drawnTopics({ topics: [first, ...rest], application }: Drawn, transforming: boolean): Drawn['topics'] {
  if (!transforming) return [first!, ...rest]
  return [first!, { ...first!, partitions: application.madePartitions, first: first!.first + 1 }]
}

function topicsOf(
  { cleaned, transforming }: Profile,
  drawn: Drawn,
  generation: Generation,
  ids: readonly number[],
): TopicPlan[] {
  return drawnTopics(drawn, transforming === true).map(({ partitions, replicas, insync, first }, index) => {
    const name = TOPICS[index]!
    const replicationFactor = Math.min(replicas, ids.length)
    const settable = has(generation, 'topic', 'min.insync.replicas')
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

const isCompacted = ({ form }: TopicPlan): boolean => form.settings?.['cleanup.policy'] === 'compact'

/** Now and then two processes believe that they are the same producer: the later one fences the other. */
const transactionalIdOf = ({ cluster }: Drawn, client: string): string =>
  cluster.core % 3 === 0 ? 'billing' : `billing-${client.slice(1)}`

/** Enough for coordinators on every broker; the default of 50 makes runs twice as long and tells nothing more. */
const TRANSACTION_PARTITIONS = 5

/** In half of the seeds a transaction may last so long: a producer that sleeps finds it aborted. */
const SHORT_TRANSACTION_MS = 2_500

/** Where the transactional id is coordinated. */
const transactionPartition = (id: string): string =>
  `${TRANSACTIONS_TOPIC}-${coordinatorPartition(id, TRANSACTION_PARTITIONS)}`

interface OtherClients {
  readonly transactional: readonly string[]
  readonly grouped: boolean
  readonly transforming: boolean
}

function clientsOf(
  { idempotent = false, runMs }: Profile,
  drawn: Drawn,
  generation: Generation,
  topics: readonly TopicPlan[],
  { transactional, grouped, transforming }: OtherClients,
): Record<string, ClientForm> {
  const inputs = transforming ? topics.slice(0, 1) : topics
  const clients: Record<string, ClientForm> = {}
  for (const name of transactional) {
    const id = transactionalIdOf(drawn, name)
    const timeout = drawn.cluster.core % 2 === 0 ? { 'transaction.timeout.ms': SHORT_TRANSACTION_MS } : {}
    clients[name] = {
      produces: topics[0]!.name,
      settings: { 'transactional.id': id, 'request.timeout.ms': 3_000, ...timeout },
    }
  }
  drawn.producers.forEach((it, index) => {
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
      ...(has(generation, 'producer', 'delivery.timeout.ms') ? {} : { retries: 20 }),
    })
    const topic = inputs[it.topic % inputs.length]!
    clients[`p${index + 1}`] = {
      produces: topic.name,
      rate: `${it.rate}/s`,
      // A compacted topic takes no record without a key.
      ...(it.keys === 0 && !isCompacted(topic) ? {} : { keys: { random: Math.max(1, it.keys) } }),
      'value-size': '20B',
      settings,
    }
  })
  for (let n = 1; n <= drawn.consumers; n++) {
    clients[`c${n}`] = {
      consumes: topics.map(({ name }) => name),
      settings: settingsOf(generation, 'consumer', {
        'auto.offset.reset': 'earliest',
        'request.timeout.ms': 4_000,
        // Consumers that find nothing wait as long as they may: polls in vain find no bugs.
        'fetch.max.wait.ms': 2_000,
        ...(transforming || transactional.length > 0 ? { 'isolation.level': 'read_committed' } : {}),
      }),
    }
  }
  const names = topics.map(({ name }) => name)
  if (grouped) Object.assign(clients, groupMembers(drawn.group, generation, names))
  if (transforming) {
    const [reads, writes] = names as [string, string]
    Object.assign(clients, applicationClients(drawn.application, drawn.group, generation, { reads, writes, runMs }))
  }
  return clients
}

/** The families that may strike, with their weights: by swarm each is wholly off with probability one half. */
function chancesOf(profile: Profile, drawn: Drawn): { readonly family: FamilyName; readonly weight: number }[] {
  const allOn = [...drawn.on, ...drawn.onLater]
  const weights = [...drawn.weights, ...drawn.weightsLater]
  const chances = FAMILY_NAMES.flatMap((family, index) => {
    const chance = profile.families[family]
    if (chance === undefined || chance.weight === 0) return []
    return [{ family, weight: chance.weight * (profile.swarm ? weights[index]! : 1), on: allOn[index] === true }]
  })
  const on = profile.swarm ? chances.filter((it) => it.on) : chances
  return on.length > 0 ? on : chances.slice(0, 1)
}

function familyBy(
  chances: readonly { readonly family: FamilyName; readonly weight: number }[],
  draw: number,
): FamilyName {
  const total = chances.reduce((sum, { weight }) => sum + weight, 0)
  let left = Math.floor((draw * total) / 1000)
  for (const { family, weight } of chances) {
    if (left < weight) return family
    left -= weight
  }
  return chances[0]!.family
}

function faultsOf(profile: Profile, drawn: Drawn, ground: Ground): Fault[] {
  const chances = chancesOf(profile, drawn)
  return drawn.faults.flatMap((it, index) => {
    const family = familyBy(chances, it.family)
    const { minMs, maxMs } = profile.families[family]!
    const atMs = Math.min(it.atMs, ground.untilMs - 500)
    const forMs = Math.min(minMs + Math.floor(((maxMs - minMs) * it.forShare) / 1000), ground.untilMs - atMs)
    const draw: FaultDraw = { atMs, forMs: Math.max(0, forMs), a: it.a, b: it.b, c: it.c }
    const fault = faultOf(family, index + 1, ground, draw)
    return fault === null ? [] : [fault]
  })
}

/** Who stays broken when the rest is healed: now and then as many as the configuration survives, else nobody. */
function leftBroken(drawn: Drawn, ids: readonly number[], budget: number): number[] {
  const { core } = drawn.cluster
  if (core >= 250 || budget < 1 || drawn.faults.length === 0) return []
  const first = core % ids.length
  return [...ids.slice(first), ...ids.slice(0, first)].slice(0, 1 + (core % budget)).sort((a, b) => a - b)
}

function caseOf(profile: Profile, generation: Generation, seed: number, drawn: Drawn): FuzzCase {
  const ids = Array.from({ length: drawn.cluster.brokers }, (_, i) => i + 1)
  const topics = topicsOf(profile, drawn, generation, ids)
  const budget = budgetOf(topics)
  const racks: Record<string, number[]> = {}
  if (drawn.cluster.racks) for (const id of ids) racks[rackOf(id)] = [...(racks[rackOf(id)] ?? []), id]
  const broken = profile.bounded ? leftBroken(drawn, ids, budget) : []
  const grouped = profile.grouped === true && hasGroups(generation)
  const transactional = profile.transactional === true && hasTransactions(generation) ? ['t1', 't2'] : []
  const transforming = profile.transforming === true && hasTransactions(generation)
  const members = [
    ...(grouped ? drawn.group.members.map((_, index) => `m${index + 1}`) : []),
    ...(transforming ? workerNames(drawn.application) : []),
  ]
  const ground: Ground = {
    brokers: ids,
    kraft: isKraft(generation),
    racks,
    partitions: topics.flatMap(({ partitions }) => partitions),
    replicationFactor: Math.min(...topics.map(({ replicationFactor }) => replicationFactor)),
    producers: drawn.producers.map((_, index) => `p${index + 1}`),
    members,
    clients: [...members, ...transactional],
    coordinated: [
      ...(grouped || transforming ? [`${OFFSETS_TOPIC}-0`] : []),
      ...transactional.map((name) => transactionPartition(transactionalIdOf(drawn, name))),
      ...(transforming ? transactionalIds(drawn.application, generation, topics[0]!.partitions) : []).map(
        transactionPartition,
      ),
    ],
    startupMs: drawn.cluster.startupMs,
    sessionMs: drawn.cluster.sessionMs,
    lagMs: drawn.cluster.lagMs,
    untilMs: broken.length === 0 ? profile.runMs - QUIET_MS : healingMs(profile, drawn) - 500,
    budget: profile.bounded ? budget : ids.length,
  }
  const drawnFaults = faultsOf(profile, drawn, ground)
  const faults = profile.bounded ? withinBudget(drawnFaults, budget) : drawnFaults
  const calls = transactionSteps(transactional, ground.partitions, {
    fromMs: FAULTS_FROM_MS,
    untilMs: profile.runMs - QUIET_MS,
    draw: drawn.cluster.core,
  })
  const steps: StepForm[] = [
    ...inOrder([...calls, ...faults.flatMap((fault) => fault.steps)]),
    ...healingOf(profile, drawn, ground, broken),
  ]
  const latency = LATENCIES[drawn.cluster.latency]
  const document: ScenarioDocument = {
    version: 1,
    title: `Seed ${seed} of profile ${profile.name}`,
    kafka: generation.name,
    seed: String(seed),
    cluster: clusterOf(drawn, generation, ids, {
      grouped: grouped || transforming,
      transactional: transforming || transactional.length > 0,
      cleaned: profile.cleaned === true,
    }),
    topics: Object.fromEntries(topics.map(({ name, form }) => [name, form])),
    ...(latency === undefined ? {} : { network: { latency } }),
    clients: clientsOf(profile, drawn, generation, topics, { transactional, grouped, transforming }),
    run: `${profile.runMs}ms`,
    settle: `${profile.settleMs}ms`,
    'heal-at-end': broken.length === 0,
    steps,
    limits: { events: 1_000_000 },
  }
  const on = chancesOf(profile, drawn).map(({ family }) => family)
  const placed = FAMILY_NAMES.filter((family) => faults.some((fault) => fault.family === family))
  return {
    kafka: generation.name,
    profile: profile.name,
    seed,
    document,
    on,
    placed,
    budget: profile.bounded ? budget : null,
  }
}

/** By time; steps of one time in the order of their faults. */
const inOrder = (steps: readonly StepForm[]): StepForm[] =>
  [...steps].sort((a, b) => Number.parseInt(a.at ?? '0', 10) - Number.parseInt(b.at ?? '0', 10))

/** Early enough for the sessions of those that stay down to end within the run. */
const healingMs = ({ runMs }: Profile, { cluster }: Drawn): number =>
  runMs - 3 * cluster.sessionMs - cluster.startupMs - 1_000

/** Heals all but some brokers, which stay down for good: the others must do. */
function healingOf(
  profile: Profile,
  drawn: Drawn,
  { brokers: ids, kraft }: Ground,
  broken: readonly number[],
): StepForm[] {
  if (broken.length === 0) return []
  const core = ids.filter((id) => !broken.includes(id)).map((id) => `broker ${id}`)
  return [
    {
      name: 'heal the core',
      at: ms(healingMs(profile, drawn)),
      do: [
        { heal: 'all' },
        { resume: 'registry' },
        { resume: 'brokers' },
        { lag: 'brokers', by: '0ms' },
        { crash: broken.map((id) => `broker ${id}`) },
        { start: core, startup: ms(drawn.cluster.startupMs) },
        { supervise: core },
        ...(kraft ? [{ start: 'registry' }] : []),
      ],
    },
  ]
}
