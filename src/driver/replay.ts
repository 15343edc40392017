/** The replaying driver: the next event comes from a list. Stops at the first one that the world does not offer. */
import { PROPERTIES } from '../check/index.ts'
import type { VerdictChange } from '../check/property.ts'
import { digestText, emptyDigest } from '../kernel/fingerprint.ts'
import { apply } from '../world/apply.ts'
import type { StepReport } from '../world/context.ts'
import { createWorld } from '../world/create.ts'
import { createHost } from '../world/host.ts'
import { pendingEvent } from '../world/pending.ts'
import type { World } from '../world/world.ts'
import { eventKey } from '../world/world.ts'
import { foldEvent } from './digest.ts'
import { PropertyWatch } from './properties.ts'
import type { Outcome, RunResult } from './simulate.ts'
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

/** How the traced run ended, as far as the trace tells: a run that was cut short is not judged at its end. */
function outcomeOf({ footer }: Trace): Outcome {
  switch (footer?.outcome) {
    case 'limit-reached':
    case 'interrupted':
      return footer.outcome
    case undefined:
    case 'stopped':
      return 'stopped'
    default:
      return 'completed'
  }
}

export interface ReplayOptions {
  /** Called after each event, with what it did to verdicts. */
  readonly onEvent?: (world: World, report: StepReport, verdicts: readonly VerdictChange[]) => void
}

/** Replays the chosen events of a trace on its own plan. */
export function replay(trace: Trace, options: ReplayOptions = {}): ReplayResult {
  const { plan } = trace.header
  const digest = emptyDigest()
  const host = createHost(plan, digest)
  const world = createWorld(plan, host)
  const watch = new PropertyWatch(plan, PROPERTIES)
  let divergence: Divergence | null = null
  for (const recorded of trace.events) {
    const event = pendingEvent(world, recorded.id)
    if (event === undefined || eventKey(event) !== recorded.a || event.atUs !== recorded.t) {
      const replayed = event === undefined ? null : { atUs: event.atUs, key: eventKey(event), rule: event.rule }
      divergence = { index: recorded.i, recorded, replayed }
      break
    }
    const index = world.index
    const report = apply(world, event, host)
    foldEvent(digest, index, report)
    const verdicts = watch.afterEvent(world, report)
    options.onEvent?.(world, report, verdicts)
  }
  const { footer } = trace
  const result = finish(world, watch, divergence === null ? outcomeOf(trace) : 'stopped', digestText(digest))
  if (divergence === null && footer !== null && footer.digest !== result.digest) {
    divergence = { index: world.index, recorded: null, replayed: null }
  }
  return { result, divergence }
}
