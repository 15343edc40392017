/** Virtual time is an integer number of microseconds since the run began. */
export const MICROS_PER_MS = 1_000
export const MICROS_PER_SECOND = 1_000_000

/** Milliseconds (Kafka's unit for settings) as whole microseconds. */
export const msToUs = (ms: number): number => Math.round(ms * MICROS_PER_MS)

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, min: 60e6, h: 3600e6, d: 86400e6 }
const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|min|h|d)$/

/** Reads "250ms", "10s", "1.5m" as microseconds; null when the text is not a duration with a unit. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text.trim())
  if (match === null) return null
  const unit = UNITS[match[2] ?? '']
  return unit === undefined ? null : Math.round(Number(match[1]) * unit)
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** Prints a moment as mm:ss.mmm (h:mm:ss.mmm from one hour on), rounded down to the millisecond. */
export function formatTime(us: number): string {
  const ms = Math.floor(us / MICROS_PER_MS)
  const hours = Math.floor(ms / 3_600_000)
  const rest = `${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Prints a length of time in the largest unit that keeps it readable: "250 us", "12.5 ms", "1.52 s", "2 m 5 s". */
export function formatDuration(us: number): string {
  const digits = (value: number): string => String(Math.round(value * 100) / 100)
  if (us < 1_000) return `${us} us`
  if (us < 1_000_000) return `${digits(us / 1_000)} ms`
  if (us < 120_000_000) return `${digits(us / 1_000_000)} s`
  const seconds = Math.round(us / 1_000_000)
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
}
