import { describe, expect, test } from 'vitest'
import type { FamilyName, Fault } from '../../src/campaign/families.ts'
import { FAMILY_NAMES, faultOf } from '../../src/campaign/families.ts'
import type { FaultDraw, Ground } from '../../src/campaign/fault-shape.ts'
import type { ActionForm } from '../../src/scenario/schema.ts'

const GROUND: Ground = {
  brokers: [1, 2, 3, 4, 5],
  kraft: false,
  racks: { a: [1, 4], b: [2, 5], c: [3] },
  partitions: ['orders-0', 'orders-1'],
  replicationFactor: 3,
  producers: ['p1'],
  members: ['m1', 'm2'],
  clients: ['m1', 'm2', 't1'],
  coordinated: ['__consumer_offsets-0'],
  startupMs: 500,
  sessionMs: 3_000,
  lagMs: 4_000,
  untilMs: 40_000,
  budget: 2,
}

/** Draws that choose every target and variant. */
const DRAWS: readonly FaultDraw[] = Array.from({ length: 60 }, (_, n) => ({
  atMs: 2_000 + n * 100,
  forMs: 300 + n * 7,
  a: (n * 17) % 1000,
  b: (n * 31 + 5) % 1000,
  c: (n * 13 + 3) % 1000,
}))

interface Done {
  readonly atMs: number
  readonly action: ActionForm
}

const plans = (family: FamilyName, ground: Ground = GROUND): { fault: Fault; done: Done[] }[] =>
  DRAWS.flatMap((draw) => {
    const fault = faultOf(family, 1, ground, draw)
    return fault === null ? [] : [{ fault, done: doneBy(fault) }]
  })

const doneBy = ({ steps }: Fault): Done[] =>
  steps.flatMap(({ at, do: actions }) =>
    [actions].flat().map((action): Done => ({ atMs: Number.parseInt(at!, 10), action })),
  )

const having = <Key extends string>(done: readonly Done[], key: Key): (Done & { readonly value: unknown })[] =>
  done.flatMap((it) => (key in it.action ? [{ ...it, value: it.action[key as keyof ActionForm] as unknown }] : []))

describe('a named pattern does what its name says', () => {
  test('rolling bounce: one broker after the other goes down, each back before the next goes', () => {
    for (const { done } of plans('rolling-bounce')) {
      const downs = [...having(done, 'stop'), ...having(done, 'crash')]
      const ups = having(done, 'start')
      expect(downs.map(({ value }) => value)).toEqual(GROUND.brokers.map((id) => `broker ${id}`))
      expect(ups.map(({ value }) => value)).toEqual(downs.map(({ value }) => value))
      downs.forEach(({ atMs }, n) => {
        expect(ups[n]!.atMs).toBeGreaterThan(atMs)
        if (n > 0) expect(atMs).toBeGreaterThan(ups[n - 1]!.atMs + GROUND.startupMs)
      })
    }
  })

  test('rolling bounce: near the end of the faults fewer are bounced, and still one at a time', () => {
    for (const { done } of plans('rolling-bounce', { ...GROUND, untilMs: 9_000 })) {
      const downs = [...having(done, 'stop'), ...having(done, 'crash')]
      const ups = having(done, 'start')
      expect(downs.length).toBeGreaterThan(0)
      downs.slice(1).forEach(({ atMs }, n) => {
        expect(atMs).toBeGreaterThan(ups[n]!.atMs + GROUND.startupMs)
      })
    }
  })

  test('swizzle: brokers are cut off one by one, and come back one by one, in the other order at times', () => {
    const orders = new Set<boolean>()
    for (const { fault, done } of plans('swizzle')) {
      const cuts = having(done, 'cut')
      const heals = having(done, 'heal')
      expect(cuts).toHaveLength(GROUND.budget)
      expect(fault.breaks).toBe(GROUND.budget)
      const who = (it: { readonly value: unknown }): unknown => (it.value as { between: string }).between
      expect(heals.map(who).sort()).toEqual(cuts.map(who).sort())
      expect(cuts[1]!.atMs).toBeGreaterThan(cuts[0]!.atMs)
      expect(heals[0]!.atMs).toBeGreaterThan(cuts.at(-1)!.atMs)
      expect(heals[1]!.atMs).toBeGreaterThan(heals[0]!.atMs)
      for (const { value } of cuts) expect((value as { and: string[] }).and).toContain('registry')
      orders.add(who(heals[0]!) === who(cuts[0]!))
    }
    expect(orders.size).toBe(2)
  })

  test('jam then burst: what a leader sends its followers is held, records come meanwhile, all goes on at once', () => {
    for (const { done } of plans('jam-then-burst')) {
      const [hold] = having(done, 'hold')
      const [send] = having(done, 'send')
      const [heal] = having(done, 'heal')
      const { from, to } = hold!.value as { from: string; to: string }
      expect(to).toBe(from.replace('leader', 'followers'))
      expect(send!.value as number).toBeGreaterThanOrEqual(3)
      expect(send!.atMs).toBeGreaterThan(hold!.atMs)
      expect(heal!.atMs).toBeGreaterThan(send!.atMs)
    }
  })

  test('flapping link: the same link is cut and healed at least three times, at even distances', () => {
    for (const { done } of plans('flapping-link')) {
      const cuts = having(done, 'cut')
      const heals = having(done, 'heal')
      expect(cuts.length).toBeGreaterThanOrEqual(3)
      expect(heals).toHaveLength(cuts.length)
      expect(new Set(cuts.map(({ value }) => JSON.stringify(value))).size).toBe(1)
      const times = cuts.flatMap(({ atMs }, n) => [atMs, heals[n]!.atMs])
      const gaps = times.slice(1).map((atMs, n) => atMs - times[n]!)
      expect(new Set(gaps).size).toBe(1)
    }
  })

  test('bridge: two halves do not hear each other, and just one broker hears both', () => {
    for (const { done } of plans('bridge')) {
      const [cut] = having(done, 'cut')
      const { between, and } = cut!.value as { between: string[]; and: string[] }
      expect(between.some((name) => and.includes(name))).toBe(false)
      expect(Math.abs(between.length - and.length)).toBeLessThanOrEqual(1)
      expect(between.length + and.length).toBe(GROUND.brokers.length - 1)
      expect(having(done, 'heal')).toHaveLength(1)
    }
  })

  test('isolate the leader: it is cut off from all other brokers, in half of the draws from the registry too', () => {
    const from = new Set<string>()
    for (const { done } of plans('isolate-leader')) {
      const [cut] = having(done, 'cut')
      const { between, and } = cut!.value as { between: string; and: string[] }
      expect(between).toMatch(/^leader\(orders-[01]\)$/)
      expect(and).toContain('brokers')
      from.add(and.join())
      expect(having(done, 'heal')[0]!.atMs).toBeGreaterThan(cut!.atMs)
    }
    expect([...from].sort()).toEqual(['brokers', 'brokers,registry'])
  })

  test('isolate the controller: from brokers, from the registry, or from both', () => {
    const from = plans('isolate-controller').map(({ done }) => {
      const { between, and } = having(done, 'cut')[0]!.value as { between: string; and: string[] }
      expect(between).toBe('controller')
      return and.join()
    })
    expect([...new Set(from)].sort()).toEqual(['brokers', 'brokers,registry', 'registry'])
  })

  test('bounce inside the session timeout: killed and at work again before its session can end', () => {
    for (const { fault, done } of plans('bounce-in-session')) {
      const [crash] = having(done, 'crash')
      const [start] = having(done, 'start')
      const startupMs = Number.parseInt((start!.action as { startup: string }).startup, 10)
      expect(start!.atMs).toBeGreaterThan(crash!.atMs)
      expect(start!.atMs + startupMs).toBeLessThan(crash!.atMs + GROUND.sessionMs)
      expect(fault.toMs).toBe(start!.atMs + startupMs)
    }
  })

  test('whole-rack power loss: all brokers of one rack lose their power, and each counts against the budget', () => {
    for (const { fault, done } of plans('rack-power')) {
      const [loss] = having(done, 'power-loss')
      const rack = /^rack\((.)\)$/.exec(loss!.value as string)![1]!
      expect(fault.breaks).toBe(GROUND.racks[rack]!.length)
      expect(having(done, 'start')[0]!.atMs).toBeGreaterThan(loss!.atMs)
    }
    expect(plans('rack-power', { ...GROUND, racks: {} })).toEqual([])
  })
})

test('every fault ends by the end of the faults, and says from when to when it breaks how many', () => {
  for (const family of FAMILY_NAMES) {
    for (const { fault, done } of plans(family)) {
      for (const { atMs } of done) expect(atMs).toBeLessThanOrEqual(GROUND.untilMs)
      expect(fault.toMs).toBeGreaterThanOrEqual(fault.fromMs)
      expect(fault.breaks).toBeLessThanOrEqual(GROUND.budget)
    }
  }
})

test('faults of clients break no broker and mean nothing where there is no such client', () => {
  for (const family of ['crash-member', 'leave-group', 'pause-client', 'cut-client', 'busy-member'] as const) {
    expect(plans(family).every(({ fault }) => fault.breaks === 0)).toBe(true)
    expect(plans(family, { ...GROUND, members: [], clients: [] })).toEqual([])
  }
  expect(plans('crash-coordinator', { ...GROUND, coordinated: [] })).toEqual([])
})

test('a new disk comes long after every session of its broker has ended', () => {
  for (const { done } of plans('wipe')) {
    const [wipe] = having(done, 'wipe')
    const [start] = having(done, 'start')
    expect(start!.value).toBe(wipe!.value)
    expect(start!.atMs).toBeGreaterThan(wipe!.atMs + 2 * GROUND.sessionMs)
  }
})
