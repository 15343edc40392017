/** Recordings of clients: what applications did to them and what they, and the brokers behind them, then showed. */
import type { SettingValue } from '../../kafka/config.ts'
import { splitTopicPartition } from '../../kafka/ids.ts'

/** One entry: exactly one of `do` and `saw` names what kind it is; the other fields are its own. */
export interface ClientsEntry {
  readonly atMs: number
  readonly do?: string
  readonly saw?: string
  readonly [field: string]: unknown
}

export interface ClientsRecording {
  readonly name: string
  readonly kafka: string
  /** "kraft", or absent. */
  readonly mode?: string
  readonly brokers: number
  readonly settings: Readonly<Record<string, SettingValue>>
  readonly settingsByBroker?: Readonly<Record<string, Readonly<Record<string, SettingValue>>>>
  readonly registry?: { readonly tickMs: number }
  /** Internal topics and their partitions' leaders, as the recorder found them made. */
  readonly internal?: Readonly<Record<string, unknown>>
  readonly entries: readonly ClientsEntry[]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What only recordings of clients do. */
const OWN_WORDS = ['startProducer', 'startConsumer']

export const isClientsRecording = (data: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(data.entries) &&
  data.entries.some((entry) => isObject(entry) && typeof entry.do === 'string' && OWN_WORDS.includes(entry.do))

// --- Reading the fields of an entry. Null where it has none of that form.

export const textOf = (entry: ClientsEntry, field: string): string | null =>
  typeof entry[field] === 'string' ? (entry[field] as string) : null

export const numberOf = (entry: ClientsEntry, field: string): number | null =>
  typeof entry[field] === 'number' ? (entry[field] as number) : null

export const objectOf = (entry: ClientsEntry, field: string): Readonly<Record<string, unknown>> | null =>
  isObject(entry[field]) ? (entry[field] as Readonly<Record<string, unknown>>) : null

export const listOf = (entry: ClientsEntry, field: string): readonly unknown[] | null =>
  Array.isArray(entry[field]) ? (entry[field] as readonly unknown[]) : null

/** A partition as recordings name it in calls: by topic and number, or by its whole name. */
export function partitionOf(entry: ClientsEntry): { readonly topic: string; readonly partition: number | null } | null {
  const whole = textOf(entry, 'partition')
  if (whole !== null) return whole.includes('-') ? splitTopicPartition(whole) : null
  const topic = textOf(entry, 'topic')
  return topic === null ? null : { topic, partition: numberOf(entry, 'part') }
}
