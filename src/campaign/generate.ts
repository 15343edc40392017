/** Random scenarios: fast-check draws a cluster, topics, clients and faults from one seed; this makes a document of them. */
import fc from 'fast-check'
import type { Generation } from '../kafka/generation/generation.ts'
import { OFFSETS_TOPIC } from '../kafka/internal-topics.ts'
import type { ScenarioDocument, StepForm } from '../scenario/schema.ts'
import {
  applicationArbitrary,
  type DrawnApplication,
  hasTransactions,
  transactionalIds,
  workerNames,
} from './application-draw.ts'
import { budgetOf, withinBudget } from './budget.ts'
import { clientsOf, type DrawnProducer, producerArbitrary } from './client-draw.ts'
import { clusterArbitrary, clusterOf, type DrawnCluster, isKraft, LATENCIES, rackOf } from './cluster-draw.ts'
import { FAMILY_NAMES, type FamilyName } from './families.ts'
import {
  chancesOf,
  type DrawnFamilies,
  type DrawnFault,
  FAULTS_FROM_MS,
  familiesArbitraries,
  faultArbitrary,
  faultsOf,
  healingMs,
  healingOf,
  leftBroken,
  QUIET_MS,
} from './fault-draw.ts'
import type { Ground } from './fault-shape.ts'
import { type DrawnGroup, groupArbitrary, hasGroups } from './group-draw.ts'
import type { Profile } from './profile.ts'
import { type DrawnTopic, type TopicPlan, topicArbitrary, topicsOf } from './topic-draw.ts'
import { transactionSteps } from './transaction-steps.ts'
import { transactionalIdOf, transactionPartition } from './transactional-draw.ts'

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

interface Drawn extends DrawnFamilies {
  readonly cluster: DrawnCluster
  readonly topics: readonly DrawnTopic[]
  readonly producers: readonly DrawnProducer[]
  readonly consumers: number
  readonly faults: readonly DrawnFault[]
  readonly group: DrawnGroup
  readonly application: DrawnApplication
}

/** The order of the keys is the order of the draws: what is new goes to the end, so that seeds keep their scenarios. */
function drawnArbitrary(profile: Profile): fc.Arbitrary<Drawn> {
  const { on, weights, onLater, weightsLater } = familiesArbitraries
  const between = (minLength: number, maxLength: number) => ({ minLength, maxLength, size: 'max' }) as const
  return fc.record({
    cluster: clusterArbitrary(profile),
    topics: fc.array(topicArbitrary(profile), between(1, profile.topics)),
    producers: fc.array(producerArbitrary(profile), between(1, 2)),
    consumers: fc.integer({ min: 1, max: 2 }),
    on,
    weights,
    faults: fc.array(faultArbitrary(profile), between(...profile.faults)),
    onLater,
    weightsLater,
    group: groupArbitrary(profile),
    application: applicationArbitrary(profile),
  })
}

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

/** Who takes part in a case beside plain producers and consumers. */
interface Others {
  readonly grouped: boolean
  readonly transforming: boolean
  /** Clients that call their transactional producer. */
  readonly transactional: readonly string[]
}

const othersOf = (profile: Profile, generation: Generation): Others => ({
  grouped: profile.grouped === true && hasGroups(generation),
  transforming: profile.transforming === true && hasTransactions(generation),
  transactional: profile.transactional === true && hasTransactions(generation) ? ['t1', 't2'] : [],
})

function caseOf(profile: Profile, generation: Generation, seed: number, drawn: Drawn): FuzzCase {
  const ids = Array.from({ length: drawn.cluster.brokers }, (_, i) => i + 1)
  const topics = topicsOf(profile, drawn, generation, ids)
  const others = othersOf(profile, generation)
  const budget = budgetOf(topics)
  const broken = profile.bounded ? leftBroken(drawn, ids, budget) : []
  const ground: Ground = {
    ...groundOf(drawn, generation, topics, others),
    untilMs: broken.length === 0 ? profile.runMs - QUIET_MS : healingMs(profile, drawn.cluster) - 500,
    budget: profile.bounded ? budget : ids.length,
  }
  const drawnFaults = faultsOf(profile, drawn, ground)
  const faults = profile.bounded ? withinBudget(drawnFaults, budget) : drawnFaults
  const calls = transactionSteps(others.transactional, ground.partitions, {
    fromMs: FAULTS_FROM_MS,
    untilMs: profile.runMs - QUIET_MS,
    draw: drawn.cluster.core,
  })
  const steps: StepForm[] = [
    ...inOrder([...calls, ...faults.flatMap((fault) => fault.steps)]),
    ...healingOf(profile, drawn.cluster, ground, broken),
  ]
  const latency = LATENCIES[drawn.cluster.latency]
  const document: ScenarioDocument = {
    version: 1,
    title: `Seed ${seed} of profile ${profile.name}`,
    kafka: generation.name,
    seed: String(seed),
    cluster: clusterOf(drawn, generation, ids, {
      grouped: others.grouped || others.transforming,
      transactional: others.transforming || others.transactional.length > 0,
      cleaned: profile.cleaned === true,
    }),
    topics: Object.fromEntries(topics.map(({ name, form }) => [name, form])),
    ...(latency === undefined ? {} : { network: { latency } }),
    clients: clientsOf(profile, drawn, generation, topics, others),
    run: `${profile.runMs}ms`,
    settle: `${profile.settleMs}ms`,
    'heal-at-end': broken.length === 0,
    steps,
    limits: { events: 1_000_000 },
  }
  return {
    kafka: generation.name,
    profile: profile.name,
    seed,
    document,
    on: chancesOf(profile, drawn).map(({ family }) => family),
    placed: FAMILY_NAMES.filter((family) => faults.some((fault) => fault.family === family)),
    budget: profile.bounded ? budget : null,
  }
}

/** What faults can strike. */
function groundOf(
  drawn: Drawn,
  generation: Generation,
  topics: readonly TopicPlan[],
  { grouped, transforming, transactional }: Others,
): Omit<Ground, 'untilMs' | 'budget'> {
  const { cluster, group, application } = drawn
  const brokers = Array.from({ length: cluster.brokers }, (_, i) => i + 1)
  const racks: Record<string, number[]> = {}
  if (cluster.racks) for (const id of brokers) racks[rackOf(id)] = [...(racks[rackOf(id)] ?? []), id]
  const members = [
    ...(grouped ? group.members.map((_, index) => `m${index + 1}`) : []),
    ...(transforming ? workerNames(application) : []),
  ]
  const ids = [
    ...transactional.map((name) => transactionalIdOf(cluster, name)),
    ...(transforming ? transactionalIds(application, generation, topics[0]!.partitions) : []),
  ]
  return {
    brokers,
    kraft: isKraft(generation),
    racks,
    partitions: topics.flatMap(({ partitions }) => partitions),
    replicationFactor: Math.min(...topics.map(({ replicationFactor }) => replicationFactor)),
    producers: drawn.producers.map((_, index) => `p${index + 1}`),
    members,
    clients: [...members, ...transactional],
    coordinated: [...(grouped || transforming ? [`${OFFSETS_TOPIC}-0`] : []), ...ids.map(transactionPartition)],
    startupMs: cluster.startupMs,
    sessionMs: cluster.sessionMs,
    lagMs: cluster.lagMs,
  }
}

/** By time; steps of one time in the order of their faults. */
const inOrder = (steps: readonly StepForm[]): StepForm[] =>
  [...steps].sort((a, b) => Number.parseInt(a.at ?? '0', 10) - Number.parseInt(b.at ?? '0', 10))
