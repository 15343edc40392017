import { expect, test } from 'vitest'
import { consumerMachine } from '../../src/client/consumer/consumer.ts'
import type { ConsumerConfig, ConsumerState } from '../../src/client/consumer/state.ts'
import { KAFKA_0_8_2 } from '../../src/kafka/generation/kafka-0-8-2.ts'
import type { RegistryOp, RegistryResult, SessionRequest } from '../../src/kafka/messages/registry.ts'
import { Bench } from './bench.ts'

const SESSION = 'session-consumer-c'
const OWNER = '/consumers/g/owners/t/0'
const OK = { error: null } as RegistryResult
const EXISTS = { error: 'NODEEXISTS' } as RegistryResult

/** A consumer of 0.8 in a group of its own, over a topic with one partition. */
class Member extends Bench<ConsumerState, ConsumerConfig> {
  constructor() {
    super(consumerMachine, 'consumer-c', {
      name: 'c',
      partitions: null,
      topics: ['t'],
      mechanisms: KAFKA_0_8_2.mechanisms,
      settings: { 'group.id': 'g', 'auto.offset.reset': 'smallest', 'rebalance.backoff.ms': 2000 },
      bootstrap: [1],
      groupInRegistry: true,
    })
  }

  get old() {
    return this.state.volatile!.old!
  }

  session(state: 'established' | 'expired'): void {
    this.step({ kind: 'local', from: SESSION, message: { type: 'SessionState', state } as never })
  }

  /** The requests that the session has not answered yet, taken from it. */
  asked(): SessionRequest[] {
    const asked = this.within.flatMap(({ message }) => (message.type === 'SessionRequest' ? [message] : []))
    this.within = []
    return asked
  }

  answerTo(request: SessionRequest, result: RegistryResult, retried = false): void {
    const { requestId } = request
    const message = { type: 'SessionResponse', requestId, results: [result], retried } as const
    this.step({ kind: 'local', from: SESSION, message })
  }

  /** The registry answers until nothing is asked any more; `own` says what it answers where it is not the usual. */
  settle(own: (op: RegistryOp) => RegistryResult | 'keep' | null = () => null): SessionRequest[] {
    const kept: SessionRequest[] = []
    for (let asked = this.asked(); asked.length > 0; asked = this.asked()) {
      for (const request of asked) {
        const result = own(request.ops[0]!) ?? usual(request.ops[0]!)
        if (result === 'keep') kept.push(request)
        else this.answerTo(request, result)
      }
    }
    return kept
  }
}

function usual(op: RegistryOp): RegistryResult {
  if (op.op === 'getChildren') return { error: null, children: ['g_c'] } as unknown as RegistryResult
  if (op.op !== 'getData') return OK
  if (op.path.startsWith('/consumers/g/ids'))
    return { error: null, data: { topics: ['t'] } } as unknown as RegistryResult
  if (op.path.startsWith('/consumers')) return { error: 'NONODE' } as RegistryResult
  return { error: null, data: { partitions: { '0': [1] } } } as unknown as RegistryResult
}

const isClaim = (op: RegistryOp): boolean => op.op === 'create' && op.path === OWNER

test('it registers, looks at its group, claims its share and reads it', () => {
  const it = new Member()
  it.start()
  it.session('established')
  it.settle()
  expect(it.old).toMatchObject({ phase: 'idle', owned: ['t-0'], claimed: ['t-0'] })
})

test('a claim that was cut off by the end of its session, and made in the next, is its own', () => {
  const it = new Member()
  it.start()
  it.session('established')
  const [claim] = it.settle((op) => (isClaim(op) ? 'keep' : null))
  expect(claim).toBeDefined()
  // ZkClient sends the claim again in the new session, before anything of the next rebalance.
  it.session('expired')
  it.session('established')
  it.answerTo(claim!, OK, true)
  it.settle((op) => {
    if (isClaim(op)) return EXISTS
    return op.op === 'getData' && op.path === OWNER
      ? ({ error: null, data: 'g_c-0' } as unknown as RegistryResult)
      : null
  })
  expect(it.old).toMatchObject({ phase: 'idle', owned: ['t-0'], claimed: ['t-0'] })
})

test('a claim that meets the node of another consumer is undone and tried again', () => {
  const it = new Member()
  it.start()
  it.session('established')
  it.settle((op) => {
    if (isClaim(op)) return EXISTS
    return op.op === 'getData' && op.path === OWNER
      ? ({ error: null, data: 'g_other-0' } as unknown as RegistryResult)
      : null
  })
  expect(it.old).toMatchObject({ phase: 'backing-off', owned: [], claimed: [] })
  it.advanceMs(2000)
  it.settle()
  expect(it.old).toMatchObject({ phase: 'idle', owned: ['t-0'] })
})

test('what was refused in the session before says nothing about the registration in the next', () => {
  const it = new Member()
  it.start()
  it.session('established')
  const [claim] = it.settle((op) => (isClaim(op) ? 'keep' : null))
  it.session('expired')
  it.answerTo(claim!, { error: 'SESSIONEXPIRED' } as RegistryResult)
  it.settle(() => ({ error: 'SESSIONEXPIRED' }) as RegistryResult)
  it.session('established')
  it.settle()
  expect(it.old).toMatchObject({ phase: 'idle', owned: ['t-0'] })
})

test('a node of its own from the session before is waited for', () => {
  const it = new Member()
  it.start()
  it.session('established')
  it.settle((op) => (op.op === 'create' && op.path === '/consumers/g/ids/g_c' ? EXISTS : null))
  expect(it.old.phase).toBe('out')
  it.advanceMs(6000)
  it.settle()
  expect(it.old.phase).toBe('idle')
})
