/**
 * What the forms of a scenario are made of: maps, lists, scalars with their units, bounds. Every error text is a tag that
 * `explain.ts` turns into a problem.
 */
import { z } from 'zod'
import { SETTINGS, type SettingScope } from '../kafka/config.ts'
import { MESSAGE_NAMES } from './message-words.ts'
import { BROKER_OR_NONE_PATTERN, PARTITION_PATTERN, TARGET_OR_NONE_PATTERN, TARGET_PATTERN } from './target.ts'
import { DURATION_PATTERN, SIGNED_DURATION_PATTERN, SIZE_PATTERN } from './units.ts'
import { TARGETS } from './vocabulary/targets.ts'

/** The first keys that tell the forms of a map apart, by tag: `action` -> crash, stop, … */
export const HEADS: Record<string, readonly string[]> = {}

/** A map whose form is told by one of its keys. */
export function byHead<Forms extends Record<string, z.ZodType>>(tag: string, forms: Forms) {
  HEADS[tag] = Object.keys(forms)
  return z.union(Object.values(forms) as Forms[keyof Forms][], { error: `one-of:${tag}` })
}

const meaningOf = (words: readonly { name: string; meaning: string }[], name: string): string =>
  words.find((word) => word.name === name)?.meaning ?? ''

/** Each form with what the vocabulary says of it. */
export const described = <Forms extends Record<string, z.ZodType>>(
  words: readonly { name: string; meaning: string }[],
  forms: Forms,
): Forms =>
  Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [name, form.describe(meaningOf(words, name))]),
  ) as Forms

export const textLike = (tag: string, pattern: RegExp) => z.string({ error: tag }).regex(pattern, tag)
export const whole = (tag: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.int({ error: tag }).min(min, tag).max(max, tag)
/** The tag carries the keys, because zod does not tell which keys it knows when it finds one it does not. */
export const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: `map:${Object.keys(shape).join()}` })
export const list = <Item extends z.ZodType>(item: Item, tag = 'list') => z.array(item, { error: tag })
export const oneOrMore = <Item extends z.ZodType>(item: Item, tag: string) =>
  z.union([item, list(item, tag).min(1, tag)], { error: tag })
export const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  z.enum(names as unknown as [string, ...string[]], { error: 'one-of-names' }) as unknown as z.ZodType<
    Names[number],
    Names[number]
  >

export const text = z.string({ error: 'text' }).max(20_000, 'text')
export const line = z.string({ error: 'line' }).min(1, 'line').max(200, 'line')
/** An id of its own making, which becomes a key of the world. */
export const groupId = line.refine((id) => id !== '__proto__', 'client-name')
export const duration = textLike('duration', DURATION_PATTERN).meta({ id: 'duration', examples: ['500ms', '5s', '2m'] })
export const signedDuration = textLike('signed-duration', SIGNED_DURATION_PATTERN)
export const count = whole('count', 0)
export const positive = whole('positive', 1)
export const ratio = z.number({ error: 'ratio' }).min(0.001, 'ratio').max(1, 'ratio')
export const flag = z.boolean({ error: 'flag' })
export const brokerId = whole('broker-id', 1, 9999)
export const topicPattern = textLike('topic-pattern', /^\/.+\/$/)
export const topicName = textLike('topic-name', /^(?!\.{1,2}$|__proto__$)[A-Za-z0-9._-]{1,249}$/)
export const clientName = textLike('client-name', /^(?!__proto__$)[A-Za-z0-9._-]{1,100}$/)
export const partition = textLike('partition', PARTITION_PATTERN).meta({ id: 'partition', examples: ['orders-0'] })
export const target = textLike('target', TARGET_PATTERN).meta({
  id: 'target',
  description: 'Whom it means: by name or by role.',
  examples: TARGETS.map((it) => it.example),
})
export const targets = oneOrMore(target, 'targets').meta({ id: 'targets' })
export const partitions = oneOrMore(partition, 'partitions')
export const brokerOrNone = textLike('broker-or-none', BROKER_OR_NONE_PATTERN)
export const targetOrNone = textLike('target-or-none', TARGET_OR_NONE_PATTERN)
export const size = z.union([whole('size', 0), textLike('size', SIZE_PATTERN)], { error: 'size' })
export const replicas = list(brokerId, 'replicas').min(1, 'replicas')
export const assignment = list(replicas, 'assignment').min(1, 'assignment')
export const messages = list(z.enum(MESSAGE_NAMES as [string, ...string[]], { error: 'message' }), 'messages').min(
  1,
  'messages',
)
export const value = z.union([z.string(), z.number(), z.boolean()], { error: 'setting-value' })

/** Settings under Kafka's dotted keys; the known ones are listed so that editors complete them. */
export const settings = (...scopes: SettingScope[]) =>
  z.record(z.string(), value, { error: 'settings' }).meta({
    id: `${scopes.join('-or-')}-settings`,
    description: `Settings of a ${scopes.join(' or a ')} under Kafka's dotted keys and in Kafka's units.`,
    properties: Object.fromEntries(
      SETTINGS.filter((it) => scopes.includes(it.scope)).map((it) => [
        it.key,
        { type: ['string', 'number', 'boolean'], description: it.meaning },
      ]),
    ),
    additionalProperties: false,
  })
export const brokerSettings = settings('broker')
export const topicSettings = settings('topic')

export const bounds = {
  'at-least': count.optional().describe('Not less than this.'),
  'at-most': count.optional().describe('Not more than this.'),
  equals: count.optional().describe('Exactly this.'),
}
export const amount = z.union([whole('amount', 0), map(bounds)], { error: 'amount' })
export const time = z.union(
  [
    textLike('time-bounds', DURATION_PATTERN),
    map({ 'at-least': duration.optional(), 'at-most': duration.optional(), equals: duration.optional() }),
  ],
  { error: 'time-bounds' },
)
