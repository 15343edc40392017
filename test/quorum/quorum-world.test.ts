import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import type { PlanStep } from '../../src/world/plan.ts'
import { controllerTruth, partitionTruth } from '../../src/world/targets.ts'
import { broker, planOf } from '../builders.ts'

const controllers = [3001, 3002, 3003].map((id) => ({ id, startAtUs: 0 }))

function run(kafka: string, steps: readonly Partial<PlanStep>[], runUs = 40_000_000) {
  const plan = planOf({ kafka, producers: [{}], runUs, steps: steps.map((step) => ({ ...step })) as never })
  return simulate({ ...plan, controllers }, { digest: false })
}

const at = (seconds: number, ...actions: unknown[]) => ({ atUs: seconds * 1_000_000, do: actions }) as never

test('the metadata log of every controller is a prefix of the committed one, with growing epochs', () => {
  const { world } = run('4.1', [at(5, { do: 'crash', target: { role: 'controller' } })])
  const committed = world.ledger.metadataLog
  const epochs = committed.map(({ epoch }) => epoch)
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
  expect(new Set(epochs).size).toBeGreaterThan(1)
  for (const { id } of controllers) {
    const { log, committedEnd } = (world.nodes[`quorum-${id}`]!.state as never as { durable: never })
      .durable as never as {
      log: { record: unknown }[]
      committedEnd: number
    }
    const own = log.slice(0, committedEnd).map(({ record }) => record)
    expect(own).toEqual(committed.slice(0, committedEnd).map(({ record }) => record))
  }
})

test('a paused controller is replaced, and what it believes when it goes on changes nothing', () => {
  const { world, violations } = run('3.9-kraft', [
    at(5, { do: 'pause', target: { role: 'controller' }, forUs: 10_000_000 }),
    at(8, { do: 'crash', target: broker(1) }),
  ])
  expect(violations).toEqual([])
  const leaders = Object.values(world.nodes).filter(
    ({ kind, state }) =>
      kind === 'quorum' && (state as { volatile: { role: string } | null }).volatile?.role === 'leader',
  )
  expect(leaders).toHaveLength(1)
  expect(controllerTruth(world)?.epoch).toBeGreaterThan(1)
  expect(partitionTruth(world, 'orders-0')?.leader).toBe(2)
})

test('without a majority of controllers nothing is decided: a dead leader keeps its leadership', () => {
  const { world } = run('4.1', [
    at(5, { do: 'crash', target: { role: 'quorum', id: 3001 } }, { do: 'crash', target: { role: 'quorum', id: 3002 } }),
    at(6, { do: 'crash', target: broker(1) }),
  ])
  expect(partitionTruth(world, 'orders-0')).toMatchObject({ leader: 1, leaderEpoch: 0, isr: [1, 2, 3] })
})

test.each(['2.4', '4.1'])('a topic may be called like what every object has, in %s', (kafka) => {
  const topics = { constructor: [[1, 2, 3]] }
  const plan = planOf({ kafka, topics, producers: [{ topic: 'constructor' }], runUs: 10_000_000 })
  const { world, violations } = simulate(plan, { digest: false })
  expect(violations).toEqual([])
  expect(Object.values(world.ledger.sent).filter(({ outcome }) => outcome === 'acked').length).toBeGreaterThan(20)
})

test('a new active controller gives out no producer id twice (KIP-730)', () => {
  const idempotent = { settings: { 'enable.idempotence': true } }
  const plan = planOf({
    kafka: '4.1',
    producers: [idempotent, { ...idempotent, startedByStep: true }],
    runUs: 30_000_000,
    steps: [
      at(5, { do: 'crash', target: { role: 'controller' } }),
      // Brokers that begin anew have no ids left.
      at(12, { do: 'crash', target: { role: 'all-brokers' } }),
      at(13, { do: 'start', target: { role: 'all-brokers' }, startupUs: 100_000 }),
      at(18, { do: 'start', target: { role: 'client', name: 'p2' }, startupUs: 0 }),
    ],
  })
  const { world, violations } = simulate({ ...plan, controllers }, { digest: false })
  expect(violations).toEqual([])
  const given = world.ledger.metadataLog.flatMap(({ record }) =>
    record.type === 'ProducerIds' ? [record.nextProducerId] : [],
  )
  expect(given).toEqual([1000, 2000])
})

// [1, 2, 3] to [2, 3, 4] while broker 4 is down, then back again: nobody is added, so broker 4 stays the added one, and
// is now the one to remove as well. To 3.7 the reassignment waits for it for ever; from 3.8 on for those who stay.
test.each([
  ['3.5-kraft', [1, 2, 3, 4]],
  ['4.1', [1, 2, 3]],
])('%s: a reassignment that takes back another one', (kafka, replicas) => {
  const reassign = (to: readonly number[]) => {
    const request = { admin: 'reassign', partitions: { 'orders-0': to } }
    return { do: 'admin', request }
  }
  const steps = [at(5, { do: 'crash', target: broker(4) }), at(6, reassign([2, 3, 4])), at(8, reassign([1, 2, 3]))]
  const plan = planOf({ kafka, brokers: 4, topics: { orders: [[1, 2, 3]] }, runUs: 40_000_000, steps })
  const { world } = simulate({ ...plan, controllers }, { digest: false })
  expect(partitionTruth(world, 'orders-0')?.replicas).toEqual(replicas)
})

test('a broker that may not register yet refuses connections, and answers nobody by an empty cluster', () => {
  const steps = [
    at(5, { do: 'crash', target: broker(2) }),
    { atUs: 5_100_000, do: [{ do: 'start', target: broker(2), startupUs: 100_000 }] } as never,
  ]
  const topics = { orders: [[2, 1, 3]] }
  const plan = planOf({ kafka: '4.1', topics, producers: [{}], runUs: 20_000_000, steps })
  let refused = 0
  const brokersTold: number[] = []
  simulate(
    { ...plan, controllers },
    {
      digest: false,
      onEvent: ({ processes, nowUs }, { event: { body } }) => {
        if (nowUs < 5_200_000) return undefined
        if (body.kind === 'disconnect' && body.peer === 'broker-2' && body.reason === 'refused') {
          if (processes['broker-2']?.state === 'up') refused += 1
        }
        if (body.kind === 'deliver' && body.from === 'broker-2' && body.message.type === 'MetadataResponse') {
          brokersTold.push(body.message.brokers.length)
        }
        return undefined
      },
    },
  )
  expect(refused).toBeGreaterThan(0)
  expect(brokersTold).not.toContain(0)
})
