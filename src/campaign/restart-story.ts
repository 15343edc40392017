/** A story for planted bugs of starts: a leader dies with batches whose answers are on their way. Seeds move its times. */
import type { ScenarioDocument } from '../scenario/schema.ts'

export function restartStory(kafka: string, seed: number): ScenarioDocument {
  const beginMs = 4_000 + (seed % 7) * 150
  return {
    version: 1,
    title: 'A leader dies with batches whose answers are on their way',
    kafka,
    seed: String(seed),
    cluster: { brokers: 1 },
    topics: { t: { replicas: [[1]] } },
    clients: {
      p: {
        produces: 't',
        rate: '50/s',
        settings: { 'enable.idempotence': true, 'linger.ms': 0, 'request.timeout.ms': 2_000 },
      },
    },
    run: '15s',
    settle: '60s',
    'heal-at-end': true,
    steps: [
      { at: `${beginMs}ms`, do: { hold: { from: 'broker 1', to: 'client p', messages: ['ProduceResponse'] } } },
      { after: '1s', do: { crash: 'broker 1' } },
      { after: '2s', do: { release: { from: 'broker 1', to: 'client p', messages: ['ProduceResponse'] } } },
      { after: '1s', do: { start: 'broker 1' } },
    ],
  }
}
