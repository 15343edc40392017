/**
 * Values of flags and arguments, as people write them. A parser throws in words what it expected; all of them are asked
 * before anything is done.
 */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import type { Generation } from '../kafka/generation/generation.ts'
import { parseRelease, resolveGeneration } from '../kafka/generation/table.ts'
import { assert } from '../kernel/assert.ts'
import { parseDuration } from '../kernel/time.ts'
import { nearestName } from '../scenario/nearest.ts'
import type { Io } from './io.ts'

const expected = (what: string): never => {
  throw new InvalidArgumentError(`expected ${what}`)
}

const nearestWords = (nearest: string | null): string => (nearest === null ? '' : `; nearest: ${nearest}`)

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= least && value <= most
      ? value
      : expected(`a whole number from ${least} to ${most}`)
  }

/** Any text but an empty one. */
export const seedText = (text: string): string => (text.trim() === '' ? expected('a number or a word') : text)

export const seedCount = wholeNumber(1, 1_000_000)
export const processCount = wholeNumber(1, 256)

/** How long something lasts, in us; not nothing. */
export const duration = (text: string): number =>
  parseDuration(text) || expected('a time with a unit, such as 500ms, 10s or 2m')

/** A moment since the start of a run, in us. */
export const moment = (text: string): number => parseDuration(text) ?? expected('a time such as 12s or 1500ms')

/** `key=value`, more than once: gathered into one map. */
export function assignment(text: string, before: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const equals = text.indexOf('=')
  if (equals < 1) expected('key=value, such as min.insync.replicas=2')
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1).trim() }
}

/** Why something is no version; empty where it is one. */
function versionMistakes(text: string): string[] {
  const resolved = resolveGeneration(text)
  if (resolved.ok) return []
  // The message about a release names its neighbours itself.
  const nearest = parseRelease(text) === null ? nearestName(text, resolved.nearest) : null
  return [`${resolved.message}${nearestWords(nearest)}`]
}

/** A generation or an exact release, as it was written. */
export function version(text: string): string {
  const [wrong] = versionMistakes(text)
  if (wrong !== undefined) throw new InvalidArgumentError(wrong)
  return text
}

/** The generation that stands for a version. */
export function generation(text: string): Generation {
  const resolved = resolveGeneration(version(text))
  assert(resolved.ok, 'a version has a generation')
  return resolved.generation
}

/** `2.4` or `0.10.2,2.4`, more than once too. */
export function versions(text: string, before: readonly string[] | undefined): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) expected('versions with commas between them, such as 0.10.2,2.4')
  const wrong = names.flatMap(versionMistakes)
  if (wrong.length > 0) throw new InvalidArgumentError(wrong.join('; '))
  return [...new Set([...(before ?? []), ...names])]
}

/** Longer lists are not told with each mistake. */
const MOST_TOLD = 12

/** One of these names. */
export const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text)
    if (found !== undefined) return found
    const nearest = nearestName(text, names)
    const known = names.length <= MOST_TOLD ? `one of ${names.join(', ')}` : `one of ${names.length} names (see --help)`
    return expected(`${known}${nearestWords(nearest)}`)
  }

/** As many as are given, each by itself. */
export const several =
  <Value>(parse: (text: string) => Value) =>
  (text: string, before: readonly Value[] | undefined): Value[] => [...(before ?? []), parse(text)]

/** A file that is there to be read. */
export const inputFile =
  (io: Io) =>
  (text: string): string => {
    const path = resolve(io.cwd, text)
    if (!existsSync(path)) expected('a file: there is none of this name')
    if (statSync(path).isDirectory()) expected('a file: it is a folder')
    return text
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
