import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { broker, planOf } from '../builders.ts'

/** Broker 2 is killed just before the end of the run, and its session outlives that. */
const given = (healAtEnd: boolean) => ({
  ...planOf({
    kafka: '0.11',
    settings: { 'zookeeper.session.timeout.ms': 6000 },
    steps: [
      { atUs: 9_500_000, do: [{ do: 'crash', target: broker(2) }] },
      { atUs: 9_600_000, do: [{ do: 'start', target: broker(2), startupUs: 100_000 }] },
    ],
    runUs: 9_650_000,
  }),
  healAtEnd,
})

const startsFailed = (plan: ReturnType<typeof given>) => {
  const { world } = simulate(plan)
  const failed = world.ledger.facts.filter(({ fact }) => fact.kind === 'startFailed')
  return { failed: failed.length, process: world.processes['broker-2']!, outcome: world }
}

test('a broker of a healed cluster that exits by itself is started again until it stays', () => {
  const { failed, process } = startsFailed(given(true))
  expect(failed).toBeGreaterThan(0)
  expect(process.state).toBe('up')
  expect(process.startsLeft).toBe(5 - failed)
})

test('where the end does not heal, who exits stays down', () => {
  const { failed, process } = startsFailed(given(false))
  expect(failed).toBe(1)
  expect(process).toMatchObject({ state: 'down', exitCode: 1 })
})

test('a supervised broker is started again in mid-run, and one that nobody watches is not', () => {
  const plan = given(false)
  const watched = (supervised: readonly number[]) => ({
    ...plan,
    steps: [
      ...planOf({
        steps: [{ atUs: 9_000_000, do: supervised.map((id) => ({ do: 'supervise', target: broker(id) }) as const) }],
      }).steps,
      ...plan.steps.map((step, index) => ({ ...step, id: `later ${index}` })),
    ],
    runUs: 25_000_000,
  })
  expect(simulate(watched([2])).world.processes['broker-2']).toMatchObject({ state: 'up' })
  expect(simulate(watched([1, 3])).world.processes['broker-2']).toMatchObject({ state: 'down', exitCode: 1 })
})
