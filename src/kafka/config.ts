/** Settings under Kafka's dotted keys and in Kafka's units. One table; nothing else maps a key. */

export type SettingScope = 'broker' | 'topic' | 'producer' | 'consumer'
export type SettingType = 'int' | 'boolean' | 'string'

/** A default that holds from a generation on; the last entry at or before a generation wins. `null`: no such setting. */
export type DefaultSince = readonly [generation: string, value: number | boolean | string | null]

export interface Setting {
  readonly key: string
  readonly scope: SettingScope
  readonly type: SettingType
  /** `ms`, `bytes`, `count`, `s`, or empty. */
  readonly unit: string
  readonly min?: number
  readonly allowed?: readonly string[]
  readonly defaults: readonly DefaultSince[]
  /** What it does, in one plain sentence. */
  readonly meaning: string
}

/** Values by dotted key, as a plan carries them: numbers, booleans and strings of Kafka's own units. */
export type Settings = Readonly<Record<string, number | boolean | string>>
