import { expect, test } from 'vitest'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import { T0, TestBroker } from './broker-harness.ts'

/** Five committed records on a leader whose followers 2 and 3 are alive; follower 3 is not assigned. */
function leaderOfFive(kafka = '2.4', topicSettings: Record<string, string> = {}): TestBroker {
  const broker = new TestBroker(kafka).up()
  broker.role({ isr: [1, 2], replicas: [1, 2], topicSettings })
  broker.receive('controller-3', {
    type: 'UpdateMetadataRequest',
    correlationId: 1,
    controllerId: 3,
    controllerEpoch: 1,
    brokerEpoch: -1,
    liveBrokers: [1, 2],
    partitions: {},
  } as unknown as KafkaMessage)
  for (const value of ['a', 'b', 'c', 'd', 'e']) broker.produce([value], 1)
  fetchFrom(broker, 5, 0)
  return broker
}

/** A fetch of follower 2, whose log begins and ends there. */
function fetchFrom(broker: TestBroker, fetchOffset: number, logStartOffset: number): void {
  broker.receive('broker-2', {
    type: 'FetchRequest',
    correlationId: 900 + fetchOffset,
    replicaId: 2,
    replicaEpoch: -1,
    maxWaitMs: 0,
    minBytes: 1,
    partitions: {
      [T0]: { fetchOffset, maxBytes: 1_000_000, currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset },
    },
  })
}

function deleteBefore(broker: TestBroker, before: number, timeoutMs = 1000): string {
  const connection = `d${before}`
  broker.receive(
    'admin',
    { type: 'DeleteRecordsRequest', correlationId: 1, timeoutMs, partitions: { [T0]: before } },
    connection,
  )
  return connection
}

function told(broker: TestBroker, connection: string): { error: string; lowWatermark: number } | null {
  const message = broker.replies.find((each) => each.connection === connection)?.message
  return message?.type === 'DeleteRecordsResponse' ? (message.partitions[T0] ?? null) : null
}

const startOf = (broker: TestBroker): number => broker.state.durable.logs[T0]!.logStartOffset

test('the leader moves its start at once and answers when the follower has moved its own', () => {
  const broker = leaderOfFive()
  const asked = deleteBefore(broker, 3)
  expect(startOf(broker)).toBe(3)
  expect(told(broker, asked)).toBeNull()
  fetchFrom(broker, 5, 3)
  expect(told(broker, asked)).toEqual({ error: 'NONE', lowWatermark: 3 })
})

test('a follower that does not follow in time leaves the administrator with a time-out, and the start where it is', () => {
  const broker = leaderOfFive()
  const asked = deleteBefore(broker, 3, 500)
  broker.wait(600)
  expect(told(broker, asked)).toEqual({ error: 'REQUEST_TIMED_OUT', lowWatermark: 0 })
  expect(startOf(broker)).toBe(3)
})

test('past the high watermark nothing is deleted, -1 is the high watermark, and below the start nothing moves', () => {
  const broker = leaderOfFive()
  expect(told(broker, deleteBefore(broker, 6))).toEqual({ error: 'OFFSET_OUT_OF_RANGE', lowWatermark: -1 })
  expect(startOf(broker)).toBe(0)
  deleteBefore(broker, -1)
  expect(startOf(broker)).toBe(5)
  fetchFrom(broker, 5, 5)
  expect(told(broker, deleteBefore(broker, 2))).toEqual({ error: 'NONE', lowWatermark: 5 })
})

test('a leader that steps down, a follower, and a compacted topic refuse', () => {
  const stepping = leaderOfFive()
  const asked = deleteBefore(stepping, 3)
  stepping.role({ leader: 2, leaderEpoch: 1, isr: [1, 2], replicas: [1, 2], live: [2] })
  expect(told(stepping, asked)).toMatchObject({ error: 'NOT_LEADER_FOR_PARTITION' })
  expect(told(stepping, deleteBefore(stepping, 4))).toMatchObject({ error: 'NOT_LEADER_FOR_PARTITION' })
  const compacted = leaderOfFive('2.4', { 'cleanup.policy': 'compact' })
  expect(told(compacted, deleteBefore(compacted, 3))).toEqual({ error: 'POLICY_VIOLATION', lowWatermark: -1 })
})

test('a broker before 0.11 does not know the request and closes the connection', () => {
  const broker = leaderOfFive('0.10.2')
  deleteBefore(broker, 3)
  expect(broker.closed).toContain('d3')
  expect(startOf(broker)).toBe(0)
})
