import { expect, test } from 'vitest'
import { planOf } from '../../src/campaign/run-case.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { ScenarioDocument } from '../../src/scenario/schema.ts'

const worker = {
  consumes: 'in',
  group: 'workers',
  processing: '5ms',
  transforms: { to: 'out', producers: 'per-instance', 'commit-every': '200ms' },
  settings: { 'group.protocol': 'consumer', 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed' },
}

/** Two workers; one of them sleeps in the middle of a transaction for longer than its session. */
const DOCUMENT = {
  version: 1,
  title: 'Transactions of a group of KIP-848',
  kafka: '4.1',
  seed: '1',
  cluster: {
    brokers: 3,
    settings: {
      'offsets.topic.num.partitions': 1,
      'transaction.state.log.num.partitions': 1,
      'group.consumer.session.timeout.ms': 2_000,
      'group.consumer.heartbeat.interval.ms': 400,
    },
  },
  topics: {
    in: {
      replicas: [
        [1, 2, 3],
        [2, 3, 1],
      ],
      settings: { 'min.insync.replicas': 2 },
    },
    out: { replicas: [[3, 1, 2]], settings: { 'min.insync.replicas': 2 } },
  },
  clients: {
    shop: { produces: 'in', keys: { 'round-robin': 7 }, rate: '20/s', until: '12s', settings: { acks: 'all' } },
    one: worker,
    two: worker,
  },
  run: '18s',
  steps: [{ when: { transaction: 'workers-one', state: 'Ongoing' }, do: { pause: 'client one', for: '6s' } }],
} as unknown as ScenarioDocument

test('a member commits in transactions by its epoch, and one that was removed meanwhile is refused', () => {
  const { world, violations, outcome } = simulate(planOf(DOCUMENT))
  const told = world.ledger.facts.flatMap(({ fact }) => (fact.kind === 'transactionTold' ? [fact] : []))
  const ofOne = told.filter(({ client }) => client.startsWith('one'))
  expect(outcome).toBe('completed')
  expect(violations).toEqual([])
  expect(ofOne.some(({ outcome }) => outcome === 'committed')).toBe(true)
  expect(ofOne.some(({ outcome }) => outcome === 'aborted')).toBe(true)
  expect(told.filter(({ outcome }) => outcome === 'committed').length).toBeGreaterThan(20)
})
