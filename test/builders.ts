/** Builders with good defaults: a plan in a few words. */

import type { Settings } from '../src/kafka/config.ts'
import { resolveSettings } from '../src/kafka/config.ts'
import { resolveGeneration } from '../src/kafka/generation/table.ts'
import type { Action, Condition, Plan, PlanProducer, PlanStep } from '../src/world/plan.ts'

export interface PlanGiven {
  readonly kafka?: string
  readonly seed?: string
  readonly brokers?: number
  readonly settings?: Settings
  readonly topics?: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly topicSettings?: Readonly<Record<string, string>>
  readonly producers?: readonly Partial<PlanProducer>[]
  readonly steps?: readonly StepGiven[]
  readonly runUs?: number
}

export interface StepGiven {
  readonly atUs?: number
  readonly afterUs?: number
  readonly when?: Condition
  readonly do: readonly Action[]
}

const producer = (kafka: string, given: Partial<PlanProducer>, index: number): PlanProducer => ({
  kind: 'producer',
  name: `p${index + 1}`,
  topic: 'orders',
  partition: 0,
  keys: { kind: 'none' },
  valueBytes: 10,
  workload: [{ kind: 'rate', perSecond: 20, count: null, startUs: 1_000_000, stopUs: null }],
  bootstrap: [1, 2, 3],
  ...given,
  settings: { ...resolveSettings('producer', kafka, {}), acks: 'all', ...given.settings },
})

export function planOf(given: PlanGiven): Plan {
  const resolved = resolveGeneration(given.kafka ?? '2.4')
  if (!resolved.ok) throw new Error(resolved.message)
  const { generation } = resolved
  const count = given.brokers ?? 3
  const topics = given.topics ?? { orders: [[1, 2, 3]] }
  return {
    version: 1,
    title: 'a test',
    story: '',
    source: null,
    kafka: generation.name,
    mechanisms: generation.mechanisms,
    seed: given.seed ?? '1',
    brokers: Array.from({ length: count }, (_, i) => ({
      id: i + 1,
      rack: null,
      settings: resolveSettings('broker', generation.name, given.settings ?? {}),
      startupUs: 1000 * (i + 1),
      startAtUs: 0,
      clockSkewUs: 0,
    })),
    registry: { tickMs: 500 },
    topics: Object.entries(topics).map(([name, replicas]) => ({
      name,
      partitions: replicas.length,
      replicationFactor: replicas[0]!.length,
      assignment: Object.fromEntries(replicas.map((list, i) => [String(i), list])),
      settings: given.topicSettings ?? {},
    })),
    topicsAtUs: 300_000,
    network: { latency: { kind: 'constant', us: 1000 }, links: [] },
    clients: (given.producers ?? []).map((each, i) => producer(generation.name, each, i)),
    steps: (given.steps ?? []).map(
      (step, i): PlanStep => ({
        id: String(i + 1),
        text: '',
        atUs: step.atUs ?? null,
        after: step.atUs === undefined && i > 0 ? { step: i - 1, delayUs: step.afterUs ?? 0 } : null,
        when: step.when ?? null,
        withinUs: null,
        actions: step.do,
        source: null,
      }),
    ),
    runUs: given.runUs ?? 20_000_000,
    settleUs: 20_000_000,
    endsWithSteps: false,
    healAtEnd: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: {},
    limits: { events: 1_000_000, records: 1_000_000 },
  }
}

/** The Action's target of one broker. */
export const broker = (id: number) => ({ role: 'broker', id }) as const
