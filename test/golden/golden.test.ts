/**
 * Whole readable traces of a few short runs. After a change that is meant, `npm run golden:update` writes them again;
 * commit a difference only when it can be explained.
 */
import { expect, test } from 'vitest'
import type { Plan } from '../../src/world/plan.ts'
import { broker, planOf } from '../builders.ts'
import { wholeTrace } from './whole-trace.ts'

/** Four records before the crash, one in the gap, two after it, and the old leader comes back. */
const leaderCrash = (kafka: string): Plan => ({
  ...planOf({
    kafka,
    settings: {
      'zookeeper.session.timeout.ms': 2000,
      'min.insync.replicas': 2,
      'unclean.leader.election.enable': false,
    },
    producers: [
      {
        workload: [
          { kind: 'rate', perSecond: 4, count: 4, startUs: 1_000_000, stopUs: null },
          { kind: 'rate', perSecond: 1, count: 3, startUs: 2_500_000, stopUs: null },
        ],
      },
    ],
    steps: [
      { atUs: 2_200_000, do: [{ do: 'crash', target: { role: 'leader', partition: 'orders-0' } }] },
      { atUs: 5_500_000, do: [{ do: 'start', target: broker(1), startupUs: 100_000 }] },
    ],
    runUs: 7_000_000,
  }),
  title: 'the leader crashes and comes back',
})

for (const kafka of ['2.4', '0.10.2']) {
  test(`the whole trace of a leader crash under Kafka ${kafka} is as it was`, async () => {
    await expect(wholeTrace(leaderCrash(kafka))).toMatchFileSnapshot(`leader-crash-${kafka}.txt`)
  })
}
