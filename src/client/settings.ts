/** Reads client settings by dotted key; what a plan leaves out has the default given here. */
import type { Settings } from '../kafka/config.ts'
import { msToUs } from '../kernel/time.ts'

/** A number; also when it was written as text. */
export function numberSetting(settings: Settings, key: string, absent: number): number {
  const value = settings[key]
  if (value === undefined) return absent
  const number = typeof value === 'number' ? value : Number(value)
  return Number.isFinite(number) ? number : absent
}

/** A setting in milliseconds, as whole microseconds. */
export const timeSettingUs = (settings: Settings, key: string, absentMs: number): number =>
  msToUs(numberSetting(settings, key, absentMs))

export function booleanSetting(settings: Settings, key: string, absent: boolean): boolean {
  const value = settings[key]
  return value === undefined ? absent : value === true || value === 'true'
}

/** `all` and `-1` are -1, other texts the number they spell. */
export function acksSetting(settings: Settings): number {
  const value = settings.acks
  if (value === undefined) return 1
  return value === 'all' ? -1 : Number(value)
}
