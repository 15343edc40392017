import { expect, test } from 'vitest'
import { PROPERTIES } from '../../src/check/index.ts'
import { premiseHeld } from '../../src/check/premises.ts'
import type { VerdictChange } from '../../src/check/property.ts'
import { PropertyWatch } from '../../src/driver/properties.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { Action } from '../../src/world/plan.ts'
import { broker, planOf } from '../builders.ts'

/** What the lines of a trace say was put at stake, with the time in us, and what the premises say of the whole run. */
function atStake(crashes: boolean) {
  const crash: Action = { do: 'crash', target: broker(1) }
  const plan = planOf({ producers: [{}], steps: crashes ? [{ atUs: 6_000_000, do: [crash] }] : [], runUs: 25_000_000 })
  const watch = new PropertyWatch(plan, PROPERTIES)
  const told: Record<string, number> = {}
  const note = (atUs: number, changes: readonly VerdictChange[]): undefined => {
    for (const { change, property } of changes) if (change === 'at-stake') told[property] = atUs
  }
  const { world } = simulate(plan, {
    digest: false,
    properties: [],
    onEvent: (at, report) => note(at.nowUs, watch.afterEvent(at, report)),
  })
  note(world.nowUs, watch.atEnd(world))
  return { told, premises: PROPERTIES.filter((each) => premiseHeld(world, each)).map(({ name }) => name) }
}

test.each([true, false])('what a trace says was at stake are the premises of the run (with a crash: %s)', (crashes) => {
  const { told, premises } = atStake(crashes)
  expect(premises.length).toBeGreaterThan(10)
  expect(Object.keys(told).sort()).toEqual([...premises].sort())
})

test('a property is at stake when its premise holds, not with the first fact that it listens to', () => {
  expect(atStake(false).told.OneRecordPerCommittedOffset).toBeUndefined()
  expect(atStake(true).told.OneRecordPerCommittedOffset).toBeGreaterThan(6_000_000)
})
