/** Fewer faults: whole faults first, then single steps and actions. */
import type { ScenarioDocument, StepForm } from '../../scenario/schema.ts'
import type { Search } from './reduce.ts'
import { leaveOut, whileAny } from './reduce.ts'

const stepsOf = (document: ScenarioDocument): readonly StepForm[] => document.steps ?? []

export const withSteps = (document: ScenarioDocument, steps: readonly StepForm[]): ScenarioDocument => ({
  ...document,
  steps: [...steps],
})

/** `crash 3` and `crash 3/2` are one fault. */
const faultOf = (step: StepForm, index: number): string => step.name?.split('/')[0] ?? `step ${index}`

function faultsOf(document: ScenarioDocument): string[] {
  return [...new Set(stepsOf(document).map(faultOf))]
}

export function fewerFaults(search: Search): void {
  leaveOut(search, faultsOf, (document, kept) =>
    withSteps(
      document,
      stepsOf(document).filter((step, index) => kept.includes(faultOf(step, index))),
    ),
  )
  leaveOut(search, stepsOf, withSteps)
  whileAny(search, withoutOneAction)
}

function* withoutOneAction(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const steps = stepsOf(document)
  for (const [at, step] of steps.entries()) {
    if (!Array.isArray(step.do) || step.do.length < 2) continue
    for (let left = 0; left < step.do.length; left++) {
      const rest = step.do.filter((_, index) => index !== left)
      const action = rest.length === 1 ? rest[0]! : rest
      yield withSteps(document, [...steps.slice(0, at), { ...step, do: action }, ...steps.slice(at + 1)])
    }
  }
}
