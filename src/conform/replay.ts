/** A finished replay as the comparison reads it. */

import type { RunResult } from '../driver/simulate.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { FactEntry, RegistryWriteEntry, RequestEntry } from '../world/world.ts'
import type { FreeOrder } from './check.ts'

/** One replica in an observation; see world/observe.ts. */
export interface ReplicaView {
  readonly up: boolean
  readonly role: string | null
  readonly logEndOffset: number
  readonly records: readonly (readonly [number, number, string | null])[]
  readonly highWatermark: number | null
  readonly highWatermarkCheckpoint: number | null
  readonly recoveryPoint: number | null
  readonly epochCache: readonly (readonly [number, number])[]
}

export interface StateView {
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  readonly controllerEpoch: number
  readonly version: number
  /** KRaft. */
  readonly elr?: readonly BrokerId[]
  readonly lastKnownElr?: readonly BrokerId[]
  readonly recoveryState?: number
}

export interface View {
  readonly live: readonly BrokerId[]
  readonly controller: { readonly broker: BrokerId; readonly epoch: number } | null
  /** KRaft: every registration. */
  readonly brokers?: Readonly<Record<string, { readonly state: string; readonly inControlledShutdown: boolean }>>
  readonly partitions: Readonly<
    Record<
      TopicPartition,
      { readonly state: StateView | null; readonly replicas: Readonly<Record<string, ReplicaView>> }
    >
  >
  readonly processes: Readonly<
    Record<string, { readonly state: string; readonly exitCode: number | null; readonly phase: string | null }>
  >
}

export class Replay {
  readonly result: RunResult
  readonly freeOrder: readonly FreeOrder[]
  readonly #steps: ReadonlyMap<string, number>

  constructor(result: RunResult, freeOrder: readonly FreeOrder[]) {
    this.result = result
    this.freeOrder = freeOrder
    this.#steps = new Map(result.plan.steps.map((step, index) => [step.id, index]))
  }

  /** When a step fired, in us; null when it did not. */
  firedUs(step: string): number | null {
    const index = this.#steps.get(step)
    return index === undefined ? null : (this.result.world.steps[index]?.firedAtUs ?? null)
  }

  view(observation: string): View | null {
    const view = this.result.world.ledger.observations[observation]?.view
    return view === undefined ? null : (view as unknown as View)
  }

  /** Every view up to and with one, oldest first. */
  viewsUntil(observation: string): View[] {
    const { observations } = this.result.world.ledger
    const untilUs = observations[observation]?.atUs ?? 0
    return Object.values(observations)
      .filter((each) => each.atUs <= untilUs)
      .sort((a, b) => a.atUs - b.atUs)
      .map((each) => each.view as unknown as View)
  }

  request(label: string): RequestEntry | null {
    return this.result.world.ledger.requests[label] ?? null
  }

  /** The requests of a loop, in the order in which they were sent. */
  loop(label: string): RequestEntry[] {
    const entries: RequestEntry[] = []
    for (let n = 0; ; n++) {
      const entry = this.request(`${label}/${n}`)
      if (entry === null) return entries
      entries.push(entry)
    }
  }

  /** Registry writes in (fromUs, toUs]. */
  writes(fromUs: number, toUs: number): RegistryWriteEntry[] {
    return this.result.world.ledger.registryWrites.filter((write) => write.atUs > fromUs && write.atUs <= toUs)
  }

  /** Facts of the machines of one process in (fromUs, toUs]. */
  facts(broker: BrokerId, fromUs: number, toUs: number): FactEntry[] {
    return this.result.world.ledger.facts.filter(
      (entry) =>
        entry.atUs > fromUs &&
        entry.atUs <= toUs &&
        entry.node.endsWith(`-${broker}`) &&
        !entry.node.startsWith('producer'),
    )
  }

  /** Brokers whose order in an ISR was chance at some time before a recorded moment. */
  freeBrokers(atMs: number): BrokerId[][] {
    return this.freeOrder.filter((group) => group.fromMs <= atMs).map((group) => [...group.brokers])
  }
}

/** A field of an answer; undefined where the answer does not have it. */
export function fieldOf(answer: Json, name: string): Json | undefined {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) return undefined
  return (answer as Readonly<Record<string, Json>>)[name]
}

export const errorOf = (answer: Json): string => {
  const error = fieldOf(answer, 'error')
  return typeof error === 'string' ? error : 'no answer'
}
