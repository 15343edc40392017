import { expect, test } from 'vitest'
import { isQuiet } from '../../src/world/quiet.ts'
import { P, type ReplicaGiven, type StateGiven, worldOf } from '../check/builders.ts'

const LOG = ['m1@0', 'm2@0']

/** Three replicas with equal logs; the leader's broker and the registry's truth as they are given. */
function quiet(leader: ReplicaGiven, state: Partial<StateGiven> = {}): boolean {
  const follower: ReplicaGiven = { role: 'follower', epoch: 4, log: LOG }
  return isQuiet(
    worldOf({
      kafka: '2.4',
      replicas: { 1: { log: LOG, ...leader }, 2: follower, 3: follower },
      state: { leader: 1, epoch: 4, isr: [1, 2, 3], ...state },
      plan: { healAtEnd: false },
    }),
  )
}

test('a cluster is quiet when its leader knows its office and everybody has what it has', () => {
  expect(quiet({ role: 'leader', epoch: 4 })).toBe(true)
  expect(quiet({ role: 'leader', epoch: 4, log: ['m1@0'] })).toBe(false)
  expect(quiet({ role: 'leader', epoch: 4 }, { isr: [1, 2] })).toBe(false)
})

test('nothing is quiet while somebody starts', () => {
  const world = worldOf({
    kafka: '2.4',
    replicas: { 1: { role: 'leader', log: LOG } },
    assigned: [1],
    plan: { healAtEnd: false },
  })
  world.processes['broker-2'] = { ...world.processes['broker-2']!, state: 'down' }
  expect(isQuiet(world)).toBe(true)
  world.processes['broker-2'].loading = true
  expect(isQuiet(world)).toBe(false)
})

test('a leader that has been elected and has not heard of it is about to lead', () => {
  expect(quiet({ role: 'follower', epoch: 3 })).toBe(false)
})

test('a dead leader is replaced when its session ends, so nothing is quiet before', () => {
  const others = { isr: [2, 3] }
  expect(quiet({ process: 'down', registered: true }, { leader: 1, ...others })).toBe(false)
  expect(quiet({ process: 'paused', registered: true }, { leader: 1, ...others })).toBe(false)
  expect(quiet({ process: 'down', registered: false }, { leader: 1, ...others })).toBe(true)
})

test('where everything was healed, consumers have read to the end', () => {
  const world = worldOf({
    kafka: '2.4',
    replicas: { 1: { role: 'leader', log: LOG, hw: 2 } },
    assigned: [1],
    plan: { healAtEnd: true, clients: [{ kind: 'consumer', name: 'c1', settings: {} } as never] },
  })
  const readAt = (position: number, phase = 'fetching') => {
    const state = { volatile: { partitions: { [P]: { phase, position } } } }
    world.nodes['consumer-c1'] = {
      id: 'consumer-c1',
      kind: 'consumer',
      process: 'client-c1',
      state,
      timers: [],
    } as never
    return isQuiet(world)
  }
  expect(readAt(2)).toBe(true)
  expect(readAt(1)).toBe(false)
  // It has told its application that it reads no more.
  expect(readAt(-1, 'failed')).toBe(true)
})
