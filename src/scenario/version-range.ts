/** Ranges of Kafka versions, by which a scenario chooses what it expects: `<0.11`, `>=2.0 <2.4`, `0.11 - 2.0`, `kraft`. */
import type { Generation } from '../kafka/generation/generation.ts'
import { GENERATIONS, parseRelease, resolveGeneration } from '../kafka/generation/table.ts'

type VersionRange =
  | { readonly ok: true; readonly matches: (generation: Generation) => boolean }
  | { readonly ok: false; readonly message: string; readonly nearest: string | null }

type Test = (generation: Generation) => boolean

/** A version in a range: its numbers, and whether it means one generation and no other lineage. */
type Bound = { readonly numbers: readonly number[]; readonly exact: string | null }

/** The numbers of a generation, a release, or a line such as 2.0 that several generations belong to. */
function boundOf(text: string): Bound | { readonly message: string; readonly nearest: string | null } {
  const resolved = resolveGeneration(text)
  if (resolved.ok) return { numbers: parseRelease(resolved.generation.name)!.numbers, exact: resolved.generation.name }
  const isLine = GENERATIONS.some((it) => it.releases.some((release) => release.startsWith(`${text}.`)))
  const release = parseRelease(text)
  if (isLine && release !== null) return { numbers: release.numbers, exact: null }
  return { message: resolved.message, nearest: release === null ? null : (resolved.nearest[0] ?? null) }
}

/** Compares as many numbers as both have, so that 2.0.1 belongs to 2.0. */
function compare(generation: Generation, bound: Bound): number {
  const numbers = parseRelease(generation.name)!.numbers
  for (let index = 0; index < Math.min(numbers.length, bound.numbers.length); index++) {
    const difference = numbers[index]! - bound.numbers[index]!
    if (difference !== 0) return difference
  }
  return 0
}

const TESTS: Readonly<Record<string, (bound: Bound) => Test>> = {
  '<': (bound) => (it) => compare(it, bound) < 0,
  '<=': (bound) => (it) => compare(it, bound) <= 0,
  '>': (bound) => (it) => compare(it, bound) > 0,
  '>=': (bound) => (it) => compare(it, bound) >= 0,
  '': (bound) => (it) => (bound.exact === null ? compare(it, bound) === 0 : it.name === bound.exact),
}

const TERM = /^(<=|>=|<|>|=)?\s*([0-9][A-Za-z0-9.-]*)$/

/** Reads a range; every term must hold. A version that is none is a mistake. */
export function parseVersionRange(text: string): VersionRange {
  const words = text.trim().replace(/(<=|>=|<|>|=)\s+/g, '$1')
  const between = /^(\S+) - (\S+)$/.exec(words)
  const terms = between === null ? words.split(/\s+/) : [`>=${between[1]}`, `<=${between[2]}`]
  const tests: Test[] = []
  for (const term of terms) {
    if (term === 'kraft' || term === 'zookeeper') {
      tests.push((it) => (it.mechanisms.metadata === 'kraft') === (term === 'kraft'))
      continue
    }
    const match = TERM.exec(term)
    if (match === null)
      return { ok: false, message: `${JSON.stringify(term)} is no version and no range of versions`, nearest: null }
    const bound = boundOf(match[2]!)
    if ('message' in bound) return { ok: false, message: bound.message, nearest: bound.nearest }
    const operator = match[1] === '=' || match[1] === undefined ? '' : match[1]
    tests.push(TESTS[operator]!(bound))
  }
  return { ok: true, matches: (generation) => tests.every((test) => test(generation)) }
}
