/** When steps fire, and what they do. */
import type { PlanStep } from '../world/plan.ts'
import { compileAction } from './actions/table.ts'
import type { Checks } from './checks.ts'
import { compileCondition } from './conditions.ts'
import { defaultLabel } from './names.ts'
import { nearestName } from './nearest.ts'
import type { Path } from './problem.ts'
import type { ActionForm, StepForm } from './schema.ts'
import { durationUs } from './units.ts'

const stepId = (step: StepForm, index: number): string => step.name ?? `step-${index + 1}`

/** The step waited for and the delay; null: independent of other steps. */
function afterOf(checks: Checks, steps: readonly StepForm[], index: number, path: Path): PlanStep['after'] {
  const { after, at, when } = steps[index]!
  if (after === undefined) {
    // A condition is judged from the step before it on, or it would be met by what happened long before.
    return when !== undefined && at === undefined && index > 0 ? { step: index - 1, delayUs: 0 } : null
  }
  if (typeof after === 'string') {
    if (index === 0)
      checks.add([...path, 'after'], 'there is no step before the first', { expected: '`at` and a time of the run' })
    return { step: Math.max(0, index - 1), delayUs: durationUs(after) }
  }
  const earlier = steps.slice(0, index).map(stepId)
  const step = earlier.indexOf(after.step)
  if (step === -1) {
    checks.add([...path, 'after', 'step'], `no earlier step is called ${after.step}`, {
      expected:
        earlier.length === 0 ? 'the name of an earlier step; this is the first' : `one of ${earlier.join(', ')}`,
      found: after.step,
      nearest: nearestName(after.step, earlier),
    })
  }
  return { step: Math.max(0, step), delayUs: durationUs(after.by ?? '0s') }
}

const actionsOf = (form: StepForm['do']): readonly ActionForm[] => (Array.isArray(form) ? form : [form])

export function compileSteps(
  checks: Checks,
  steps: readonly StepForm[],
  run: { readonly runUs: number; readonly text: string },
  sourceOf: (path: Path) => string | null,
): PlanStep[] {
  return steps.map((form, index): PlanStep => {
    const path: Path = ['steps', index]
    const id = stepId(form, index)
    if (steps.findIndex((other, i) => stepId(other, i) === id) !== index) {
      checks.add([...path, 'name'], `two steps are called ${id}`, { expected: 'a name of its own for each step' })
    }
    if (form.at === undefined && form.after === undefined && form.when === undefined) {
      checks.add(path, 'this step has no time', { expected: 'at, after or when', parts: path })
    }
    const atUs = form.at === undefined ? null : durationUs(form.at)
    if (atUs !== null && atUs >= run.runUs) {
      checks.add([...path, 'at'], 'this step never fires: the run is over before', {
        expected: `earlier than ${run.text}`,
        found: form.at!,
      })
    }
    if (form.within !== undefined && form.when === undefined) {
      checks.add([...path, 'within'], 'within says nothing without when', {
        at: 'key',
        parts: path,
        expected: 'a condition under `when`',
      })
    }
    const single = !Array.isArray(form.do)
    return {
      id,
      text: form.text ?? '',
      atUs,
      after: afterOf(checks, steps, index, path),
      when: form.when === undefined ? null : compileCondition(checks, form.when, [...path, 'when']),
      withinUs: form.within === undefined ? null : durationUs(form.within),
      actions: actionsOf(form.do).flatMap((each, n) =>
        compileAction(
          { checks, path: single ? [...path, 'do'] : [...path, 'do', n], defaultLabel: defaultLabel(index, n) },
          each,
        ),
      ),
      source: sourceOf(path),
    }
  })
}
