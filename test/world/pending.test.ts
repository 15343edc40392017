/** What names a pending event by its place must name that event, at any moment of runs full of pauses and crashes. */
import { expect, test } from 'vitest'
import type { RandomFault } from '../../src/campaign/random-plan.ts'
import { planWith } from '../../src/campaign/random-plan.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { Plan } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { samplePlans, VERSIONS } from '../determinism/plans.ts'

/** What is wrong with places: one word each. */
function flaws({ pending, freePlaces, nodes, processes, index }: World): string[] {
  const flawed: string[] = []
  const free = new Set(freePlaces)
  if (free.size !== freePlaces.length) flawed.push(`${index}: a place is free twice`)
  for (const [place, event] of pending.entries()) {
    if ((event === null) !== free.has(place)) flawed.push(`${index}: place ${place} is ${event?.entity ?? 'empty'}`)
    if (event !== null && event.place !== place) flawed.push(`${index}: ${event.entity} is elsewhere`)
  }
  for (const { id, timers, process } of Object.values(nodes)) {
    for (const { name, place } of timers) {
      const body = pending[place]?.body
      const names = body?.kind === 'timer' && body.node === id && body.name === name
      if (!names || body.life !== processes[process]?.life) flawed.push(`${index}: timer ${name} of ${id}`)
    }
  }
  return flawed
}

/** What is wrong at any moment of a run, up to the first moment at which something is. */
function flawsOf(plan: Plan): string[] {
  const flawed: string[] = []
  simulate(plan, {
    properties: [],
    digest: false,
    onEvent: (world) => {
      flawed.push(...flaws(world))
      return flawed.length === 0
    },
  })
  return flawed
}

for (const kafka of VERSIONS) {
  test(`Kafka ${kafka}: each pending event is where its place and its timer say`, () => {
    for (const { plan } of samplePlans({ kafka, count: 3, seed: 9000 })) expect(flawsOf(plan)).toEqual([])
  })
}

test('a broker that is killed while it is paused takes along what had come due, and its timers', () => {
  const fault = { on: 1, other: 2, oneWay: false } as const
  const faults: RandomFault[] = [
    { ...fault, family: 'pause', atMs: 4_000, forMs: 6_000 },
    { ...fault, family: 'crash', atMs: 7_000, forMs: 2_000 },
  ]
  const plan = planWith(faults, 1, { generation: generationNamed('2.4')!, families: ['pause', 'crash'] })
  expect(flawsOf(plan)).toEqual([])
})
