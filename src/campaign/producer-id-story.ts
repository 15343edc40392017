/**
 * A story for planted bugs of producer ids: between the first and the next ones the active controller dies, and with them
 * what brokers have of their blocks. Seeds move its times.
 */
import type { ScenarioDocument } from '../scenario/schema.ts'

const settings = { 'enable.idempotence': true }

export function producerIdStory(kafka: string, seed: number): ScenarioDocument {
  const crashMs = 8_000 + (seed % 7) * 150
  return {
    version: 1,
    title: 'The active controller dies between two blocks of producer ids',
    kafka,
    seed: String(seed),
    cluster: { brokers: 3, controllers: 3 },
    topics: { t: { replicas: [[1, 2, 3]] } },
    clients: {
      p1: { produces: 't', rate: '5/s', settings },
      p2: { produces: 't', rate: '5/s', settings },
    },
    run: '30s',
    settle: '30s',
    'heal-at-end': true,
    steps: [
      { at: `${crashMs}ms`, do: { crash: 'controller' } },
      { after: '3s', do: { start: 'controllers' } },
      { after: '2s', do: [{ crash: 'brokers' }, { crash: 'client p2' }] },
      { after: '3s', do: { start: 'brokers' } },
      { after: '3s', do: { start: 'client p2' } },
    ],
  }
}
