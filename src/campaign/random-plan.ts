/** Random plans: a small cluster under load and a list of faults, made and shrunk by fast-check. */
import fc from 'fast-check'
import { resolveSettings } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { BrokerId } from '../kafka/ids.ts'
import type { Action, Plan, PlanStep, Target } from '../world/plan.ts'

/** Families of faults, each of which a plan may use or leave out. */
export const FAULT_FAMILIES = [
  'crash',
  'stop',
  'pause',
  'cut',
  'cut-from-registry',
  'slow',
  'expire-session',
  'lag',
  'power-loss',
] as const
export type FaultFamily = (typeof FAULT_FAMILIES)[number]

/** One fault of a random plan: what, when, on whom, and for how long. */
export interface RandomFault {
  readonly family: FaultFamily
  readonly atMs: number
  readonly forMs: number
  /** A broker by number, or the leader or a follower of the partition at that moment. */
  readonly on: 'leader' | 'follower' | BrokerId
  /** The other end of a cut or slow link. */
  readonly other: BrokerId
  readonly oneWay: boolean
}

export interface RandomPlanOptions {
  readonly generation: Generation
  readonly families: readonly FaultFamily[]
  /** Settings of the brokers over the ones that make runs short. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** acks of the producer (default all). */
  readonly acks?: string
  /** Virtual time under faults, in ms (default 20,000). */
  readonly runMs?: number
  readonly maxFaults?: number
}

/** Short limits, so that elections, shrinks and expiries happen within seconds of virtual time. */
const QUICK = {
  'zookeeper.session.timeout.ms': 2000,
  'replica.lag.time.max.ms': 3000,
  'min.insync.replicas': 2,
  'unclean.leader.election.enable': false,
  'controlled.shutdown.retry.backoff.ms': 1000,
  'controller.socket.timeout.ms': 3000,
  'replica.socket.timeout.ms': 3000,
  'replica.high.watermark.checkpoint.interval.ms': 1000,
} as const

const BROKERS = 3
/** A broker's process takes this long to its first message, in us: recorded ones need 0.6 to 7.6 s. */
const RESTART_US = 1_200_000
const REGISTRY_TICK_MS = 500

function faultArbitrary(options: RandomPlanOptions): fc.Arbitrary<RandomFault> {
  const runMs = options.runMs ?? 20_000
  return fc.record({
    family: fc.constantFrom(...options.families),
    atMs: fc.integer({ min: 1_500, max: runMs - 2_000 }),
    forMs: fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 900, max: 9_000 })),
    on: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('leader' as const, 'follower' as const) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: BROKERS }) },
    ),
    other: fc.integer({ min: 1, max: BROKERS }),
    oneWay: fc.boolean(),
  })
}

const PARTITION = 'orders-0'

const targetOf = (fault: RandomFault): Target => {
  if (fault.on === 'leader') return { role: 'leader', partition: PARTITION }
  if (fault.on === 'follower') return { role: 'broker', id: fault.other }
  return { role: 'broker', id: fault.on }
}

/** What a fault does and how it ends. A fault on the leader ends for every broker, since the leader may be another then. */
function actionsOf(fault: RandomFault): { begin: Action; end: Action | null } {
  const target = targetOf(fault)
  const other: Target = { role: 'broker', id: fault.other }
  const all: Target = { role: 'all-brokers' }
  const from = [target]
  switch (fault.family) {
    case 'crash':
      return { begin: { do: 'crash', target }, end: { do: 'start', target: all, startupUs: RESTART_US } }
    case 'power-loss':
      return {
        begin: { do: 'powerLoss', target, keepBelow: null, keep: 'random' },
        end: { do: 'start', target: all, startupUs: RESTART_US },
      }
    case 'stop':
      return { begin: { do: 'stop', target }, end: { do: 'start', target: all, startupUs: RESTART_US } }
    case 'pause':
      return { begin: { do: 'pause', target, forUs: fault.forMs * 1000 }, end: null }
    case 'cut':
      return { begin: { do: 'cut', from, to: [other], both: !fault.oneWay }, end: { do: 'healAll' } }
    case 'cut-from-registry':
      return { begin: { do: 'cutFromRegistry', target }, end: { do: 'healToRegistry', target: all } }
    case 'slow':
      return {
        begin: { do: 'slow', from, to: [other], both: !fault.oneWay, extraUs: fault.forMs * 100, messages: null },
        end: { do: 'healAll' },
      }
    case 'expire-session':
      return { begin: { do: 'expireSession', target }, end: null }
    case 'lag':
      return {
        begin: { do: 'lagFollower', target, byUs: fault.forMs * 1000 },
        end: { do: 'lagFollower', target: all, byUs: 0 },
      }
  }
}

function stepsOf(faults: readonly RandomFault[], runMs: number): PlanStep[] {
  const steps: PlanStep[] = []
  const add = (atMs: number, action: Action): void => {
    const index = steps.length
    steps.push({
      id: String(index + 1),
      text: '',
      atUs: atMs * 1000,
      after: null,
      when: null,
      withinUs: null,
      actions: [action],
      source: null,
    })
  }
  for (const fault of faults) {
    const { begin, end } = actionsOf(fault)
    add(fault.atMs, begin)
    if (end !== null) add(Math.min(fault.atMs + fault.forMs, runMs), end)
  }
  return steps
}

/** The plan of some faults: a pure function of its arguments. */
export function planWith(faults: readonly RandomFault[], seed: number, options: RandomPlanOptions): Plan {
  const { generation } = options
  const runMs = options.runMs ?? 20_000
  const settings = resolveSettings('broker', generation.name, { ...QUICK, ...options.settings })
  return {
    version: 1,
    title: 'random plan',
    story: '',
    source: null,
    kafka: generation.name,
    mechanisms: generation.mechanisms,
    seed: String(seed),
    brokers: Array.from({ length: BROKERS }, (_, i) => ({
      id: i + 1,
      rack: null,
      settings,
      startupUs: 20_000 + 1_000 * i,
      startAtUs: 0,
      clockSkewUs: 0,
    })),
    registry: { tickMs: REGISTRY_TICK_MS },
    topics: [{ name: 'orders', partitions: 1, replicationFactor: BROKERS, assignment: { 0: [1, 2, 3] }, settings: {} }],
    topicsAtUs: 300_000,
    network: { latency: { kind: 'uniform', minUs: 300, maxUs: 3_000 }, links: [] },
    clients: [
      {
        kind: 'producer',
        name: 'p1',
        topic: 'orders',
        partition: 0,
        keys: { kind: 'none' },
        valueBytes: 10,
        settings: resolveSettings('producer', generation.name, {
          acks: options.acks ?? 'all',
          'request.timeout.ms': 3_000,
          'retry.backoff.ms': 100,
        }),
        workload: [{ kind: 'rate', perSecond: 20, count: null, startUs: 1_000_000, stopUs: null }],
        bootstrap: [1, 2, 3],
      },
    ],
    steps: stepsOf(faults, runMs),
    runUs: (runMs + 1) * 1000,
    settleUs: 30_000_000,
    endsWithSteps: false,
    healAtEnd: true,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: {},
    limits: { events: 200_000, records: 100_000 },
  }
}

/** Random plans of one kind; shrinking takes faults away, then makes them earlier and shorter. */
export function randomPlan(options: RandomPlanOptions): fc.Arbitrary<Plan> {
  return fc
    .tuple(
      fc.array(faultArbitrary(options), { minLength: 1, maxLength: options.maxFaults ?? 6 }),
      fc.integer({ min: 0, max: 1_000_000 }),
    )
    .map(([faults, seed]) => planWith(faults, seed, options))
}
