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
  expect(process.startedAgain).toBe(failed)
})

test('where the end does not heal, who exits stays down', () => {
  const { failed, process } = startsFailed(given(false))
  expect(failed).toBe(1)
  expect(process).toMatchObject({ state: 'down', exitCode: 1 })
})
