import { describe, expect, test } from 'vitest'
import { applicationMachine } from '../../src/client/application/application.ts'
import type { ApplicationConfig, ApplicationState } from '../../src/client/application/state.ts'
import type { CallResult, ClientCall, PolledRecords, RebalanceCallback } from '../../src/kafka/calls.ts'
import { Bench } from './bench.ts'

const RETURNED: CallResult = { error: 'NONE' }
const CONFIG: ApplicationConfig = {
  name: 'w',
  group: 'g',
  topics: ['in'],
  consumer: 'consumer-w',
  producers: [{ node: 'producer-w', partition: null }],
  transforms: { to: 'out', producers: 'per-instance', commitEveryUs: 0 },
  processUs: 0,
  sendsMember: true,
}

class Application extends Bench<ApplicationState, ApplicationConfig> {
  constructor(given: Partial<ApplicationConfig> = {}) {
    super(applicationMachine, 'application-w', { ...CONFIG, ...given })
  }

  /** The call that is out, and who is called. */
  get out(): { readonly to: string; readonly id: string; readonly call: ClientCall } {
    const { to, message } = this.within.at(-1)!
    if (message.type !== 'ApplicationCall') throw new Error(`${message.type} is no call`)
    return { to, id: message.id, call: message.call }
  }

  /** The call that is out returns, after it was seen to be the one expected. */
  returns(call: ClientCall['call'], result: CallResult = RETURNED, to?: string): void {
    expect(this.out.call.call).toBe(call)
    if (to !== undefined) expect(this.out.to).toBe(to)
    this.step({
      kind: 'local',
      from: this.out.to,
      message: { type: 'CallReturned', id: this.out.id, result },
    })
  }

  throws(call: ClientCall['call'], ...classes: string[]): void {
    this.returns(call, { error: classes })
  }

  polls(records: readonly (readonly [string, number])[], callbacks: readonly RebalanceCallback[] = []): void {
    this.returns('pollRecords', {
      error: 'NONE',
      records: records.map(([partition, offset]) => ({ partition, offset, value: 'v' })),
      callbacks,
    } as PolledRecords)
  }

  assigned(...partitions: string[]): this {
    this.polls([], [{ kind: 'partitionsAssigned', partitions }])
    return this
  }

  /** Up to its first poll. */
  static atWork(): Application {
    const it = new Application()
    it.start()
    it.returns('initTransactions')
    it.returns('subscribe')
    return it.assigned('in-0', 'in-1')
  }

  /** With one record of in-0 in a transaction that is open for so long. */
  static inTransaction(commitEveryUs: number): Application {
    const it = new Application({ transforms: { ...CONFIG.transforms, commitEveryUs } })
    it.start()
    it.returns('initTransactions')
    it.returns('subscribe')
    it.assigned('in-0').polls([['in-0', 4]])
    it.returns('beginTransaction')
    it.returns('send')
    return it
  }
}

const MEMBER = { error: 'NONE', member: { generation: 3, memberId: 'm', instanceId: null } } as CallResult

describe('one producer for the instance', () => {
  test('it fences its predecessor before it joins', () => {
    const it = new Application()
    it.start()
    it.returns('initTransactions', RETURNED, 'producer-w')
    it.returns('subscribe', RETURNED, 'consumer-w')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('a poll is one transaction: records, then their offsets with member and generation, then the commit', () => {
    const it = Application.atWork()
    it.polls([
      ['in-0', 4],
      ['in-1', 9],
      ['in-0', 5],
    ])
    it.returns('beginTransaction')
    expect(it.out.call).toMatchObject({ call: 'send', topic: 'out', madeOf: { partition: 'in-0', offset: 4 } })
    it.returns('send')
    it.returns('send')
    it.returns('send')
    it.returns('groupMetadata', MEMBER)
    expect(it.out.call).toMatchObject({
      call: 'sendOffsetsToTransaction',
      group: 'g',
      offsets: { 'in-0': 6, 'in-1': 10 },
      member: { generation: 3, memberId: 'm' },
    })
    it.returns('sendOffsetsToTransaction')
    it.returns('commitTransaction')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('what is refused is aborted and read again from the committed offsets of what it has', () => {
    const it = Application.atWork()
    it.polls([['in-0', 4]])
    it.returns('beginTransaction')
    it.returns('send')
    it.returns('groupMetadata', MEMBER)
    it.throws('sendOffsetsToTransaction', 'CommitFailedException')
    it.returns('abortTransaction')
    expect(it.out.call).toEqual({ call: 'seekToCommitted', partitions: ['in-0', 'in-1'] })
  })

  test('records behind one that failed are not sent', () => {
    const it = Application.atWork()
    it.polls([
      ['in-0', 4],
      ['in-0', 5],
    ])
    it.returns('beginTransaction')
    it.throws('send', 'KafkaException')
    it.returns('abortTransaction')
    it.returns('seekToCommitted')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('a commit that takes longer than max.block.ms is asked again: its end is not known', () => {
    const it = Application.atWork()
    it.polls([['in-0', 4]])
    it.returns('beginTransaction')
    it.returns('send')
    it.returns('groupMetadata', MEMBER)
    it.returns('sendOffsetsToTransaction')
    it.throws('commitTransaction', 'TimeoutException')
    it.returns('commitTransaction')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('fenced, it gives everything up, makes a new producer and joins anew', () => {
    const it = Application.atWork()
    it.polls([['in-0', 4]])
    it.returns('beginTransaction')
    it.throws('send', 'KafkaException', 'ProducerFencedException')
    it.throws('abortTransaction', 'ProducerFencedException')
    it.returns('unsubscribe')
    it.returns('close', RETURNED, 'producer-w')
    it.advanceMs(200)
    it.returns('initTransactions')
    it.returns('subscribe')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('partitions that are lost take the open transaction with them', () => {
    const it = Application.inTransaction(1_000_000)
    it.polls([], [{ kind: 'partitionsLost', partitions: ['in-0'] }])
    it.returns('abortTransaction')
    expect(it.out.call).toEqual({ call: 'seekToCommitted', partitions: [] })
  })

  test('a transaction over several polls is committed when its time is over, or when partitions are revoked', () => {
    const it = Application.inTransaction(150_000)
    it.advanceMs(100)
    it.polls([['in-0', 5]])
    it.returns('send')
    expect(it.out.call).toEqual({ call: 'pollRecords', timeoutUs: 50_000 })
    it.advanceMs(50)
    it.polls([])
    it.returns('groupMetadata', MEMBER)
    expect(it.out.call).toMatchObject({ call: 'sendOffsetsToTransaction', offsets: { 'in-0': 6 } })
    it.returns('sendOffsetsToTransaction')
    it.returns('commitTransaction')
    it.polls([['in-0', 6]])
    it.returns('beginTransaction')
    it.returns('send')
    it.polls([], [{ kind: 'partitionsRevoked', partitions: ['in-0'] }])
    it.returns('groupMetadata', MEMBER)
    it.returns('sendOffsetsToTransaction')
    it.returns('commitTransaction')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('stopped, it commits what is open and closes its clients', () => {
    const it = Application.inTransaction(1_000_000)
    it.operation({ kind: 'control', operationId: 'stop', control: 'stop' })
    it.polls([])
    it.returns('groupMetadata', MEMBER)
    it.returns('sendOffsetsToTransaction')
    it.returns('commitTransaction')
    it.returns('close', RETURNED, 'producer-w')
    expect(it.completed).toEqual({})
    it.returns('close', RETURNED, 'consumer-w')
    expect(it.completed).toEqual({ stop: { error: 'NONE' } })
  })
})

describe('one producer for each input partition', () => {
  const streams = (): Application => {
    const it = new Application({
      producers: ['in-0', 'in-1'].map((partition) => ({ node: `producer-${partition}`, partition })),
      transforms: { ...CONFIG.transforms, producers: 'per-partition' },
      sendsMember: false,
    })
    it.start()
    it.returns('subscribe')
    return it.assigned('in-0', 'in-1')
  }

  test('whoever had a partition is fenced before a position in it is asked for', () => {
    const it = streams()
    it.returns('initTransactions', RETURNED, 'producer-in-0')
    it.returns('initTransactions', RETURNED, 'producer-in-1')
    expect(it.out.call.call).toBe('pollRecords')
  })

  test('each has its own transaction, and only what it was given is read again', () => {
    const it = streams()
    it.returns('initTransactions')
    it.returns('initTransactions')
    it.polls([
      ['in-0', 0],
      ['in-1', 7],
    ])
    it.returns('beginTransaction', RETURNED, 'producer-in-0')
    it.returns('send', RETURNED, 'producer-in-0')
    it.returns('beginTransaction', RETURNED, 'producer-in-1')
    it.returns('send', RETURNED, 'producer-in-1')
    expect(it.out.call).toMatchObject({ offsets: { 'in-0': 1 }, member: null })
    it.throws('sendOffsetsToTransaction', 'KafkaException')
    it.returns('abortTransaction', RETURNED, 'producer-in-0')
    expect(it.out.call).toEqual({ call: 'seekToCommitted', partitions: ['in-0'] })
    it.returns('seekToCommitted')
    it.returns('sendOffsetsToTransaction', RETURNED, 'producer-in-1')
    it.returns('commitTransaction', RETURNED, 'producer-in-1')
  })

  test('a partition that is revoked takes its producer with it, and comes back with a new one', () => {
    const it = streams()
    it.returns('initTransactions')
    it.returns('initTransactions')
    it.polls([], [{ kind: 'partitionsRevoked', partitions: ['in-1'] }])
    it.returns('close', RETURNED, 'producer-in-1')
    it.assigned('in-1')
    it.returns('initTransactions', RETURNED, 'producer-in-1')
    expect(it.out.call.call).toBe('pollRecords')
  })
})
