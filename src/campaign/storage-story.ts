/**
 * A story for planted bugs of the log on disk: a compacted topic and one whose records grow old, a transaction that
 * stays open, a power loss, a follower that falls behind, and a crash. Seeds move its times.
 */
import type { ScenarioDocument } from '../scenario/schema.ts'

/** The log manager's look for old segments begins half a minute after the start. */
const LOOKS_FROM_MS = 32_000

export function storageStory(kafka: string, seed: number): ScenarioDocument {
  const shiftMs = (seed % 11) * 270
  const at = (ms: number): string => `${ms + shiftMs}ms`
  const written = (topic: string, more: Readonly<Record<string, unknown>> = {}) => ({
    produces: topic,
    rate: '20/s',
    'value-size': 100,
    settings: { acks: '1', 'linger.ms': 0 },
    ...more,
  })
  const sends = Array.from({ length: 5 }, (_, n) => ({
    call: 'send',
    client: 'teller',
    to: 'table-0',
    value: `t${n}`,
    key: '1',
  }))
  return {
    version: 1,
    title: 'The log on disk with a planted bug',
    story: '',
    kafka,
    seed: String(seed),
    cluster: {
      brokers: 2,
      settings: {
        'zookeeper.session.timeout.ms': 6000,
        'log.cleaner.backoff.ms': 500,
        'log.retention.check.interval.ms': 1000,
        'replica.lag.time.max.ms': 120_000,
        'replica.high.watermark.checkpoint.interval.ms': 500,
        'transaction.state.log.num.partitions': 1,
        'transaction.state.log.replication.factor': 2,
      },
    },
    topics: {
      table: {
        replicas: [[1, 2]],
        settings: { 'cleanup.policy': 'compact', 'segment.bytes': 1000, 'min.cleanable.dirty.ratio': '0.01' },
      },
      old: { replicas: [[1, 2]], settings: { 'segment.bytes': 1000, 'retention.ms': 2000 } },
    },
    clients: {
      market: written('table', { keys: { 'round-robin': 5 } }),
      shop: written('old'),
      teller: { produces: 'table', settings: { 'transactional.id': 'a' } },
    },
    run: '80s',
    steps: [
      { at: '3s', do: { call: 'init-transactions', client: 'teller' } },
      { at: at(5_000), do: [{ call: 'begin', client: 'teller' }, ...sends] },
      { at: at(18_000), do: { call: 'abort', client: 'teller' } },
      { at: at(21_000), do: { 'power-loss': 'broker 2', keep: 'durable', torn: true } },
      { after: '8s', do: { start: 'broker 2' } },
      { at: at(LOOKS_FROM_MS), do: { lag: 'broker 2', by: '12s' } },
      { at: at(LOOKS_FROM_MS + 14_000), do: { lag: 'broker 2', by: '0s' } },
      { at: at(LOOKS_FROM_MS + 28_000), do: { crash: 'broker 1' } },
      { after: '8s', do: { start: 'broker 1' } },
    ],
  } as unknown as ScenarioDocument
}
