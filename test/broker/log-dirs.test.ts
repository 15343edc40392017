/** Several log directories, of which one fails (KIP-112). */
import { expect, test } from 'vitest'
import { closeLogs } from '../../src/broker/checkpoint.ts'
import { changeDisk } from '../../src/broker/disk.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { LeaderAndIsrState } from '../../src/kafka/messages/control.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import { T0, TestBroker } from './broker-harness.ts'

const TWO = { 'log.dirs': 'a,b' }

const role = (over: Partial<LeaderAndIsrState> = {}): LeaderAndIsrState => ({
  controllerEpoch: 1,
  leader: 1,
  leaderEpoch: 0,
  isr: [1],
  partitionEpoch: 0,
  replicas: [1, 2],
  isNew: true,
  topicSettings: {},
  ...over,
})

function control(b: TestBroker, message: Partial<KafkaMessage>): Record<string, ErrorName> {
  const head = { correlationId: 1, controllerId: 3, controllerEpoch: 1, brokerEpoch: -1, liveLeaders: [1, 2] }
  b.receive('controller-3', { ...head, ...message } as KafkaMessage)
  const answer = b.replies.at(-1)!.message
  return answer.type === 'ControlResponse' ? { ...answer.partitions } : {}
}

const tell = (b: TestBroker, partitions: Record<string, LeaderAndIsrState>): Record<string, ErrorName> =>
  control(b, { type: 'LeaderAndIsrRequest', partitions })

/** Four logs in two directories: 0 and 2 in the first, 1 and 3 in the second. */
function four(kafka = '2.4'): TestBroker {
  const b = new TestBroker(kafka, TWO).up()
  for (const n of [0, 1, 2, 3]) tell(b, { [`t-${n}`]: role() })
  return b
}

const breakDisk = (b: TestBroker, directory: string): void => changeDisk(b.state, b.config, directory, { broken: true })

/** The first append that fails takes the directory offline. */
function failed(kafka = '2.4'): TestBroker {
  const b = four(kafka)
  breakDisk(b, 'a')
  b.produce(['x'], 1)
  return b
}

test('a new log goes where the fewest are, of equals to the first', () => {
  expect(four().state.durable.directoryOf).toEqual({ 't-0': 'a', 't-1': 'b', 't-2': 'a', 't-3': 'b' })
})

test('the failed append is answered KAFKA_STORAGE_ERROR, the controller is told, and the other directory goes on', () => {
  const b = failed()
  expect(b.replies.at(-1)!.message).toMatchObject({ partitions: { [T0]: { error: 'KAFKA_STORAGE_ERROR' } } })
  b.wait(100)
  expect(b.exits).toEqual([])
  const [asked] = b.asked('log-dir-event')
  expect(asked!.ops[0]).toMatchObject({ op: 'create', sequential: true, data: { broker: 1, event: 1 } })
  expect(tell(b, { 't-0': role({ leaderEpoch: 1 }), 't-1': role({ leaderEpoch: 1 }) })).toEqual({
    't-0': 'KAFKA_STORAGE_ERROR',
    't-1': 'NONE',
  })
})

test('before 1.0 the same error ends the process, without an answer', () => {
  const b = failed('0.11')
  expect(b.exits).toEqual([1])
  expect(b.factsOf('logDirFailed')).toHaveLength(1)
})

test('the last directory takes the process with it', () => {
  const b = failed().wait(100)
  breakDisk(b, 'b')
  b.receive(
    'producer-p',
    {
      type: 'ProduceRequest',
      correlationId: 7,
      clientId: 'p',
      acks: 1,
      timeoutMs: 1000,
      partitions: { 't-1': [{ id: 'p/1', key: null, value: 'x', timestampMs: 0 }] },
    },
    'c',
  )
  b.wait(100)
  expect(b.exits).toEqual([1])
})

test('a new replica goes into the directory that works; one that may lie in the other is not made anew', () => {
  const b = failed().wait(100)
  expect(tell(b, { 'n-0': role(), 'n-1': role({ isNew: false }) })).toEqual({
    'n-0': 'NONE',
    'n-1': 'KAFKA_STORAGE_ERROR',
  })
  expect(b.state.durable.directoryOf!['n-0']).toBe('b')
  expect(b.state.durable.logs['n-1']).toBeUndefined()
})

test('a log in a failed directory cannot be deleted', () => {
  const b = failed().wait(100)
  const partitions = { 't-0': { leaderEpoch: -2, delete: true }, 't-1': { leaderEpoch: -2, delete: true } }
  expect(control(b, { type: 'StopReplicaRequest', partitions })).toEqual({
    't-0': 'KAFKA_STORAGE_ERROR',
    't-1': 'NONE',
  })
  expect(Object.keys(b.state.durable.logs).sort()).toEqual(['t-0', 't-2', 't-3'])
})

test('a produce that waits for followers is not answered before its time is up', () => {
  const b = four()
  tell(b, { 't-0': role({ leaderEpoch: 1, isr: [1, 2] }) })
  const waiting = b.produce(['x'], -1, 1000)
  breakDisk(b, 'a')
  b.produce(['y'], 1)
  b.wait(500)
  expect(b.produced(waiting)).toBeNull()
  b.wait(600)
  expect(b.produced(waiting)).toMatchObject({ error: 'REQUEST_TIMED_OUT' })
})

test('a clean stop leaves no marker in a failed directory, whose checkpoints stay as they were', () => {
  const b = four()
  b.wait(100)
  b.produce(['kept'], 1)
  b.wait(5_100)
  expect(b.state.durable.highWatermarkCheckpoint![T0]).toBe(1)
  breakDisk(b, 'a')
  b.produce(['lost'], 1)
  b.wait(5_100)
  closeLogs(b.state, b.context(), b.config)
  expect(b.state.durable.unmarkedDirs).toEqual(['a'])
  expect(b.state.durable.highWatermarkCheckpoint![T0]).toBe(1)
  expect(b.state.durable.recoveryPointCheckpoint![T0] ?? 0).toBe(0)
})

test('a broker whose disk is still broken at the start comes up with the other directory', () => {
  const b = new TestBroker('2.4', TWO)
  b.state.durable = failed().wait(100).state.durable
  b.up().wait(100)
  expect(b.state.volatile!.offlineDirs).toEqual(['a'])
  expect(tell(b, { 't-0': role({ isNew: false }), 't-1': role({ isNew: false }) })).toEqual({
    't-0': 'KAFKA_STORAGE_ERROR',
    't-1': 'NONE',
  })
})
