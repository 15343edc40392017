import { expect, test } from 'vitest'
import { countOf } from '../../src/check/counts.ts'
import type { PlanConsumer } from '../../src/world/plan.ts'
import { happen, polled, worldOf } from './builders.ts'

const consumer = (name: string, group: string): PlanConsumer =>
  ({ kind: 'consumer', name, settings: { 'group.id': group } }) as unknown as PlanConsumer

const member = (name: string, group: string): PlanConsumer => ({ ...consumer(name, group), groupInRegistry: true })

const TOOK = polled(0, [[0, 'm0']])

test('what members of a group in the registry took is processed: by two of one group twice, by two groups once each', () => {
  const clients = [member('c1', 'billing'), member('c2', 'billing'), member('c3', 'audit')]
  const world = worldOf({ plan: { clients } })
  const took = (client: string, offset: number) =>
    happen(world, [`consumer-${client}`, { ...polled(offset, [[offset, `m${offset}`]]), client } as typeof TOOK])
  for (const [client, offset] of [
    ['c1', 0],
    ['c1', 1],
    ['c2', 1],
    ['c3', 0],
  ] as const)
    took(client, offset)
  expect(countOf(world, 'processed')).toBe(3)
  expect(countOf(world, 'processedAgain')).toBe(1)
})

test('a consumer without a group processes nothing that counts', () => {
  const world = worldOf({ plan: { clients: [consumer('c1', 'billing')] } })
  happen(world, ['consumer-c1', TOOK])
  expect(countOf(world, 'processed')).toBe(0)
})
