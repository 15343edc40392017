import { expect, test } from 'vitest'
import { propertyNamed } from '../../../src/check/index.ts'
import type { MemberApplication } from '../../../src/client/consumer/state.ts'
import { resolveSettings, type Settings } from '../../../src/kafka/config.ts'
import type { PlanConsumer } from '../../../src/world/plan.ts'
import type { World } from '../../../src/world/world.ts'
import { planOf } from '../../builders.ts'
import { findings, happen, polled, send, worldOf } from '../builders.ts'

const END_US = 60_000_000

function consumer(kafka: string, settings: Settings, member: Partial<MemberApplication> = {}): PlanConsumer {
  return {
    kind: 'consumer',
    name: 'c1',
    partitions: null,
    topics: ['orders'],
    settings: resolveSettings('consumer', kafka, { 'group.id': 'g', 'auto.offset.reset': 'earliest', ...settings }),
    startUs: 0,
    stopUs: null,
    bootstrap: [1, 2, 3],
    member: { processUs: 20_000, commits: 'none', handsOff: false, ...member },
  }
}

function promised(kafka: string, settings: Settings, member: Partial<MemberApplication> = {}): boolean {
  const plan = { ...planOf({ kafka }), clients: [consumer(kafka, settings, member)] }
  return propertyNamed('NoUnseenWrites')!.promised(plan).promised
}

test('a member that works at one poll for longer than max.poll.interval.ms need not come to the end of the log', () => {
  expect(promised('3.5', { 'max.poll.interval.ms': 4000 })).toBe(false)
  expect(promised('3.5', { 'max.poll.interval.ms': 11_000 })).toBe(true)
  expect(promised('3.5', { 'max.poll.interval.ms': 4000, 'max.poll.records': 100 })).toBe(true)
  expect(promised('3.5', { 'max.poll.interval.ms': 4000 }, { handsOff: true })).toBe(true)
})

test('before KIP-62 the session limits the work at one poll, which nothing bounds', () => {
  expect(promised('0.9', {})).toBe(false)
  expect(promised('0.9', {}, { processUs: 0 })).toBe(true)
})

/** One record at offset 2 that nobody was handed, and a member that has read up to 1, with work in hand or without. */
function unseen(isAtWork: boolean): World {
  const client = consumer('3.5', {})
  const world = worldOf({
    kafka: '3.5',
    replicas: { 1: { role: 'leader', hw: 3, log: ['m1', 'm2', 'm3'] } },
    plan: { clients: [client], runUs: END_US },
  })
  for (const [offset, value] of ['m1', 'm2', 'm3'].entries()) send(world, value, { offset })
  const application = { processing: isAtWork ? { stage: 'processing' } : null }
  const volatile = { view: { brokers: [1, 2, 3] }, application }
  world.nodes['consumer-c1'] = {
    id: 'consumer-c1',
    kind: 'consumer',
    process: 'consumer-c1',
    state: { durable: { running: true, committed: {} }, volatile },
  } as unknown as World['nodes'][string]
  happen(world, [
    'consumer-c1',
    polled(0, [
      [0, 'm1'],
      [1, 'm2'],
    ]),
  ])
  world.nowUs = END_US
  return world
}

test('a record is unseen when its readers wait for it, not while they still work at what they were handed', () => {
  expect(findings(unseen(false), 'NoUnseenWrites')).toHaveLength(1)
  expect(findings(unseen(true), 'NoUnseenWrites')).toEqual([])
})
