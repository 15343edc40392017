/** Who reads committed records waits for a transaction that is still to end, and for no other. */
import { expect, test } from 'vitest'
import { drawCase } from '../../../src/campaign/generate.ts'
import { profileNamed } from '../../../src/campaign/profiles/table.ts'
import { planOf } from '../../../src/campaign/run-case.ts'
import { propertyNamed } from '../../../src/check/index.ts'
import type { StepView } from '../../../src/check/property.ts'
import { heldBackFrom } from '../../../src/check/transactions/held-back.ts'
import { simulate } from '../../../src/driver/simulate.ts'
import { generationNamed } from '../../../src/kafka/generation/table.ts'
import { brokerState, type World } from '../../../src/world/world.ts'

/**
 * A producer was told that its transaction is in a wrong state, by a former coordinator: it stays open for a minute. The
 * world as it is before that.
 */
function leftOpen(): World {
  const { document } = drawCase(profileNamed('transactions')!, generationNamed('4.1')!, 100_777)
  return simulate(planOf(document), { properties: [], untilUs: 33_000_000 }).world
}

const NO_STEP = { event: 0, facts: [] } as unknown as StepView
const unseen = (world: World): number => propertyNamed('NoUnseenWrites')!.check(world, NO_STEP)?.length ?? 0

/** The transaction as its coordinator, broker 3, has it. */
const entryOf = (world: World) =>
  brokerState(world, 3)!.volatile!.coordination!.partitions['__transaction_state-0']!.transactions!['billing-1']!

test('records behind an open transaction wait until it has to be aborted', () => {
  const world = leftOpen()
  expect([heldBackFrom(world, 'orders-0'), heldBackFrom(world, 'orders-1'), unseen(world)]).toEqual([36, null, 0])
  const entry = entryOf(world)
  expect(entry.metadata).toMatchObject({ status: 'Ongoing', timeoutMs: 60_000 })
  entry.metadata = { ...entry.metadata, startMs: entry.metadata.startMs - 60_000 }
  expect(heldBackFrom(world, 'orders-0')).toBe(null)
  expect(unseen(world)).toBeGreaterThan(0)
})

test('a transaction that its coordinator knows nothing of holds nobody back rightly', () => {
  const world = leftOpen()
  const entry = entryOf(world)
  entry.metadata = { ...entry.metadata, partitions: [] }
  expect(heldBackFrom(world, 'orders-0')).toBe(null)
  expect(unseen(world)).toBeGreaterThan(0)
})
