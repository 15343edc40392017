/** A small cluster with transactional clients, told in calls: what each call gave, and what is in the logs after. */
import { simulate } from '../../src/driver/simulate.ts'
import type { ClientCall } from '../../src/kafka/calls.ts'
import { resolveSettings, type Settings } from '../../src/kafka/config.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { MutantName } from '../../src/kafka/mutants.ts'
import type { Action, Plan, PlanClient, PlanStep } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { planOf } from '../builders.ts'

export interface StoryClient {
  readonly name: string
  readonly kind?: 'producer' | 'consumer'
  readonly settings?: Settings
}

export type StoryStep =
  | { readonly at: number; readonly start: string }
  | { readonly at: number; readonly of: string; readonly call: ClientCall; readonly label: string }
  | { readonly at: number; readonly do: readonly Action[] }

export interface Story {
  readonly kafka?: string
  readonly settings?: Settings
  readonly clients: readonly StoryClient[]
  readonly steps: readonly StoryStep[]
  readonly runMs?: number
  readonly mutants?: readonly MutantName[]
  readonly topics?: Readonly<Record<string, readonly (readonly number[])[]>>
}

const INTERNAL: Settings = {
  'transaction.state.log.num.partitions': 1,
  'transaction.state.log.replication.factor': 3,
  'offsets.topic.num.partitions': 1,
  'offsets.topic.replication.factor': 3,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
}

export function storyPlan(story: Story): Plan {
  const kafka = story.kafka ?? '2.4'
  const base = planOf({
    kafka,
    settings: { ...INTERNAL, ...story.settings },
    topics: story.topics ?? { t: [[1, 2, 3]], u: [[2, 3, 1]] },
    runUs: (story.runMs ?? 20_000) * 1000,
  })
  const clients = story.clients.map((client): PlanClient => {
    const kind = client.kind ?? 'producer'
    const settings = resolveSettings(kind, base.kafka, client.settings ?? {})
    const common = { name: client.name, settings, bootstrap: [1, 2, 3], startedByStep: kind === 'producer' }
    return kind === 'producer'
      ? { kind, ...common, topic: 't', partition: null, keys: { kind: 'none' }, valueBytes: 0, workload: [] }
      : { kind, ...common, partitions: null, topics: ['t', 'u'], startUs: 1_000_000, stopUs: null }
  })
  const steps = story.steps.map((step, i): PlanStep => {
    const actions: readonly Action[] =
      'start' in step
        ? [{ do: 'start', target: { role: 'client', name: step.start }, startupUs: 0 }]
        : 'call' in step
          ? [{ do: 'call', client: step.of, call: step.call, label: step.label }]
          : step.do
    return {
      id: String(i),
      text: '',
      atUs: step.at * 1000,
      after: null,
      when: null,
      withinUs: null,
      actions,
      source: null,
    }
  })
  return { ...base, clients, steps, ...(story.mutants === undefined ? {} : { mutants: story.mutants }) }
}

export interface StoryResult {
  readonly world: World
  /** What the call of that label gave: NONE, exception classes, or null while it has not returned. */
  readonly gave: (label: string) => unknown
  /** Milliseconds that it took; null: it has not returned. */
  readonly took: (label: string) => number | null
  readonly facts: <K extends Fact['kind']>(kind: K) => Extract<Fact, { kind: K }>[]
  /** The log of a broker: values, and markers as `COMMIT 0` with the epoch. */
  readonly log: (broker: number, partition: string) => string[]
  /** What a consumer was handed. */
  readonly polled: (client: string, partition: string) => string[]
}

export function runStory(story: Story): StoryResult {
  const { world } = simulate(storyPlan(story))
  return {
    world,
    gave: (label) => (world.ledger.requests[label]?.result as { error?: unknown } | null)?.error ?? null,
    took: (label) => {
      const request = world.ledger.requests[label]
      return request?.answeredAtUs == null ? null : (request.answeredAtUs - request.sentAtUs) / 1000
    },
    facts: (kind) => world.ledger.facts.map(({ fact }) => fact).filter((fact) => fact.kind === kind) as never,
    log: (broker, partition) => {
      const state = world.nodes[`broker-${broker}`]!.state as {
        durable: {
          logs: Record<
            string,
            {
              batches: {
                records: { value: string | null }[]
                control?: { type: string }
                producer?: { epoch: number }
              }[]
            }
          >
        }
      }
      return (state.durable.logs[partition]?.batches ?? []).flatMap((batch) =>
        batch.control === undefined
          ? batch.records.map(({ value }) => String(value))
          : [`${batch.control.type} ${batch.producer?.epoch}`],
      )
    },
    polled: (client, partition) =>
      (world.ledger.polled[client]?.[partition] ?? []).map(({ id }) => String(world.ledger.sent[id]?.value ?? id)),
  }
}

export const sendTo = (topic: string, value: string, waits = true): ClientCall => ({
  call: 'send',
  topic,
  partition: 0,
  key: null,
  value,
  waits,
})
