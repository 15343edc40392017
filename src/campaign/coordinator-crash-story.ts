/** A story for planted bugs of coordinators that take over: one dies as soon as it has decided. Seeds move its times. */
import type { ScenarioDocument } from '../scenario/schema.ts'

export function coordinatorCrashStory(kafka: string, seed: number): ScenarioDocument {
  const beginMs = 3_000 + (seed % 7) * 150
  return {
    version: 1,
    title: 'A coordinator dies in the middle of a commit',
    kafka,
    seed: String(seed),
    cluster: { brokers: 3, settings: { 'transaction.state.log.num.partitions': 1 } },
    topics: { t: { replicas: [[1, 2, 3]] }, u: { replicas: [[2, 3, 1]] } },
    clients: { p: { produces: 't', settings: { 'transactional.id': 'a' } } },
    run: '20s',
    settle: '60s',
    'heal-at-end': true,
    steps: [
      {
        at: `${beginMs}ms`,
        do: [
          { call: 'init-transactions', client: 'p' },
          { call: 'begin', client: 'p' },
          { call: 'send', client: 'p', to: 't-0', value: 'a1' },
          { call: 'send', client: 'p', to: 'u-0', value: 'a2' },
          { call: 'commit', client: 'p' },
        ],
      },
      { when: { transaction: 'a', state: 'PrepareCommit' }, do: { crash: 'leader(__transaction_state-0)' } },
      { after: '3s', do: { start: 'brokers' } },
    ],
  }
}
