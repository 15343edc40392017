/** What `apply` needs beside the world: caches and indexes that hold nothing the world could not give again. */
import type { Digest } from '../kernel/fingerprint.ts'
import { EventQueue } from '../kernel/queue.ts'
import { RandomStreams } from '../kernel/random.ts'
import type { StepContext } from './context.ts'
import { NameCache } from './name-cache.ts'
import { nodeConfig } from './nodes.ts'
import type { Plan } from './plan.ts'
import type { NodeSlot, World } from './world.ts'

export interface Host {
  readonly plan: Plan
  readonly random: RandomStreams
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
  /** Keys of messages, streams of latency, keys of timers, names under which connections are open. */
  readonly names: {
    readonly message: NameCache
    readonly latency: NameCache
    readonly timer: NameCache
    readonly open: NameCache
  }
}

export function createHost(plan: Plan, digest: Digest | null): Host {
  return {
    plan,
    random: new RandomStreams(plan.seed),
    queue: new EventQueue(),
    configs: new Map(),
    digest,
    contexts: new Map(),
    hasPins: Object.keys(plan.pins).length > 0,
    names: {
      message: new NameCache(['>', '/']),
      latency: new NameCache(['/', '>']),
      timer: new NameCache(['/', ' ']),
      open: new NameCache(['>', '#']),
    },
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
