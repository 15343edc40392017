/** Judges properties while a driver moves the world. A violation is reported once a witness. */

import { premiseHeld } from '../check/premises.ts'
import type { Promised, Property, StepView, VerdictChange, Violation } from '../check/property.ts'
import { violationOf } from '../check/property.ts'
import type { FactKind } from '../kafka/facts.ts'
import { type BrokerId, nodeNumber } from '../kafka/ids.ts'
import { holds } from '../world/conditions.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan } from '../world/plan.ts'
import type { EventBody, World } from '../world/world.ts'
import type { Outcome } from './simulate.ts'

interface Watched {
  readonly property: Property
  readonly promised: Promised
  readonly seen: Set<string>
  /** Its premise has held. */
  atStake: boolean
  /** Index of the event after which it was judged last. */
  judged: number
}

/** Broker ids whose machines an event stepped. */
function touched(body: EventBody): BrokerId[] {
  const node = 'to' in body ? body.to : body.kind === 'timer' ? body.node : 'process' in body ? body.process : ''
  return node.startsWith('broker-') ? [nodeNumber(node)] : []
}

/** Witnesses of one property that are kept; a run that breaks it more often is reported as often as this. */
const WITNESSES_KEPT = 100

/** Most events change no verdict, and share this. */
const NO_CHANGES: readonly VerdictChange[] = []

export class PropertyWatch {
  readonly violations: Violation[] = []
  readonly #byFact = new Map<FactKind, Watched[]>()
  readonly #final: Watched[] = []

  constructor(plan: Plan, properties: readonly Property[]) {
    for (const property of properties) {
      const watched: Watched = {
        property,
        promised: property.promised(plan),
        seen: new Set(),
        atStake: false,
        judged: -1,
      }
      if (property.kind === 'finally') this.#final.push(watched)
      for (const kind of property.on) this.#byFact.set(kind, [...(this.#byFact.get(kind) ?? []), watched])
    }
  }

  /** What the event did to verdicts, in the order in which they were judged. */
  afterEvent(world: World, report: StepReport): readonly VerdictChange[] {
    if (report.facts.length === 0) return NO_CHANGES
    let changes: VerdictChange[] | null = null
    const { event } = report.facts[0]!
    let step: StepView | null = null
    for (const { fact } of report.facts) {
      const watching = this.#byFact.get(fact.kind)
      if (watching === undefined) continue
      step ??= { event, facts: report.facts, touchedBrokers: touched(report.event.body) }
      for (const watched of watching) {
        if (watched.judged === event) continue
        watched.judged = event
        if (!watched.atStake && premiseHeld(world, watched.property)) {
          watched.atStake = true
          changes ??= []
          changes.push({ property: watched.property.name, change: 'at-stake' })
        }
        const broken = this.#judge(world, watched, step)
        if (broken !== null) {
          changes ??= []
          changes.push(...broken)
        }
      }
    }
    return changes ?? NO_CHANGES
  }

  /** The same of the end of the run, for what is judged only then. */
  atEnd(world: World): readonly VerdictChange[] {
    const step: StepView = { event: world.index, facts: [], touchedBrokers: [] }
    return this.#final.flatMap((watched) => {
      const { name } = watched.property
      const stake: VerdictChange[] = premiseHeld(world, watched.property)
        ? [{ property: name, change: 'at-stake' }]
        : []
      return [...stake, ...(this.#judge(world, watched, step) ?? [])]
    })
  }

  #judge(world: World, watched: Watched, step: StepView): VerdictChange[] | null {
    const { property, promised, seen } = watched
    const findings = property.check(world, step)
    if (findings === null) return null
    let changes: VerdictChange[] | null = null
    for (const finding of findings) {
      if (seen.has(finding.key) || seen.size >= WITNESSES_KEPT) continue
      const violation = violationOf(property, promised, finding, world, step)
      const { partition, words, evidence: witness, knownHole } = violation
      const change = seen.size === 0 ? 'broke' : 'again'
      changes ??= []
      changes.push({ property: property.name, change, partition, words, witness, knownHole })
      seen.add(finding.key)
      this.violations.push(violation)
    }
    return changes
  }
}

/** The step that never came true, if the run has ended without it; null when every step fired. */
export function endOfRun(world: World, outcome: Outcome): { step: number; words: string } | null {
  if (world.notReached !== null) return world.notReached
  if (outcome !== 'completed') return null
  const index = world.steps.findIndex((state) => state.state !== 'fired')
  const step = world.plan.steps[index]
  if (step === undefined) return null
  const state = world.steps[index]!.state
  if (state === 'waiting') return { step: index, words: 'its time had not come when the run ended' }
  const now = step.when !== null && holds(world, step.when, 0)
  return { step: index, words: now ? 'the run ended first' : 'its condition never held before the run ended' }
}
