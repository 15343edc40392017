/** The replaying driver: the next event comes from a list. Stops at the first one that the world does not offer. */
import { PROPERTIES } from '../check/index.ts'
import { digestText, emptyDigest } from '../kernel/fingerprint.ts'
import { apply } from '../world/apply.ts'
import { createWorld } from '../world/create.ts'
import { createHost } from '../world/host.ts'
import { foldEvent } from './digest.ts'
import { PropertyWatch } from './properties.ts'
import type { RunResult } from './simulate.ts'
import { finish } from './simulate.ts'
import type { Trace, TraceEvent } from './trace.ts'

/** The first place at which a replay and its trace part. */
export interface Divergence {
  readonly index: number
  readonly recorded: TraceEvent | null
  /** What the world offers under that id; null: nothing. */
  readonly replayed: { readonly atUs: number; readonly key: string; readonly rule: string } | null
}

export interface ReplayResult {
  readonly result: RunResult
  readonly divergence: Divergence | null
}

/** Replays the chosen events of a trace on its own plan. */
export function replay(trace: Trace): ReplayResult {
  const { plan } = trace.header
  const digest = emptyDigest()
  const host = createHost(plan, digest)
  const world = createWorld(plan, host)
  const watch = new PropertyWatch(plan, PROPERTIES)
  let divergence: Divergence | null = null
  for (const recorded of trace.events) {
    const event = world.pending[recorded.id]
    if (event === undefined || event.key !== recorded.a || event.atUs !== recorded.t) {
      const replayed = event === undefined ? null : { atUs: event.atUs, key: event.key, rule: event.rule }
      divergence = { index: recorded.i, recorded, replayed }
      break
    }
    const index = world.index
    const report = apply(world, event, host)
    foldEvent(digest, index, report)
    watch.afterEvent(world, report)
  }
  const result = finish(world, watch, 'completed', digestText(digest))
  const { footer } = trace
  if (divergence === null && footer !== null && footer.digest !== result.digest) {
    divergence = { index: world.index, recorded: null, replayed: null }
  }
  return { result, divergence }
}
