/** The house rules of state that make raw, recorded and replayed runs the same. */
import { expect, test } from 'vitest'
import { applyPatches } from '../../src/driver/patches.ts'
import { record } from '../../src/driver/record.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { fingerprint } from '../../src/kernel/fingerprint.ts'
import { samplePlans, VERSIONS } from './plans.ts'

/** The first place at which a value is no plain data; null when it is all plain. */
function notPlain(value: unknown, at: string): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${at} is ${value}`
  if (typeof value !== 'object') return `${at} is ${typeof value}`
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return `${at} has a class`
  for (const [key, member] of Object.entries(value)) {
    const found = notPlain(member, `${at}.${key}`)
    if (found !== null) return found
  }
  return null
}

/** Freezes a value and all it holds. */
function freeze(value: unknown, frozen: WeakSet<object>): void {
  if (value === null || typeof value !== 'object' || frozen.has(value)) return
  frozen.add(value)
  Object.freeze(value)
  for (const member of Object.values(value)) freeze(member, frozen)
}

for (const kafka of VERSIONS) {
  test(`Kafka ${kafka}: a world is plain data at any moment`, () => {
    for (const { name, plan } of samplePlans({ kafka, count: 2, seed: 5000 })) {
      simulate(plan, {
        properties: [],
        digest: false,
        onEvent: (world) => {
          if (world.index % 400 === 0) expect(notPlain(world, name)).toBe(null)
          return true
        },
      })
    }
  })

  // A machine that puts its own array into a message and changes it later would change what is in flight when run raw,
  // and would not when recorded. With everything frozen that was sent or said, such a change throws.
  test(`Kafka ${kafka}: what was sent, said or answered never changes`, () => {
    for (const { plan } of samplePlans({ kafka, count: 4, seed: 6000 })) {
      const frozen = new WeakSet<object>()
      let next = 1
      const run = () =>
        simulate(plan, {
          properties: [],
          digest: false,
          onEvent: (world, report) => {
            for (const event of world.pending) if (event !== null && event.id >= next) freeze(event.body, frozen)
            next = world.nextEventId
            freeze(report.facts, frozen)
            freeze(report.completed, frozen)
            return true
          },
        })
      expect(run).not.toThrow()
    }
  })
}

test('undoing every event of a recording brings the first world back, and redoing them the last', () => {
  for (const { name, plan } of samplePlans({ kafka: '2.4', count: 2, seed: 7000 })) {
    const recording = record(plan, { untilUs: 4_000_000 })
    const first = fingerprint(recording.initial)
    const last = fingerprint(recording.result.world)
    let world = recording.result.world
    for (const event of [...recording.events].reverse()) world = applyPatches(world, event.undo)
    expect({ name, world: fingerprint(world) }).toEqual({ name, world: first })
    for (const event of recording.events) world = applyPatches(world, event.redo)
    expect({ name, world: fingerprint(world) }).toEqual({ name, world: last })
  }
})
