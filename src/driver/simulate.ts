/** The plain driver: the smallest (atUs, id) next, raw mutation. For thousands of seeds. */

import { PROPERTIES } from '../check/index.ts'
import type { Property, StepView, VerdictChange, Violation } from '../check/property.ts'
import { digestText, emptyDigest } from '../kernel/fingerprint.ts'
import { apply } from '../world/apply.ts'
import type { StepReport } from '../world/context.ts'
import { createWorld } from '../world/create.ts'
import type { Host } from '../world/host.ts'
import { createHost } from '../world/host.ts'
import type { Plan } from '../world/plan.ts'
import type { PendingEvent, World } from '../world/world.ts'
import { foldEvent, historyDigest } from './digest.ts'
import { endOfRun, PropertyWatch } from './properties.ts'

/** `stopped`: at the virtual time the caller gave, before its end. `interrupted`: by the caller, in between. */
export type Outcome = 'completed' | 'step-not-reached' | 'limit-reached' | 'interrupted' | 'stopped'

export interface RunResult {
  readonly plan: Plan
  readonly world: World
  readonly outcome: Outcome
  /** The step whose condition never held, with the nearest miss in words. */
  readonly notReached: { readonly step: number; readonly words: string } | null
  readonly violations: readonly Violation[]
  /** What the end of the run did to verdicts: properties that are judged only then. */
  readonly verdictsAtEnd: readonly VerdictChange[]
  readonly digest: string
  readonly history: string
  readonly events: number
  readonly virtualUs: number
}

export interface SimulateOptions {
  /** Default: every property. */
  readonly properties?: readonly Property[]
  /** Fold the per-event digest (default true). Off, `digest` is empty. */
  readonly digest?: boolean
  /** Called after each event, with what it did to verdicts; what it returns `false` to ends the run as interrupted. */
  readonly onEvent?: (world: World, report: StepReport, verdicts: readonly VerdictChange[]) => boolean | undefined
  /** Ends the run at this virtual time, in us. */
  readonly untilUs?: number
}

/** The next event of a world: the smallest (atUs, id) that is still pending. */
function nextEvent(world: World, host: Host): PendingEvent | null {
  for (;;) {
    const top = host.queue.pop()
    if (top === undefined) return null
    const event = world.pending[top.place]
    if (event?.id === top.id && event.atUs === top.atUs) return event
  }
}

/** Quiet looks in a row after which a settling run ends early. */
const QUIET_LOOKS = 3

/** Whether the run is over before its last event. */
function isOver(world: World): boolean {
  if (world.phase === 'end' || world.notReached !== null) return true
  if (world.plan.endsWithSteps) return world.firedSteps === world.steps.length
  return world.phase === 'settle' && world.quietLooks >= QUIET_LOOKS
}

/** Runs a plan to its end. A pure function of (plan): same plan, same result. */
export function simulate(plan: Plan, options: SimulateOptions = {}): RunResult {
  const slices = simulateInSlices(plan, options, Number.MAX_SAFE_INTEGER)
  for (;;) {
    const slice = slices.next()
    if (slice.done === true) return slice.value
  }
}

/** The same run, handed back to the caller after every `slice` events: a terminal can draw and be interrupted then. */
export function* simulateInSlices(plan: Plan, options: SimulateOptions, slice: number): Generator<World, RunResult> {
  const digest = emptyDigest()
  const host = createHost(plan, digest)
  const world = createWorld(plan, host)
  const watch = new PropertyWatch(plan, options.properties ?? PROPERTIES)
  const fold = options.digest ?? true
  let outcome: Outcome
  let left = slice
  for (;;) {
    const event = eventOrEnd(world, host, options.untilUs)
    if (typeof event === 'string') {
      outcome = event
      break
    }
    const index = world.index
    const report = apply(world, event, host)
    if (fold) foldEvent(digest, index, report)
    const verdicts = watch.afterEvent(world, report)
    if (options.onEvent?.(world, report, verdicts) === false) {
      outcome = 'interrupted'
      break
    }
    left -= 1
    if (left <= 0) {
      left = slice
      yield world
    }
  }
  return finish(world, watch, outcome, fold ? digestText(digest) : '')
}

/** The event that comes next, or how the run ends without one. */
export function eventOrEnd(world: World, host: Host, untilUs: number | undefined): PendingEvent | Outcome {
  if (isOver(world)) return 'completed'
  if (world.index >= host.plan.limits.events) return 'limit-reached'
  const event = nextEvent(world, host)
  if (event === null) return 'completed'
  return untilUs !== undefined && event.atUs > untilUs ? 'stopped' : event
}

/** Judges what is judged at the end and puts the result together. */
export function finish(world: World, watch: PropertyWatch, outcome: Outcome, digest: string): RunResult {
  const missed = endOfRun(world, outcome)
  const verdictsAtEnd = outcome === 'interrupted' || outcome === 'stopped' ? [] : watch.atEnd(world)
  return {
    plan: world.plan,
    world,
    outcome: outcome === 'completed' && missed !== null ? 'step-not-reached' : outcome,
    notReached: missed,
    violations: watch.violations,
    verdictsAtEnd,
    digest,
    history: historyDigest(world),
    events: world.index,
    virtualUs: world.nowUs,
  }
}

export type { StepView }
