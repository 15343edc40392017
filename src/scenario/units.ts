/** Quantities with their units, as scenarios write them. A text that the schema let pass always parses. */
import { MICROS_PER_SECOND, parseDuration } from '../kernel/time.ts'

export const DURATION_PATTERN = /^\d+(\.\d+)?(us|ms|s|m|min|h|d)$/
export const SIGNED_DURATION_PATTERN = /^[+-]?\d+(\.\d+)?(us|ms|s|m|min|h|d)$/
export const START_AT_PATTERN = /^(never|\d+(\.\d+)?(us|ms|s|m|min|h|d))$/
export const RATE_PATTERN = /^\d+(\.\d+)?\/(ms|s|m|min|h)$/
export const SIZE_PATTERN = /^\d+(B|KB|MB|GB|KiB|MiB|GiB)$/
export const BANDWIDTH_PATTERN = /^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)\/s$/

/** Microseconds of "500ms"; 0 for what is no duration. */
export const durationUs = (text: string): number => parseDuration(text) ?? 0

/** Microseconds of "-5s" or "+200ms". */
export const signedDurationUs = (text: string): number =>
  text.startsWith('-') ? 0 - durationUs(text.slice(1)) : durationUs(text.replace(/^\+/, ''))

/** Events a second of "50/s" or "90/m". */
export function ratePerSecond(text: string): number {
  const [count = '0', unit = 's'] = text.split('/')
  return (Number(count) * MICROS_PER_SECOND) / durationUs(`1${unit}`)
}

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

/** Bytes of 100, "100B" or "1KiB". */
export function sizeBytes(size: number | string): number {
  if (typeof size === 'number') return size
  const match = /^(\d+(?:\.\d+)?)([KMG]?i?B)$/.exec(size)
  return match === null ? 0 : Math.round(Number(match[1]) * (BYTES[match[2]!] ?? 1))
}

/** Bytes a second of "10MB/s". */
export const bandwidthBytesPerSecond = (text: string): number => sizeBytes(text.replace(/\/s$/, ''))
