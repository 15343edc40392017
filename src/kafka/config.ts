/** Settings under Kafka's dotted keys and in Kafka's units. One table; nothing else maps a key. */
import { own } from '../kernel/own.ts'
import { compareReleases, generationNamed, parseRelease } from './generation/table.ts'
import { BROKER_SETTINGS } from './settings/broker-settings.ts'
import { CONSUMER_SETTINGS } from './settings/consumer-settings.ts'
import { PRODUCER_SETTINGS } from './settings/producer-settings.ts'
import { TOPIC_SETTINGS } from './settings/topic-settings.ts'

export type SettingScope = 'broker' | 'topic' | 'producer' | 'consumer'
type SettingType = 'int' | 'boolean' | 'string'

/**
 * A default that holds from a generation on; the last entry at or before a generation wins, and an entry of a `-kraft`
 * generation holds only without a registry. `null`: no such setting. `''`: it exists and is unset.
 */
type DefaultSince = readonly [generation: string, value: number | boolean | string | null]

export interface Setting extends Bounds {
  readonly key: string
  readonly scope: SettingScope
  readonly type: SettingType
  /** `ms`, `bytes`, `count`, `s`, `min`, `h`, or empty. */
  readonly unit: string
  readonly defaults: readonly DefaultSince[]
  /** What it does, in one plain sentence. */
  readonly meaning: string
}

/** What may be written for a setting. Bounds of a `string` mean that it is a decimal number. */
interface Bounds {
  readonly min?: number
  readonly max?: number
  readonly allowed?: readonly string[]
  /** Several values may stand there, separated by commas, and at least one. */
  readonly listed?: boolean
  /** Values that a later release brought, with that release. */
  readonly since?: Readonly<Record<string, string>>
  /** Values that a release removed, with the first one without them. */
  readonly until?: Readonly<Record<string, string>>
  /** Values that Kafka knows by the name of a class, by that name without its package. */
  readonly classes?: Readonly<Record<string, string>>
}

/** Values by dotted key, as a plan carries them: numbers, booleans and strings of Kafka's own units. */
export type Settings = Readonly<Record<string, number | boolean | string>>

export type SettingValue = number | boolean | string

type Row = readonly [
  key: string,
  type: SettingType,
  unit: string,
  defaults: readonly DefaultSince[],
  meaning: string,
  bounds?: Bounds,
  ...rest: readonly unknown[],
]

const settingOf = (scope: SettingScope, [key, type, unit, defaults, meaning, bounds]: Row): Setting => ({
  key,
  scope,
  type,
  unit,
  defaults,
  meaning,
  ...bounds,
})

/** Every setting; a key may be there once a scope. */
export const SETTINGS: readonly Setting[] = [
  ...BROKER_SETTINGS.map((row) => settingOf('broker', row)),
  ...TOPIC_SETTINGS.map((row) => settingOf('topic', row)),
  ...PRODUCER_SETTINGS.map((row) => settingOf('producer', row)),
  ...CONSUMER_SETTINGS.map((row) => settingOf('consumer', row)),
]

const byKey = (scope: SettingScope): ReadonlyMap<string, Setting> =>
  new Map(SETTINGS.filter((setting) => setting.scope === scope).map((setting) => [setting.key, setting]))

const BY_SCOPE: Readonly<Record<SettingScope, ReadonlyMap<string, Setting>>> = {
  broker: byKey('broker'),
  topic: byKey('topic'),
  producer: byKey('producer'),
  consumer: byKey('consumer'),
}

/** The setting of that key: of the named scope, else of the first scope that has it. */
export function settingNamed(key: string, scope?: SettingScope): Setting | undefined {
  if (scope !== undefined) return BY_SCOPE[scope].get(key)
  return SETTINGS.find((setting) => setting.key === key)
}

export const settingsIn = (scope: SettingScope): readonly Setting[] => SETTINGS.filter((it) => it.scope === scope)

/** The default in a generation: `null` where there is no such setting, `''` where it exists and is unset. */
export function defaultIn(setting: Setting, generationName: string): SettingValue | null {
  const at = parseRelease(generationName)
  if (at === null) throw new RangeError(`${generationName} is no generation of Kafka`)
  let found: SettingValue | null = null
  for (const [since, value] of setting.defaults) {
    const from = parseRelease(since)!
    if (compareReleases(from, at) <= 0 && (at.kraft || !from.kraft)) found = value
  }
  return found
}

/** The defaults of a generation, overlaid. Settings that the generation lacks or leaves unset are absent. */
export function resolveSettings(scope: SettingScope, generationName: string, overrides: Settings): Settings {
  const resolved: Record<string, SettingValue> = {}
  for (const setting of settingsIn(scope)) {
    const value = defaultIn(setting, generationName)
    if (value !== null && value !== '') resolved[setting.key] = value
  }
  return scope === 'producer'
    ? idempotentSettings({ ...resolved, ...overrides }, overrides, generationName)
    : { ...resolved, ...overrides }
}

/** Where idempotence is only the default (3.0, KIP-679), it gives way to what an application asks for and cannot have with it. */
const contradictsIdempotence = (given: Settings): boolean =>
  (given.acks !== undefined && !['all', '-1'].includes(String(given.acks))) ||
  String(given.retries) === '0' ||
  Number(given['max.in.flight.requests.per.connection'] ?? 1) > 5

/**
 * What an idempotent producer is given where the application says nothing (clients: KafkaProducer.configureAcks and
 * others): it waits for the whole ISR and tries without end. 0.11 logs remember one batch of it, so one is in flight.
 */
function idempotentSettings(settings: Settings, given: Settings, generationName: string): Settings {
  const transactional = settings['transactional.id'] ?? ''
  const asked = given['enable.idempotence']
  if (transactional === '' && asked === undefined && settings['enable.idempotence'] === true) {
    return contradictsIdempotence(given) ? { ...settings, 'enable.idempotence': false } : settings
  }
  if (transactional === '' && String(asked) !== 'true') return settings
  const implied: Record<string, SettingValue> = { 'enable.idempotence': true }
  if (given.acks === undefined) implied.acks = 'all'
  if (given.retries === undefined) implied.retries = 2_147_483_647
  const one = generationNamed(generationName)?.mechanisms.producerBatchesKept === 1
  const inFlight = 'max.in.flight.requests.per.connection'
  if (one && given[inFlight] === undefined) implied[inFlight] = 1
  return { ...settings, ...implied }
}

type ValidatedSetting =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly expected: string; readonly message: string }

/** Checks a value as a person wrote it (numbers and booleans may come as text) and gives it its type. */
export function validateSetting(
  key: string,
  scope: SettingScope,
  value: unknown,
  generationName: string,
): ValidatedSetting {
  const setting = settingNamed(key, scope)
  if (setting === undefined) return refused(`a ${scope} setting`, unknownKey(key, scope))
  if (defaultIn(setting, generationName) === null) {
    return refused(`a ${scope} setting of Kafka ${generationName}`, `${key} does not exist in Kafka ${generationName}`)
  }
  if (setting.type === 'int') return validateInt(setting, value)
  if (setting.type === 'boolean') return validateBoolean(setting, value)
  return validateString(setting, value, generationName)
}

const refused = (expected: string, message: string): ValidatedSetting => ({ ok: false, expected, message })

function unknownKey(key: string, scope: SettingScope): string {
  const elsewhere = SETTINGS.filter((setting) => setting.key === key).map((setting) => setting.scope)
  if (elsewhere.length === 0) return `no setting is called ${key}`
  return `${key} is a setting of the ${elsewhere.join(' and ')}, not of the ${scope}`
}

function validateInt(setting: Setting, value: unknown): ValidatedSetting {
  const most = setting.max === undefined ? '' : ` and at most ${setting.max}`
  const least = setting.min === undefined ? '' : ` of at least ${setting.min}${most}`
  const expected = `a whole number${least}${setting.unit === '' ? '' : ` (${setting.unit})`}`
  const number = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    return refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
  }
  if ((setting.min !== undefined && number < setting.min) || number > (setting.max ?? Number.POSITIVE_INFINITY)) {
    return refused(expected, `${setting.key} must be ${expected}, found ${number}`)
  }
  // Kafka's largest long stands for "never" and cannot be held; what is as large becomes the largest that can.
  return { ok: true, value: Math.min(number, Number.MAX_SAFE_INTEGER) }
}

function validateBoolean(setting: Setting, value: unknown): ValidatedSetting {
  if (value === true || value === 'true') return { ok: true, value: true }
  if (value === false || value === 'false') return { ok: true, value: false }
  return refused('true or false', `${setting.key} must be true or false, found ${printed(value)}`)
}

/** Whether a release is at or before a generation. */
const isBy = (release: string, generationName: string): boolean =>
  compareReleases(parseRelease(release)!, parseRelease(generationName)!) <= 0

/** What a generation does not have of the values that another one has, and since or until when; null when it has it. */
function whyNotIn(setting: Setting, value: string, generationName: string): string | null {
  const since = own(setting.since ?? {}, value)
  if (since !== undefined && !isBy(since, generationName)) return `it came with ${since}`
  const until = own(setting.until ?? {}, value)
  return until !== undefined && isBy(until, generationName) ? `it was removed in ${until}` : null
}

const KAFKAS_OWN = /^org\.apache\.kafka\.(?:.*\.)?/

/** A value as this house calls it: classes of Kafka's own by their short names. */
const valueNamed = ({ classes }: Setting, written: string): string => {
  const value = written.trim()
  return classes === undefined ? value : (own(classes, value.replace(KAFKAS_OWN, '')) ?? value)
}

function validateString(setting: Setting, value: unknown, generationName: string): ValidatedSetting {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : null
  if (setting.min !== undefined && setting.max !== undefined) return validateDecimal(setting, text, value)
  const anyNumber = setting.key === 'acks' && generationNamed(generationName)?.mechanisms.acksAnyNumber === true
  const allowed = valuesIn(setting, generationName)
  const words = allowed?.map((each) => (each === '' ? 'nothing' : each)).join(', ') ?? 'text'
  const several = setting.listed === true ? 'one or more of ' : ''
  const expected = `${several}${words}${anyNumber ? ' or a number of replicas' : ''}`
  if (text === null) return refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
  // Ids are keys of a world, which is plain data: no object and no patch can hold this one like any other.
  if (text === '__proto__' && setting.key.endsWith('.id'))
    return refused('another id', `${setting.key} must not be __proto__`)
  const values = (setting.listed === true ? text.split(',') : [text]).map((each) => valueNamed(setting, each))
  for (const each of allowed === undefined ? [] : values) {
    if (allowed!.includes(each) || (anyNumber && /^[1-9]\d*$/.test(each))) continue
    const why = whyNotIn(setting, each, generationName)
    return refused(
      expected,
      why === null
        ? `${setting.key} must be ${expected}, found ${printed(value)}`
        : `${setting.key} cannot be ${each} in Kafka ${generationName}: ${why}`,
    )
  }
  return { ok: true, value: setting.key === 'acks' && text === '-1' ? 'all' : values.join(',') }
}

/** The values that a setting may have in a generation; undefined: any text. */
export const valuesIn = (setting: Setting, generationName: string): readonly string[] | undefined =>
  setting.allowed?.filter((each) => whyNotIn(setting, each, generationName) === null)

/** Kept as text, as a person wrote it. */
function validateDecimal(setting: Setting, text: string | null, value: unknown): ValidatedSetting {
  const expected = `a number from ${setting.min} to ${setting.max}`
  const isNumber = text !== null && /^\d+(?:\.\d+)?$/.test(text)
  return isNumber && Number(text) >= setting.min! && Number(text) <= setting.max!
    ? { ok: true, value: text }
    : refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
}

const printed = (value: unknown): string => JSON.stringify(value) ?? String(value)

interface TopicRow {
  readonly setting: Setting
  readonly brokerKeys: readonly (readonly [brokerKey: string, factor: number])[]
}

const TOPIC_ROWS: ReadonlyMap<string, TopicRow> = new Map(
  TOPIC_SETTINGS.map((row) => [row[0], { setting: settingNamed(row[0], 'topic')!, brokerKeys: row[6] }]),
)

/**
 * The value in force for a topic: its own, else the broker's (`retention.ms` from `log.retention.ms`, `.minutes` or
 * `.hours`, in that order). `undefined` where the generation has no such setting.
 */
export function topicSetting(
  broker: Settings,
  topic: Readonly<Record<string, SettingValue>> | undefined,
  key: string,
): SettingValue | undefined {
  const row = TOPIC_ROWS.get(key)
  if (row === undefined) throw new RangeError(`no topic setting is called ${key}`)
  const own = topic?.[key]
  if (own !== undefined) return typed(row.setting, own)
  for (const [brokerKey, factor] of row.brokerKeys) {
    const value = broker[brokerKey]
    if (value === undefined) continue
    return typeof value === 'number' && value >= 0 ? Math.min(value * factor, Number.MAX_SAFE_INTEGER) : value
  }
  return undefined
}

function typed(setting: Setting, value: SettingValue): SettingValue {
  if (setting.type === 'int') return Number(value)
  if (setting.type === 'boolean') return value === true || value === 'true'
  return String(value)
}
