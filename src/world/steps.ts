/** Steps of a plan: armed by time or by another step, fired when their condition holds. */
import { holds } from './conditions.ts'
import type { StepReport } from './context.ts'
import { perform } from './faults.ts'
import type { Host } from './host.ts'
import { schedule, scheduleFirst } from './pending.ts'
import type { World } from './world.ts'

const previousFired = (world: World, step: number): number => {
  const after = world.plan.steps[step]?.after
  return after === null || after === undefined ? 0 : (world.steps[after.step]?.firedAtUs ?? 0)
}

/** A step's time has come: it fires at once, or waits for its condition. */
export function armStep(world: World, host: Host, report: StepReport, index: number): void {
  const step = host.plan.steps[index]
  const state = world.steps[index]
  if (step === undefined || state === undefined || state.state !== 'waiting') return
  state.armedAtUs = world.nowUs
  if (step.when === null) {
    fireStep(world, host, report, index)
    return
  }
  state.state = 'armed'
  world.armedSteps.push(index)
  if (step.withinUs !== null) {
    schedule(world, host, {
      atUs: world.nowUs + step.withinUs,
      cause: [report.event.id],
      entity: `step ${step.id}/deadline`,
      count: 0,
      rule: 'step',
      body: { kind: 'deadline', step: index },
    })
  }
}

/** After each event: a step whose condition has come true is the next event at this time. */
export function judgeSteps(world: World, host: Host, report: StepReport): void {
  if (world.armedSteps.length === 0) return
  const due = world.armedSteps.filter((index) => {
    const when = host.plan.steps[index]?.when
    return when !== null && when !== undefined && holds(world, when, previousFired(world, index))
  })
  if (due.length === 0) return
  world.armedSteps = world.armedSteps.filter((index) => !due.includes(index))
  for (const index of due) {
    world.steps[index]!.state = 'due'
    scheduleFirst(world, host, {
      atUs: world.nowUs,
      cause: [report.event.id],
      entity: `step ${host.plan.steps[index]?.id}`,
      count: 0,
      rule: 'the condition of the step holds',
      body: { kind: 'step', step: index },
    })
  }
}

export function fireStep(world: World, host: Host, report: StepReport, index: number): void {
  const step = host.plan.steps[index]
  const state = world.steps[index]
  if (step === undefined || state === undefined || state.state === 'fired') return
  state.state = 'fired'
  state.firedAtUs = world.nowUs
  world.firedSteps += 1
  const touched: string[] = []
  for (const action of step.actions) touched.push(...perform(world, host, report, action))
  state.resolved = [...new Set(touched)].join(', ')
  host.plan.steps.forEach((next, i) => {
    if (next.after?.step !== index) return
    schedule(world, host, {
      atUs: Math.max(next.atUs ?? 0, world.nowUs + next.after.delayUs),
      cause: [report.event.id],
      entity: `step ${next.id}/arm`,
      count: 0,
      rule: 'step',
      body: { kind: 'arm', step: i },
    })
  })
}

/** The longest wait of a step is over: if its condition never held, the run ends there. */
export function onDeadline(world: World, index: number): void {
  if (world.steps[index]?.state !== 'armed') return
  world.notReached = { step: index, words: 'its condition did not come true in time' }
}
