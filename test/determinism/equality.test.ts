/** Raw, recorded and replayed runs of the versions before KIP-279; and what is the same for every version. */
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { canonical } from '../../src/kernel/fingerprint.ts'
import type { Plan } from '../../src/world/plan.ts'
import { essence, testEquality } from './equality.ts'
import { samplePlans, VERSIONS } from './plans.ts'

testEquality(VERSIONS.slice(0, VERSIONS.length / 2))

test('a plan is its own whole cause: as text and back it gives the same run', () => {
  for (const { name, plan } of samplePlans({ kafka: '2.4', count: 3, seed: 2000 })) {
    const copy = JSON.parse(canonical(plan)) as Plan
    expect({ name, ...essence(simulate(copy)) }).toEqual({ name, ...essence(simulate(plan)) })
  }
})

test('another seed gives another run', () => {
  const [sample] = samplePlans({ kafka: '2.4', count: 1, seed: 3000 })
  const { plan } = sample!
  expect(simulate({ ...plan, seed: 'another' }).digest).not.toBe(simulate(plan).digest)
})

test('runs in turns do not touch each other', () => {
  const [one, two] = samplePlans({ kafka: '2.4', count: 2, seed: 4000 })
  const alone = [simulate(one!.plan).digest, simulate(two!.plan).digest]
  let inner = ''
  const outer = simulate(one!.plan, {
    onEvent: (world) => {
      if (world.index === 500) inner = simulate(two!.plan).digest
      return true
    },
  })
  expect([outer.digest, inner]).toEqual(alone)
})
