/** What `apply` needs beside the world: caches and indexes that hold nothing the world could not give again. */
import type { Digest } from '../kernel/fingerprint.ts'
import { EventQueue } from '../kernel/queue.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { StepContext } from './context.ts'
import { nodeConfig } from './nodes.ts'
import type { Plan } from './plan.ts'
import type { RoutesFrom } from './routes.ts'
import type { NodeSlot, World } from './world.ts'

/** A named stream that was drawn from, and the index of its count in `world.draws`. */
export interface Stream {
  readonly name: string
  readonly index: number
  readonly source: RandomStream
}

export interface Host {
  readonly plan: Plan
  /** Index over `world.pending`; rebuilt from it at any moment. */
  readonly queue: EventQueue
  /** Configurations of nodes, made once and again when a setting changes. */
  readonly configs: Map<string, unknown>
  /** Folds every event (see driver/digest.ts); null: not wanted. */
  readonly digest: Digest | null
  /** What each node's steps are given, by node. */
  readonly contexts: Map<string, StepContext>
  /** The plan fixes some draws. */
  readonly hasPins: boolean
  /** Routes by the node they begin at. */
  readonly routes: Map<string, RoutesFrom>
  /** Index over the names of `world.keyCounts`. */
  readonly keys: Map<string, number>
  /** Index over the names of `world.draws`. */
  readonly streams: Map<string, Stream>
}

export function createHost(plan: Plan, digest: Digest | null): Host {
  return {
    plan,
    queue: new EventQueue(),
    configs: new Map(),
    digest,
    contexts: new Map(),
    hasPins: Object.keys(plan.pins).length > 0,
    routes: new Map(),
    keys: new Map(),
    streams: new Map(),
  }
}

/** The time of an event that waits on a blocked connection: it is in `pending` but not due until it is released. */
export const HELD_US = Number.MAX_SAFE_INTEGER

/** The configuration a node is stepped with. */
export function configOf(host: Host, world: World, slot: NodeSlot): unknown {
  let config = host.configs.get(slot.id)
  if (config === undefined) {
    config = nodeConfig(host.plan, slot.kind, slot.id, world.settingChanges[slot.id] ?? null)
    host.configs.set(slot.id, config)
  }
  return config
}
