/** A story for planted bugs of transactions: one commits, one aborts, one is replaced and goes on. Seeds move its times. */
import type { ScenarioDocument } from '../scenario/schema.ts'

const call = (name: string, client: string, more: Readonly<Record<string, unknown>> = {}) => ({
  call: name,
  client,
  ...more,
})

export function transactionStory(kafka: string, seed: number): ScenarioDocument {
  const gapMs = 400 + (seed % 7) * 150
  const acts = [
    [call('init-transactions', 'p'), call('init-transactions', 'z')],
    [call('begin', 'p'), call('send', 'p', { to: 't-0', value: 'a1' }), call('send', 'p', { to: 'u-0', value: 'a2' })],
    [call('commit', 'p')],
    [call('begin', 'p'), call('send', 'p', { to: 't-0', value: 'b1' })],
    [call('abort', 'p')],
    [call('begin', 'z'), call('send', 'z', { to: 't-0', value: 'c1' })],
    [call('init-transactions', 'y')],
    [call('send', 'z', { to: 'u-0', value: 'c2', waits: false }), call('commit', 'z')],
  ]
  const settings = (id: string) => ({ 'transactional.id': id })
  return {
    version: 1,
    title: 'Transactions with a planted bug',
    story: '',
    kafka,
    seed: String(seed),
    cluster: { brokers: 3, settings: { 'transaction.state.log.num.partitions': 1 } },
    topics: { t: { replicas: [[1, 2, 3]] }, u: { replicas: [[2, 3, 1]] } },
    clients: {
      p: { produces: 't', settings: settings('a') },
      z: { produces: 't', settings: settings('b') },
      y: { produces: 't', settings: settings('b') },
      reader: {
        consumes: ['t', 'u'],
        settings: { 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed' },
      },
    },
    run: '20s',
    steps: acts.map((act, index) => ({ at: `${3000 + (index === 0 ? 0 : 1500) + index * gapMs}ms`, do: act })),
  } as unknown as ScenarioDocument
}
