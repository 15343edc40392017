/** A story for planted bugs of group coordinators: a static member sleeps through a rebalance. Seeds move its times. */
import type { ScenarioDocument } from '../scenario/schema.ts'

/** The group waits for it no longer than for max.poll.interval.ms, and it stays a member all the same (KIP-345). */
export function sleepingMemberStory(kafka: string, seed: number): ScenarioDocument {
  const settings = {
    'auto.offset.reset': 'earliest',
    'session.timeout.ms': 25_000,
    'heartbeat.interval.ms': 2_000,
    'max.poll.interval.ms': 3_000,
  }
  const member = (instance: string) => ({
    consumes: 'orders',
    group: 'billing',
    commits: 'sync-after' as const,
    settings: { ...settings, 'group.instance.id': instance },
  })
  return {
    version: 1,
    title: 'A static member sleeps through a rebalance',
    kafka,
    seed: String(seed),
    cluster: {
      brokers: 3,
      settings: { 'offsets.topic.num.partitions': 1, 'group.initial.rebalance.delay.ms': 500 },
    },
    topics: {
      orders: {
        replicas: [
          [1, 2, 3],
          [2, 3, 1],
          [3, 1, 2],
        ],
      },
    },
    clients: {
      shop: { produces: 'orders', rate: '40/s', settings: { acks: 'all' } },
      first: member('first'),
      second: member('second'),
      late: { consumes: 'orders', group: 'billing', commits: 'sync-after', from: '9s', settings },
    },
    run: '30s',
    steps: [{ at: `${7_000 + (seed % 7) * 170}ms`, do: { pause: 'client first', for: '9s' } }],
  }
}
