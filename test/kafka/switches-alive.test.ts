/** Every switch is alive: there is a story, or a vector, in which it alone decides what comes out. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { MECHANISM_NAMES } from '../../src/scenario/mechanism-switches.ts'
import { BY_HAND } from './switches/by-hand.ts'
import { conforms, fingerprint, planOf, read } from './switches/stories.ts'

/** A story in which one flipped switch changes what comes out. Found by scripts/switch-witnesses.mjs. */
interface Witness {
  readonly switch: string
  readonly kafka: string
  readonly value: string | number | boolean
  readonly story: string
}

const root = new URL('../../', import.meta.url)
const witnesses = JSON.parse(read('test/kafka/switches/witnesses.json')) as Witness[]
/** Recordings of clients and of disks, and vectors of classes, have a verdict of their own. */
const isJudged = ({ story }: Witness): boolean => /^test\/conformance\/(?:clients|storage|vectors)\//.test(story)

test('every switch has a story that shows it', () => {
  const byHand = BY_HAND.flatMap(({ flipped }) => Object.keys(flipped))
  const shown = [...witnesses.map((each) => each.switch), ...byHand]
  expect(MECHANISM_NAMES.filter((name) => !shown.includes(name))).toEqual([])
  expect(shown.filter((name, index) => shown.indexOf(name) !== index)).toEqual([])
})

test('every story of the switches is used', () => {
  const stories = readdirSync(new URL('test/kafka/switches/', root)).filter((name) => name.endsWith('.yaml'))
  const used = new Set(witnesses.map(({ story }) => story))
  expect(stories.filter((name) => !used.has(`test/kafka/switches/${name}`))).toEqual([])
})

const bases = new Map<string, string>()

test.each(witnesses.filter((each) => !isJudged(each)))(
  '$switch: Kafka $kafka with $value tells another story in $story',
  ({ switch: name, kafka, value, story }) => {
    const plan = planOf(story, kafka)
    expect(plan.mechanisms[name as keyof Mechanisms] ?? false).not.toBe(value)
    const key = `${kafka} ${story}`
    const base = bases.get(key) ?? fingerprint(plan)
    bases.set(key, base)
    expect(fingerprint({ ...plan, mechanisms: { ...plan.mechanisms, [name]: value } }) === base).toBe(false)
  },
)

test.each(witnesses.filter(isJudged))(
  '$switch: $story agrees, and does not with $value',
  ({ switch: name, value, story }) => {
    expect(conforms(story, {})).toBe('agreed')
    expect(conforms(story, { [name]: value })).toBe('differing')
  },
)

/** Every request has another correlation id. */
const withoutIds = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer, (key, value) => (key === 'correlationId' ? undefined : value)))

test.each(BY_HAND)('$flipped: Kafka $kafka answers otherwise; $because', ({ kafka, flipped, answer }) => {
  const asItIs = answer(kafka, {})
  expect(asItIs).toBeDefined()
  expect(withoutIds(answer(kafka, flipped))).not.toEqual(withoutIds(asItIs))
})
