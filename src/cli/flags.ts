/** Values of flags, as people write them. Everything wrong is told at once. */
import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../kernel/time.ts'

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < 1 || value > most)
      throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`)
    return value
  }

/** Any text but an empty one. */
export function seedText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a number or a word.')
  return text
}

export const seedCount = wholeNumber(1_000_000)
export const processCount = wholeNumber(256)

export function duration(text: string): number {
  const us = parseDuration(text)
  if (us === null || us === 0) throw new InvalidArgumentError('Expected a time with a unit, such as 500ms, 10s or 2m.')
  return us
}

/** `key=value`, more than once: gathered into one map. */
export function assignment(text: string, before: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Expected key=value, such as min.insync.replicas=2.')
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1).trim() }
}

/** `2.4` or `0.10.2,2.4`, more than once too. */
export function versions(text: string, before: readonly string[] | undefined): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw new InvalidArgumentError('Expected versions with commas between them, such as 0.10.2,2.4.')
  return [...new Set([...(before ?? []), ...names])]
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/

/** A word as a shell must be given it. */
export const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)

/** The seed after `count` others: numbers count up, words are numbered. */
export function laterSeed(first: string, count: number): string {
  if (count === 0) return first
  if (/^-?\d{1,15}$/.test(first)) return String(Number(first) + count)
  return `${first}/${count}`
}
