/** Settings under Kafka's dotted keys and in Kafka's units. One table; nothing else maps a key. */
import { compareReleases, generationNamed, parseRelease } from './generation/table.ts'
import { BROKER_SETTINGS } from './settings/broker-settings.ts'
import { CONSUMER_SETTINGS } from './settings/consumer-settings.ts'
import { PRODUCER_SETTINGS } from './settings/producer-settings.ts'
import { TOPIC_SETTINGS } from './settings/topic-settings.ts'

export type SettingScope = 'broker' | 'topic' | 'producer' | 'consumer'
export type SettingType = 'int' | 'boolean' | 'string'

/**
 * A default that holds from a generation on; the last entry at or before a generation wins, and an entry of a `-kraft`
 * generation holds only without a registry. `null`: no such setting. `''`: it exists and is unset.
 */
export type DefaultSince = readonly [generation: string, value: number | boolean | string | null]

export interface Setting {
  readonly key: string
  readonly scope: SettingScope
  readonly type: SettingType
  /** `ms`, `bytes`, `count`, `s`, `min`, `h`, or empty. */
  readonly unit: string
  readonly min?: number
  readonly allowed?: readonly string[]
  /** Values that a later generation brought. */
  readonly since?: Readonly<Record<string, string>>
  readonly defaults: readonly DefaultSince[]
  /** What it does, in one plain sentence. */
  readonly meaning: string
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
  bounds?: {
    readonly min?: number
    readonly allowed?: readonly string[]
    readonly since?: Readonly<Record<string, string>>
  },
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

export type ValidatedSetting =
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
  const least = setting.min === undefined ? '' : ` of at least ${setting.min}`
  const expected = `a whole number${least}${setting.unit === '' ? '' : ` (${setting.unit})`}`
  const number = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    return refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
  }
  if (setting.min !== undefined && number < setting.min) {
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

/** Whether what a generation brought (undefined: the first) is there in another. */
const isKnownIn = (since: string | undefined, generationName: string): boolean =>
  since === undefined || compareReleases(parseRelease(since)!, parseRelease(generationName)!) <= 0

function validateString(setting: Setting, value: unknown, generationName: string): ValidatedSetting {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : null
  const anyNumber = setting.key === 'acks' && generationNamed(generationName)?.mechanisms.acksAnyNumber === true
  const allowed = setting.allowed?.filter((each) => isKnownIn(setting.since?.[each], generationName))
  const expected = `${allowed === undefined ? 'text' : allowed.join(', ')}${anyNumber ? ' or a number of replicas' : ''}`
  if (text === null) return refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
  // Ids are keys of a world, which is plain data: no object and no patch can hold this one like any other.
  if (text === '__proto__' && setting.key.endsWith('.id'))
    return refused('another id', `${setting.key} must not be __proto__`)
  if (allowed !== undefined && !allowed.includes(text) && !(anyNumber && /^[1-9]\d*$/.test(text))) {
    return refused(expected, `${setting.key} must be ${expected}, found ${printed(value)}`)
  }
  return { ok: true, value: setting.key === 'acks' && text === '-1' ? 'all' : text }
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
