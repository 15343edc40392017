import { expect, test } from 'vitest'
import { planOf } from '../../src/campaign/run-case.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { ScenarioDocument, StepForm } from '../../src/scenario/schema.ts'

/** One record of 20 kB, sent at 3 s over a link of 10 kB a second. */
const oneRecord = (steps: readonly StepForm[]): ScenarioDocument => ({
  version: 1,
  title: 'A link of limited bandwidth',
  kafka: '2.4',
  seed: '1',
  cluster: { brokers: 1 },
  topics: { orders: { replicas: [[1]] } },
  network: { links: [{ from: 'client p', to: 'any', bandwidth: '10KB/s' }] },
  clients: { p: { produces: 'orders', 'value-size': '20KB' } },
  run: '12s',
  steps: [{ at: '3s', do: { send: 1, from: 'p' } }, ...steps],
})

/** When the leader has appended it, in whole seconds. */
function appendedAt(steps: readonly StepForm[]): number | null {
  let atUs: number | null = null
  simulate(planOf(oneRecord(steps)), {
    digest: false,
    properties: [],
    onEvent: (world, { facts }): undefined => {
      if (facts.some(({ fact }) => fact.kind === 'appended' && fact.partition === 'orders-0')) atUs ??= world.nowUs
    },
  })
  return atUs === null ? null : Math.floor(atUs / 1_000_000)
}

const hold = { from: 'client p', to: 'broker 1', messages: ['ProduceRequest'] }

test('a message takes the time that its bytes need on the link', () => {
  expect(appendedAt([])).toBe(5)
})

test('a message that was held back takes that time when it is let go', () => {
  const steps: StepForm[] = [
    { at: '2s', do: { hold } },
    { at: '6s', do: { release: hold } },
  ]
  expect(appendedAt(steps)).toBe(8)
})

test('so does one that waited behind a cut', () => {
  const ends = { from: 'client p', to: 'broker 1' }
  const steps: StepForm[] = [
    { at: '2s', do: { cut: ends } },
    { at: '6s', do: { heal: ends } },
  ]
  expect(appendedAt(steps)).toBe(8)
})
