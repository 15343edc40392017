import { expect, test } from 'vitest'
import { planOf } from '../../src/campaign/run-case.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { ScenarioDocument } from '../../src/scenario/schema.ts'

const paused = (target: string): ScenarioDocument => ({
  version: 1,
  title: 'A pause that ends by itself',
  kafka: '2.4',
  seed: '1',
  cluster: { brokers: 3 },
  topics: { orders: { replicas: [[1, 2, 3]] } },
  clients: { p: { produces: 'orders', rate: '1/s' }, c: { consumes: 'orders' } },
  run: '6s',
  steps: [{ at: '2s', do: { pause: target, for: '1500ms' } }],
})

test.each([
  ['client p', 'producer-p'],
  ['client c', 'consumer-c'],
  ['broker 2', 'broker-2'],
  ['registry', 'registry'],
])('%s is paused for a time and goes on', (target, process) => {
  const states: string[] = []
  simulate(planOf(paused(target)), {
    digest: false,
    properties: [],
    onEvent: (world): undefined => {
      const { state } = world.processes[process]!
      if (states.at(-1) !== state) states.push(state)
    },
  })
  expect(states.slice(states.indexOf('paused') - 1)).toEqual(['up', 'paused', 'up'])
})

test('what arrives when a pause ends comes behind what has waited on its connection', () => {
  const document: ScenarioDocument = {
    ...paused('broker 1'),
    network: { latency: '1ms' },
    clients: { p: { produces: 'orders', rate: '2/s', settings: { acks: 1, 'linger.ms': 0 } } },
    steps: [{ at: '2400ms', do: { pause: 'broker 1', for: '601ms' } }],
  }
  const numbers: number[] = []
  let together = 0
  simulate(planOf(document), {
    digest: false,
    properties: [],
    onEvent: (world, { event: { body } }): undefined => {
      if (body.kind !== 'deliver' || body.message.type !== 'ProduceRequest') return
      if (world.processes['broker-1']?.state === 'paused') return
      numbers.push(body.message.correlationId)
      if (world.nowUs === 3_001_000) together += 1
    },
  })
  expect(together).toBeGreaterThan(1)
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
})
