import { describe, expect, test } from 'vitest'
import { propertyNamed } from '../../src/check/index.ts'
import { leadershipOf } from '../../src/check/leadership.ts'
import { statePath } from '../../src/kafka/znodes.ts'
import type { Action } from '../../src/world/plan.ts'
import { brokerState } from '../../src/world/world.ts'
import { planOf } from '../builders.ts'
import type { WorldGiven } from './builders.ts'
import { createState, findings, happen, P, registryWrite, worldOf, writeState } from './builders.ts'

const written = (name: string, state: Parameters<typeof writeState>[1], given: WorldGiven = {}) => {
  const world = worldOf(given)
  createState(world)
  return findings(world, name, happen(world, writeState(world, state)))
}

test('LeaderInIsr allows no leader and no stranger', () => {
  expect(written('LeaderInIsr', { leader: 2, epoch: 1, isr: [2, 3] })).toEqual([])
  expect(written('LeaderInIsr', { leader: -1, epoch: 1, isr: [2, 3] })).toEqual([])
  expect(written('LeaderInIsr', { leader: 1, epoch: 1, isr: [2, 3] })).toHaveLength(1)
})

test('IsrWithinAssignment breaks by a stranger and by a member named twice', () => {
  expect(written('IsrWithinAssignment', { leader: 1, isr: [1, 3, 2] })).toEqual([])
  expect(written('IsrWithinAssignment', { leader: 1, isr: [1, 4] })[0]!.evidence).toMatchObject({ strangers: [4] })
  expect(written('IsrWithinAssignment', { leader: 1, isr: [1, 1] })).toHaveLength(1)
})

test('IsrNeverEmpty breaks by an empty ISR', () => {
  expect(written('IsrNeverEmpty', { leader: -1, epoch: 1, isr: [1] })).toEqual([])
  expect(written('IsrNeverEmpty', { leader: -1, epoch: 1, isr: [] })).toHaveLength(1)
})

describe('IsrNeverEmpty beside eligible leader replicas (KIP-966)', () => {
  const path = statePath(P)
  const told = (isr: readonly number[], elr: readonly number[], version: number) =>
    ['quorum-3001', registryWrite(path, { leader: -1, leaderEpoch: 1, isr: [...isr], elr: [...elr] }, version)] as const
  const registers = (broker: number) => {
    const record = { type: 'RegisterBroker', broker, incarnation: 1, brokerEpoch: 9, rack: null } as const
    return ['quorum-3001', { kind: 'metadataRecord', offset: 9, epoch: 1, record }] as const
  }
  /** What the last write of the state gives away, after the ISR was emptied with brokers 1 and 2 eligible. */
  const afterwards = (previousBrokerEpoch: number, ...facts: Parameters<typeof happen>[1][]) => {
    const world = worldOf({ kafka: '4.1' })
    Object.assign(brokerState(world, 1)!.volatile!, { kraft: { previousBrokerEpoch } })
    happen(world, told([1], [2], 1))
    expect(findings(world, 'IsrNeverEmpty', happen(world, told([], [1], 2)))).toEqual([])
    return findings(world, 'IsrNeverEmpty', happen(world, ...facts))
  }

  test('it may be empty until the last of them comes back from an unclean stop', () => {
    expect(afterwards(-1, told([], [], 3), registers(1))).toEqual([])
  })

  test('who came back from a clean stop, or has not come back, keeps its place', () => {
    expect(afterwards(7, told([], [], 3), registers(1))).toHaveLength(1)
    expect(afterwards(-1, told([], [], 3))).toHaveLength(1)
    expect(afterwards(-1, told([], [], 3), registers(2))).toHaveLength(1)
  })

  test('another min.insync.replicas drops them by intention', () => {
    const alters: Action = {
      do: 'admin',
      request: { admin: 'alterTopicConfig', topic: 'orders', settings: { 'min.insync.replicas': '1' } },
    }
    const asked = (kafka: string) =>
      propertyNamed('IsrNeverEmpty')!.promised({
        ...planOf({ kafka, steps: [{ atUs: 1, do: [alters] }] }),
      })
    expect(asked('3.9').promised).toBe(true)
    expect(asked('4.1')).toMatchObject({ promised: false, hole: 'KIP-966' })
  })
})

test('MonotonicLeaderEpoch breaks when the epoch falls and when another leader shares one', () => {
  const given = { state: { leader: 1, epoch: 5, isr: [1, 2] } }
  expect(written('MonotonicLeaderEpoch', { leader: 1, epoch: 5, isr: [1] }, given)).toEqual([])
  expect(written('MonotonicLeaderEpoch', { leader: 2, epoch: 6, isr: [2] }, given)).toEqual([])
  expect(written('MonotonicLeaderEpoch', { leader: 1, epoch: 4, isr: [1] }, given)).toHaveLength(1)
  expect(written('MonotonicLeaderEpoch', { leader: 2, epoch: 5, isr: [2] }, given)).toHaveLength(1)
})

test('MonotonicStateVersion breaks when a version is passed over', () => {
  const world = worldOf()
  createState(world)
  expect(findings(world, 'MonotonicStateVersion', happen(world, writeState(world, { leader: 1, isr: [1] })))).toEqual(
    [],
  )
  const path = `/brokers/topics/orders/partitions/0/state`
  const step = happen(world, ['registry', registryWrite(path, { leader: 1, leaderEpoch: 0, isr: [1] }, 3)])
  expect(findings(world, 'MonotonicStateVersion', step)).toHaveLength(1)
})

test('a state that is deleted and created again begins anew', () => {
  const world = worldOf({ state: { leader: 1, epoch: 5, isr: [1] } })
  createState(world)
  const path = `/brokers/topics/orders/partitions/0/state`
  happen(world, ['registry', { ...registryWrite(path, null, 0), kind: 'registryWrite', write: 'delete' } as never])
  const step = happen(world, ['registry', registryWrite(path, { leader: 2, leaderEpoch: 0, isr: [2] }, 0)])
  expect(findings(world, 'MonotonicLeaderEpoch', step)).toEqual([])
  expect(findings(world, 'MonotonicStateVersion', step)).toEqual([])
})

test('MonotonicControllerEpoch breaks when a write does not raise it', () => {
  const world = worldOf()
  const set = (epoch: number, version: number) =>
    findings(
      world,
      'MonotonicControllerEpoch',
      happen(world, ['registry', registryWrite('/controller_epoch', epoch, version)]),
    )
  expect([set(1, 0), set(2, 1)]).toEqual([[], []])
  expect(set(2, 2)).toHaveLength(1)
})

test('PartitionsHaveLeaders holds when the named leader knows it', () => {
  const world = worldOf({ replicas: { 1: { role: 'leader', epoch: 0 } } })
  expect(findings(world, 'PartitionsHaveLeaders')).toEqual([])
})

test('a partition whose ISR is down is explained and no violation while unclean election is off', () => {
  const given = {
    state: { leader: -1, epoch: 2, isr: [1] },
    replicas: { 1: { process: 'down' } },
    controller: 2,
  } as const
  const world = worldOf(given)
  expect(findings(world, 'PartitionsHaveLeaders')).toEqual([])
  expect(leadershipOf(world, P)).toEqual({
    kind: 'explained',
    words: 'no ISR member is up and unclean election is off: ISR [1]',
  })
  const unclean = worldOf({ ...given, settings: { 'unclean.leader.election.enable': true } })
  expect(findings(unclean, 'PartitionsHaveLeaders')[0]!.words).toContain('controller 2 has elected nobody')
})

test('a leader that died a moment ago is explained by its session', () => {
  const world = worldOf({ replicas: { 1: { process: 'down', registered: true } } })
  expect(leadershipOf(world, P)).toMatchObject({
    kind: 'explained',
    words: 'broker 1 leads and is down, and its session has not ended yet',
  })
})

test('a named leader that does not know of it is a violation, and one that hangs is a known hole', () => {
  const ignorant = worldOf({
    state: { leader: 1, epoch: 2, isr: [1] },
    replicas: { 1: { role: 'follower', epoch: 1 } },
  })
  expect(findings(ignorant, 'PartitionsHaveLeaders')).toHaveLength(1)
  const hung = worldOf({ kafka: '0.10.2', replicas: { 1: { role: 'leader', phase: 'hung' } } })
  expect(findings(hung, 'PartitionsHaveLeaders')[0]!.knownHole).toBe('KAFKA-3410')
})

test('a leader that the controller never saw go is a known hole to 2.1, and none once it was seen', () => {
  const named = (kafka: string, seen: boolean) => {
    const world = worldOf({ kafka, state: { leader: 1, epoch: 0, isr: [1, 2] }, replicas: { 1: {} } })
    happen(world, ['controller-2', { kind: 'controllerElected', controllerEpoch: 1 }])
    happen(world, ['broker-1', { kind: 'registered', broker: 1, brokerEpoch: 7 }])
    if (seen) happen(world, ['controller-2', { kind: 'brokerJoined', broker: 1 }])
    return findings(world, 'PartitionsHaveLeaders')[0]!.knownHole
  }
  expect(named('2.1', false)).toBe('KAFKA-7235')
  expect(named('2.1', true)).toBeUndefined()
  expect(named('2.2', false)).toBeUndefined()
})

test('a leader that a former controller has named is a known hole to 2.0', () => {
  const named = (kafka: string, controllerEpoch: number) => {
    const world = worldOf({
      kafka,
      state: { leader: 2, epoch: 0, isr: [1, 2] },
      replicas: { 1: { role: 'leader', epoch: 0 } },
    })
    createState(world)
    happen(world, ['registry', registryWrite('/controller_epoch', controllerEpoch, controllerEpoch - 1)])
    happen(world, writeState(world, { leader: 1, epoch: 1, isr: [1, 2] }))
    return findings(world, 'PartitionsHaveLeaders')[0]!.knownHole
  }
  expect(named('1.1', 2)).toBe('KAFKA-6082, KAFKA-2729')
  expect(named('1.1', 1)).toBeUndefined()
  expect(named('2.4', 2)).toBeUndefined()
})
