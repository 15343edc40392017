/** Settings of a recording as the brokers of a plan carry them. */
import type { Settings, SettingValue } from '../kafka/config.ts'
import { resolveSettings, settingNamed } from '../kafka/config.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { releaseOf } from './kraft-recording.ts'
import type { Recording } from './recording.ts'

/** Recordings write settings as a properties file does: "2000" is a number and "false" a boolean. */
function typed(value: SettingValue): SettingValue {
  if (typeof value !== 'string') return value
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d+$/.test(value) ? Number(value) : value
}

const typedAll = (settings: Readonly<Record<string, SettingValue>>): Settings =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, typed(value)]))

/** Levels of features, as the settings that stand for them here. */
const featureLevels = ({ features = {} }: Recording): Settings =>
  Object.fromEntries(Object.entries(features).filter(([name]) => settingNamed(name, 'broker') !== undefined))

/** The generation's defaults, what the cluster was formatted with, its settings, and `own` ones. */
function settingsWith(recording: Recording, own: Recording['settings']): Settings {
  const resolved = resolveGeneration(releaseOf(recording))
  const given = { ...featureLevels(recording), ...typedAll(recording.settings), ...typedAll(own) }
  return resolved.ok ? resolveSettings('broker', resolved.generation.name, given) : given
}

/** Every setting of one broker. */
export const brokerSettings = (recording: Recording, broker: BrokerId): Settings =>
  settingsWith(recording, recording.settingsByBroker?.[broker] ?? {})

/** Every setting of a controller in KRaft: what all brokers share. */
export const controllerSettings = (recording: Recording): Settings => settingsWith(recording, {})

/** A whole number among settings; the fallback where the generation has none. */
export function numberOf(settings: Settings, key: string, fallback: number): number {
  const value = settings[key]
  return typeof value === 'number' ? value : fallback
}

export const brokerIds = (recording: Recording): BrokerId[] =>
  Array.from({ length: recording.brokers }, (_, i) => i + 1)

/** How long a session lives without a sign of its process, in ms. */
export const sessionTimeoutMs = (settings: Settings): number =>
  numberOf(settings, 'zookeeper.session.timeout.ms', numberOf(settings, 'broker.session.timeout.ms', 6000))
export const fetchWaitMs = (settings: Settings): number => numberOf(settings, 'replica.fetch.wait.max.ms', 500)
export const lagLimitMs = (settings: Settings): number => numberOf(settings, 'replica.lag.time.max.ms', 10_000)
export const checkpointIntervalMs = (settings: Settings): number =>
  numberOf(settings, 'replica.high.watermark.checkpoint.interval.ms', 5000)
