/** A story for planted bugs of transactions: one commits, one aborts, one is replaced and goes on, one is too slow. Seeds move its times. */
import type { ScenarioDocument } from '../scenario/schema.ts'

const call = (name: string, client: string, more: Readonly<Record<string, unknown>> = {}) => ({
  call: name,
  client,
  ...more,
})

/** Much longer than a transaction of the slow one may take, in ms. */
const SLOW_MS = 6_000

export function transactionStory(kafka: string, seed: number): ScenarioDocument {
  const gapMs = 400 + (seed % 7) * 150
  const acts = [
    [call('init-transactions', 'p'), call('init-transactions', 'z')],
    [call('begin', 'p'), call('send', 'p', { to: 't-0', value: 'a1' }), call('send', 'p', { to: 'u-0', value: 'a2' })],
    [call('commit', 'p')],
    [call('begin', 'p'), call('send', 'p', { to: 't-0', value: 'b1' })],
    [call('send-offsets', 'p', { offsets: { 'u-0': 1 }, group: 'ledger' })],
    [call('abort', 'p')],
    [call('begin', 'z'), call('send', 'z', { to: 't-0', value: 'c1' })],
    [call('init-transactions', 'y')],
    [call('send', 'z', { to: 'u-0', value: 'c2', waits: false }), call('commit', 'z')],
    [call('init-transactions', 's')],
    [call('begin', 's'), call('send', 's', { to: 't-0', value: 'd1' })],
  ]
  const lastMs = 4500 + (acts.length - 1) * gapMs
  // The one that is slow goes on long after its time is over, as if nothing had happened.
  const late = { at: `${lastMs + SLOW_MS}ms`, do: [call('send', 's', { to: 't-0', value: 'd2' }), call('commit', 's')] }
  const settings = (id: string) => ({
    'transactional.id': id,
    ...(id === 'c' ? { 'transaction.timeout.ms': 2_000 } : {}),
  })
  return {
    version: 1,
    title: 'Transactions with a planted bug',
    story: '',
    kafka,
    seed: String(seed),
    cluster: {
      brokers: 3,
      settings: {
        'transaction.state.log.num.partitions': 1,
        'offsets.topic.num.partitions': 1,
        'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
      },
    },
    topics: { t: { replicas: [[1, 2, 3]] }, u: { replicas: [[2, 3, 1]] } },
    clients: {
      p: { produces: 't', settings: settings('a') },
      z: { produces: 't', settings: settings('b') },
      y: { produces: 't', settings: settings('b') },
      s: { produces: 't', settings: settings('c') },
      reader: {
        consumes: ['t', 'u'],
        settings: { 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed' },
      },
    },
    run: '40s',
    steps: [
      ...acts.map((act, index) => ({ at: `${3000 + (index === 0 ? 0 : 1500) + index * gapMs}ms`, do: act })),
      late,
    ],
  } as unknown as ScenarioDocument
}
