import { expect, test } from 'vitest'
import type { Fact } from '../../../src/kafka/facts.ts'
import type { RecordBatch } from '../../../src/kafka/records.ts'
import type { World } from '../../../src/world/world.ts'
import { brokerState } from '../../../src/world/world.ts'
import { findings, happen, P, worldOf } from '../builders.ts'

const PRODUCER = { id: 7, epoch: 0, baseSequence: 0, transactional: true }

/** Broker 1 leads; a record of a transaction is at offset 0, its marker at 1, and only the record is replicated. */
function worldWithMarker(): World {
  const world = worldOf({ replicas: { 1: { log: ['a', 'b'], role: 'leader', hw: 1 } } })
  const log = brokerState(world, 1)!.durable.logs[P]!
  log.batches = log.batches.map((batch, index): RecordBatch => {
    const marker = { control: { type: 'COMMIT', coordinatorEpoch: 0 } } as const
    return { ...batch, producer: PRODUCER, ...(index === 1 ? marker : {}) }
  })
  return world
}

const rises = (to: number): Fact => ({ kind: 'lastStableOffset', partition: P, from: -1, to, leaderEpoch: 0 })

const told = (world: World, to: number) =>
  findings(world, 'LastStableOffsetHeld', happen(world, ['broker-1', rises(to)]))

test('a marker decides when it is below the high watermark, or when a start found it in the log', () => {
  expect(told(worldWithMarker(), 0)).toEqual([])
  expect(told(worldWithMarker(), 1)).toMatchObject([{ words: expect.stringContaining('undecided record at offset 0') }])
  const restarted = worldWithMarker()
  const recovered = { kind: 'recovered', partition: P, from: 2, durable: 2, logEndOffset: 2, highWatermark: 1 } as const
  happen(restarted, ['broker-1', recovered])
  expect(told(restarted, 1)).toEqual([])
})

test('a marker behind the snapshot file of a start was read by itself, and waits for the high watermark', () => {
  const started = (logEndOffset: number): Fact => ({
    kind: 'recovered',
    partition: P,
    scanned: [0],
    from: 2,
    durable: 2,
    logEndOffset,
    highWatermark: 1,
  })
  const unclean = worldWithMarker()
  happen(unclean, ['broker-1', started(2)])
  expect(told(unclean, 1)).toHaveLength(1)
  // The start after it begins from the file that the first one has left.
  happen(unclean, ['broker-1', started(2)])
  expect(told(unclean, 1)).toEqual([])
})
