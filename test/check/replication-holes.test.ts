/** Holes of the replication protocol, each told by hand: once as it happens, and once as it nearly does. */
import { expect, test } from 'vitest'
import { lostCommitted } from '../../src/check/loss.ts'
import type { Settings } from '../../src/kafka/config.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { Action } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { broker } from '../builders.ts'
import type { ReplicaGiven } from './builders.ts'
import { createState, findings, happen, highWatermark, P, send, worldOf, writeState } from './builders.ts'

const ALL = [1, 2, 3]
const crash: Action = { do: 'crash', target: broker(1) }

type Replicas = Readonly<Record<number, ReplicaGiven>>

/** Broker 1 leads epoch 0 with everybody in sync; `replicas` is how the run ends, with `leader` as the last one named. */
function story(kafka: string, leader: number, replicas: Replicas, settings: Settings = {}): World {
  const world = worldOf({
    kafka,
    settings,
    steps: [{ atUs: 0, do: [crash] }],
    state: { leader, epoch: 0, isr: ALL },
    replicas,
  })
  happen(world, writeState(world, { leader: 1, isr: ALL }))
  leads(world, 1, 0, 0)
  return world
}

/** A broker has this log below its high watermark, which was `from`; its log is what it was before again. */
function commits(world: World, who: number, log: readonly string[], from = 0, isr: readonly number[] = ALL) {
  const node = world.nodes[`broker-${who}`]!
  const last = node.state
  node.state = worldOf({ replicas: { [who]: { log, role: 'leader', isr } } }).nodes[`broker-${who}`]!.state
  const step = happen(world, [`broker-${who}`, highWatermark(from, log.length)])
  node.state = last
  return step
}

const elect = (world: World, leader: number, epoch: number, isr: readonly number[] = ALL) =>
  happen(world, writeState(world, { leader, epoch, isr }))

function leads(world: World, who: number, leaderEpoch: number, logEndOffset: number, hw = 0) {
  const fact: Fact = { kind: 'becameLeader', partition: P, leaderEpoch, logEndOffset, highWatermark: hw, isr: ALL }
  happen(world, [`broker-${who}`, fact])
}

interface Following {
  readonly leader: number
  readonly epoch: number
  readonly logEndOffset: number
  readonly hw: number
}

const follows = ({ leader, epoch, logEndOffset, hw }: Following): Fact => ({
  kind: 'becameFollower',
  partition: P,
  leader,
  leaderEpoch: epoch,
  logEndOffset,
  highWatermark: hw,
})

/** `removed` as `m1@0` (value and leader epoch), the first of them at offset `to`. */
const cut = (to: number, removed: readonly string[], leader: number, leaderEpoch: number): Fact => ({
  kind: 'truncated',
  partition: P,
  from: to + removed.length,
  to,
  removed: removed.map((text, index) => {
    const [value, epoch] = text.split('@')
    return { offset: to + index, epoch: Number(epoch ?? -1), id: `p1/${value}`, value: value! }
  }),
  rule: 'a rule',
  leader,
  leaderEpoch,
})

const holes = (world: World) => lostCommitted(world).map(({ value, toldHole }) => [value, toldHole])
const seen = (world: World, name: string, ...facts: Parameters<typeof happen>[1][]) =>
  findings(world, name, happen(world, ...facts)).map(({ knownHole }) => knownHole)

// --- KIP-101 (KAFKA-1211)

/** Broker 2 follows broker 3 at its high watermark 1, cuts, and leads. */
function cutsAndLeads(to: number, removed: readonly string[], together = true): World {
  const log = ['m1', 'm2', 'm3'].slice(0, to)
  const world = story('0.10.2', 2, { 1: { log: ['m1', 'm2', 'm3'] }, 2: { role: 'leader', log }, 3: { log } })
  commits(world, 1, ['m1', 'm2', 'm3'])
  elect(world, 3, 1)
  leads(world, 3, 1, 3)
  const following = follows({ leader: 3, epoch: 1, logEndOffset: 3, hw: 2 })
  if (together) happen(world, ['broker-2', following], ['broker-2', cut(to, removed, 3, 1)])
  else {
    happen(world, ['broker-2', following])
    happen(world, ['broker-2', cut(to, removed, 3, 1)])
  }
  elect(world, 2, 2)
  leads(world, 2, 2, to)
  return world
}

test('a follower cuts its log to its high watermark and leads (KAFKA-1211)', () => {
  const world = cutsAndLeads(2, ['m3'])
  expect(holes(world)).toEqual([['m3', 'KIP-101 (KAFKA-1211)']])
})

test('a cut deeper than the high watermark is not KAFKA-1211, and neither is one at another time', () => {
  expect(holes(cutsAndLeads(1, ['m2', 'm3']))).toEqual([
    ['m2', undefined],
    ['m3', undefined],
  ])
  expect(holes(cutsAndLeads(2, ['m3'], false))).toEqual([['m3', undefined]])
})

test('what a member of the ISR lacks by a cut to its high watermark has the same hole', () => {
  const lacking = (to: number, removed: readonly string[]) => {
    const world = story('0.10.2', 1, {
      1: { role: 'leader', log: ['m1', 'm2', 'm3'], hw: 3 },
      2: { role: 'follower', log: ['m1', 'm2'].slice(0, to) },
      3: { log: ['m1', 'm2', 'm3'] },
    })
    createState(world)
    commits(world, 1, ['m1', 'm2', 'm3'])
    const following = follows({ leader: 1, epoch: 0, logEndOffset: 3, hw: 2 })
    return seen(world, 'StrongIsr', ['broker-2', following], ['broker-2', cut(to, removed, 1, 0)])
  }
  expect(lacking(2, ['m3'])).toEqual(['KIP-101 (KAFKA-1211)'])
  expect(lacking(1, ['m2', 'm3'])).toEqual([undefined])
})

// --- KAFKA-7415

/** Broker 2 has x of epoch 1 and follows broker 3, which leads epoch 2; it cuts to `to`. */
function asksAboutItsEpoch(leaderHad: readonly string[], to: number): World {
  const removed = ['m2@0', 'x@1'].slice(to - 1)
  const log = ['m1@0', 'm2@0'].slice(0, to)
  const world = story('1.1', 2, { 1: { log: ['m1@0', 'm2@0'] }, 2: { role: 'leader', log }, 3: { log: leaderHad } })
  commits(world, 1, ['m1@0', 'm2@0'])
  elect(world, 2, 1)
  leads(world, 2, 1, 2)
  elect(world, 3, 2)
  leads(world, 3, 2, leaderHad.length)
  happen(world, ['broker-2', follows({ leader: 3, epoch: 2, logEndOffset: 3, hw: 1 })])
  happen(world, ['broker-2', cut(to, removed, 3, 2)])
  elect(world, 2, 3)
  leads(world, 2, 3, to)
  return world
}

test('a leader without an entry of its epoch knows nothing to answer, and the follower cuts to its high watermark (KAFKA-7415)', () => {
  expect(holes(asksAboutItsEpoch(['m1@0', 'm2@0'], 1))).toEqual([['m2', 'KAFKA-7415']])
})

test('it is not KAFKA-7415 where the leader knows the epoch that it is asked for', () => {
  expect(holes(asksAboutItsEpoch(['m1@0', 'm2@0', 'x@1'], 1))).toEqual([['m2', undefined]])
})

// --- KIP-279

/** Broker 2 has y of epoch 1 where broker 1 has x, and follows broker 1, which leads epoch 2. */
function returns(first: string, rest: readonly string[]): World {
  const world = story('1.1', 1, {
    1: { role: 'leader', epoch: 2, log: ['m1@0', first, ...rest], hw: 4 },
    2: { role: 'follower', epoch: 2, log: ['m1@0', 'y@1', ...rest], hw: 1 },
  })
  elect(world, 2, 1)
  leads(world, 2, 1, 1)
  elect(world, 1, 2)
  leads(world, 1, 2, 3)
  happen(world, ['broker-2', follows({ leader: 1, epoch: 2, logEndOffset: 2, hw: 1 })])
  return world
}

test('a leader that has never seen the epoch names the start of its next one, and the follower keeps its own (KIP-279)', () => {
  const world = returns('x@0', ['x2@0', 'z@2'])
  expect(findings(world, 'ReplicasConverge').map(({ knownHole }) => knownHole)[0]).toBe('KIP-279 (KAFKA-6361)')
})

test('it is not KIP-279 where the leader has records of the epoch', () => {
  const world = returns('x@1', ['x2@1', 'z@2'])
  expect(findings(world, 'ReplicasConverge').map(({ knownHole }) => knownHole)[0]).toBeUndefined()
})

// --- KAFKA-7164 and KIP-320

/** Broker 3 keeps x, which broker 1 has cut for y of broker 2, and hears of broker 1's second term, or never does. */
function missesElections(kafka: string, by: 'skips' | 'hears nothing', between: number): World {
  const world = story(kafka, 1, {
    1: { role: 'leader', epoch: 2, log: ['m1@0', 'y@1', 'z@2'], hw: 3 },
    2: { log: ['m1@0', 'y@1'] },
    3: { role: 'follower', epoch: 0, log: ['m1@0', 'x@0', 'z@2'], hw: 1 },
  })
  happen(world, ['broker-3', follows({ leader: 1, epoch: 0, logEndOffset: 0, hw: 0 })])
  elect(world, between, 1)
  happen(world, ['broker-1', follows({ leader: 2, epoch: 1, logEndOffset: 2, hw: 1 })])
  happen(world, ['broker-1', cut(1, ['x@0'], 2, 1)])
  elect(world, 1, 2)
  leads(world, 1, 2, 2)
  if (by === 'skips') {
    const skipped = { kind: 'becomeFollowerSkippedSameLeader', partition: P, leader: 1, leaderEpoch: 2 } as const
    happen(world, ['broker-3', skipped])
  }
  return world
}

const differs = (world: World) =>
  findings(world, 'ReplicasConverge')
    .filter(({ key }) => key === `${P} 3 diverged`)
    .map(({ knownHole }) => knownHole)

test('a follower passes over a role that names the same leader, though another one has led in between (KAFKA-7164)', () => {
  const skipped = { kind: 'becomeFollowerSkippedSameLeader', partition: P, leader: 1, leaderEpoch: 2 } as const
  const told = (between: number) => {
    const world = missesElections('1.1', 'hears nothing', between)
    // It hears of the second term before broker 1 takes it.
    world.ledger.facts = world.ledger.facts.filter(({ fact }) => fact.kind !== 'becameLeader' || fact.leaderEpoch !== 2)
    happen(world, ['broker-3', skipped])
    return differs(world)
  }
  expect(told(2)).toEqual(['KAFKA-7164'])
  expect(told(1)).toEqual([undefined])
})

test('a follower of the past fetches from a leader of another epoch (KIP-320)', () => {
  expect(differs(missesElections('2.0.1', 'hears nothing', 2))).toEqual(['KIP-320 (KAFKA-6880)'])
  expect(differs(missesElections('2.0.1', 'hears nothing', 1))).toEqual([undefined])
  // Since 2.1 its fetches are refused.
  expect(differs(missesElections('2.1', 'hears nothing', 2))).toEqual([undefined])
})

// --- KAFKA-7128

/** Broker 3 is out of the ISR, without m2, and comes in when the new leader's high watermark is `hw`. */
function joins(kafka: string, hw: number): World {
  const world = story(kafka, 3, { 1: { log: ['m1@0', 'm2@0'] }, 2: { log: [] }, 3: { role: 'leader', log: ['m1@0'] } })
  elect(world, 1, 0, [1, 2])
  commits(world, 1, ['m1@0', 'm2@0'], 0, [1, 2])
  elect(world, 2, 1, [2])
  leads(world, 2, 1, 2, 1)
  if (hw > 1) happen(world, ['broker-2', highWatermark(1, hw)])
  happen(world, ['broker-2', { kind: 'isrExpandAsked', partition: P, fromIsr: [2], toIsr: [2, 3] }])
  elect(world, 2, 1, [2, 3])
  elect(world, 3, 2, [3])
  leads(world, 3, 2, 1)
  return world
}

test('a follower joins at the stale high watermark of a new leader (KAFKA-7128)', () => {
  expect(holes(joins('2.0.0', 1))).toEqual([['m2', 'KAFKA-7128']])
})

test('it is not KAFKA-7128 where the leader knew what is committed, or asks for its epoch', () => {
  expect(holes(joins('2.0.0', 2))).toEqual([['m2', undefined]])
  expect(holes(joins('2.0.1', 1))).toEqual([['m2', undefined]])
})

// --- KIP-106

test('a replica from outside the ISR is elected, or one that is in it', () => {
  const elected = (isr: readonly number[], isUncleanOn: boolean) => {
    const replicas: Replicas = { 1: { log: ['m1@0'] }, 2: { log: [] }, 3: { role: 'leader', log: [] } }
    const world = story('2.4', 3, replicas, { 'unclean.leader.election.enable': isUncleanOn })
    commits(world, 1, ['m1@0'])
    elect(world, 1, 0, isr)
    elect(world, 3, 1, [3])
    leads(world, 3, 1, 0)
    return holes(world)
  }
  expect(elected([1, 2], true)).toEqual([['m1', 'KIP-106 (unclean leader election)']])
  expect(elected(ALL, true)).toEqual([['m1', undefined]])
  // It must not be elected at all.
  expect(elected([1, 2], false)).toEqual([['m1', undefined]])
})

// --- KAFKA-2143 and KAFKA-1647

/** Broker 2 cuts everything at an event of its own and leads. */
function losesAll(kafka: string, facts: readonly Fact[], before: readonly Fact[] = []): World {
  const world = story(kafka, 2, { 1: { log: ['m1', 'm2'] }, 2: { role: 'leader', log: [] } })
  commits(world, 1, ['m1', 'm2'])
  for (const fact of before) happen(world, ['broker-2', fact])
  happen(world, ...facts.map((fact) => ['broker-2', fact] as const))
  elect(world, 2, 1)
  leads(world, 2, 1, 0)
  return world
}

test('a follower out of range drops its whole log (KAFKA-2143)', () => {
  const wipe = cut(0, ['m1', 'm2'], 1, 0)
  const reset: Fact = { kind: 'fetchOffsetReset', partition: P, at: 2, to: 0 }
  expect(holes(losesAll('0.8.2', [wipe, reset])).map(([, hole]) => hole)).toEqual(['KAFKA-2143', 'KAFKA-2143'])
  expect(holes(losesAll('0.8.2', [wipe])).map(([, hole]) => hole)).toEqual([undefined, undefined])
})

test('a checkpoint that has forgotten the partition takes all of it (KAFKA-1647)', () => {
  const recovered: Fact = {
    kind: 'recovered',
    partition: P,
    from: 2,
    durable: 2,
    logEndOffset: 2,
    highWatermark: 2,
  }
  const cutAll = [follows({ leader: 1, epoch: 0, logEndOffset: 2, hw: 0 }), cut(0, ['m1', 'm2'], 1, 0)]
  const told = (kafka: string, before: readonly Fact[]) => holes(losesAll(kafka, cutAll, before))[0]![1]
  expect(told('0.8.1', [recovered])).toBe('KAFKA-1647')
  // A replica that never knew better, and a version that keeps it in the file.
  expect(told('0.8.1', [])).toBe('KIP-101 (KAFKA-1211)')
  expect(told('0.8.2', [recovered])).toBe('KIP-101 (KAFKA-1211)')
})

// --- KAFKA-14704

test('a diverging answer has moved the high watermark over what the next one will have cut (KAFKA-14704)', () => {
  const believed = (hwBefore: number, fetchedSince: boolean, kafka = '2.8') => {
    const world = story(kafka, 1, {
      1: { role: 'leader', epoch: 2, log: ['m1@0', 'x@2', 'z@2'], hw: 3 },
      2: { role: 'follower', epoch: 2, log: ['m1@0', 'y@1', ...(fetchedSince ? ['z@2'] : [])], hw: 2 },
    })
    happen(world, ['broker-2', follows({ leader: 1, epoch: 2, logEndOffset: 3, hw: hwBefore })])
    return seen(
      world,
      'LogMatchingBelowHighWatermark',
      ['broker-2', highWatermark(hwBefore, 2, 'follower')],
      ['broker-2', cut(2, ['y2@1'], 1, 2)],
    )
  }
  expect(believed(1, false)).toEqual(['KAFKA-14704'])
  expect(believed(1, true)).toEqual([undefined])
  expect(believed(1, false, '3.9')).toEqual([undefined])
})

// --- KAFKA-5494

test('a record that is given up lends its sequence to the next one, which is in no log (KAFKA-5494)', () => {
  const answered = (idempotent: boolean) => {
    const world = story('0.11', 1, { 1: { role: 'leader', log: ['m1@0'] } })
    commits(world, 1, ['m1@0'])
    send(world, 'm1', { error: 'TIMED_OUT' })
    send(world, 'm2', { offset: 0 })
    const clients = [{ kind: 'producer', name: 'p1', settings: { 'enable.idempotence': idempotent } }]
    const plan = { ...world.plan, clients } as unknown as World['plan']
    return findings({ ...world, plan }, 'AckedAtAllNotLost').map(({ knownHole }) => knownHole)
  }
  expect(answered(true)).toEqual(['KAFKA-5494'])
  expect(answered(false)).toEqual([undefined])
})

// --- KAFKA-2960

/** Broker 1 appends m1 and steps down, cuts it and leads again, maybe in another life; then m1 is acknowledged. */
function acknowledgedLate(kafka: string, back: 'same-life' | 'new-life' | 'never'): World {
  const world = story(kafka, 1, { 1: { role: 'leader', log: [] }, 2: { log: [] }, 3: { log: [] } })
  elect(world, 2, 1)
  happen(
    world,
    ['broker-1', follows({ leader: 2, epoch: 1, logEndOffset: 0, hw: 0 })],
    ['broker-1', cut(0, ['m1'], 2, 1)],
  )
  if (back === 'new-life') {
    const started = {
      kind: 'recovered',
      partition: P,
      scanned: [],
      from: 0,
      durable: 0,
      logEndOffset: 0,
      highWatermark: 0,
    }
    happen(world, ['broker-1', started as Fact])
  }
  if (back !== 'never') {
    elect(world, 1, 2)
    leads(world, 1, 2, 0)
  }
  send(world, 'm1', { offset: 0 })
  return world
}

test('a produce outlives the lead of its broker, and its record is cut before it is acknowledged (KAFKA-2960)', () => {
  expect(seen(acknowledgedLate('0.9', 'same-life'), 'AckedAtAllNotLost')).toEqual(['KAFKA-2960'])
})

test('it is not KAFKA-2960 where the broker has not led again in the same life, or a step-down answers', () => {
  expect(seen(acknowledgedLate('0.9', 'never'), 'AckedAtAllNotLost')).toEqual([undefined])
  expect(seen(acknowledgedLate('0.9', 'new-life'), 'AckedAtAllNotLost')).toEqual([undefined])
  expect(seen(acknowledgedLate('0.10.2', 'same-life'), 'AckedAtAllNotLost')).toEqual([undefined])
})
