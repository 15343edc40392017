/** What must come out: the block for the version of the plan. */
import type { Comparison, Expectation } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import { nearestName } from './nearest.ts'
import type { Path } from './problem.ts'
import type { ExpectationForm, ScenarioDocument } from './schema.ts'
import { durationUs } from './units.ts'
import { parseVersionRange } from './version-range.ts'
import { COUNTS } from './vocabulary/counts.ts'

const NOTHING: Expectation = { holds: [], violated: [], may: [], counts: {} }

function property(checks: Checks, name: string, path: Path, known: readonly string[]): void {
  if (known.includes(name)) return
  checks.add(path, `there is no property ${name}`, {
    expected: 'the name of a property',
    found: name,
    nearest: nearestName(name, known),
  })
}

function compileCounts(checks: Checks, form: ExpectationForm['counts'], path: Path): Record<string, Comparison> {
  const counts: Record<string, Comparison> = {}
  for (const { name, plan } of COUNTS) {
    const bounds = form?.[name]
    if (bounds === undefined) continue
    const here: Path = [...path, name]
    if (typeof bounds === 'string') counts[plan] = { equals: durationUs(bounds) }
    else if (name === 'unavailable-time')
      counts[plan] = checks.bounds(bounds as Record<string, string>, here, durationUs)
    else counts[plan] = checks.amount(bounds as number, here)
  }
  return counts
}

function compileBlock(checks: Checks, form: ExpectationForm, path: Path, known: readonly string[]): Expectation {
  const holds = form.holds ?? []
  const may = form.may ?? []
  holds.forEach((name, index) => {
    property(checks, name, [...path, 'holds', index], known)
  })
  may.forEach((name, index) => {
    property(checks, name, [...path, 'may', index], known)
    if (holds.includes(name))
      checks.add([...path, 'may', index], `${name} must hold and may break`, {
        expected: 'each property under one heading',
      })
  })
  const violated = (form.violated ?? []).map((each, index) => {
    const here: Path = [...path, 'violated', index]
    const entry = typeof each === 'string' ? { property: each } : each
    property(checks, entry.property, typeof each === 'string' ? here : [...here, 'property'], known)
    if (entry.partition !== undefined) checks.partition(entry.partition, [...here, 'partition'])
    if (holds.includes(entry.property) || may.includes(entry.property)) {
      checks.add(
        here,
        `${entry.property} must be violated, and ${holds.includes(entry.property) ? 'must hold' : 'may break'}`,
        { expected: 'each property under one heading' },
      )
    }
    return { property: entry.property, partition: entry.partition ?? null, value: entry.value ?? null }
  })
  return { holds, violated, may, counts: compileCounts(checks, form.counts, [...path, 'counts']) }
}

/** The first block whose versions hold the plan's; nothing is expected where none does. Every block is checked. */
export function compileExpectation(
  checks: Checks,
  form: ScenarioDocument['expect'],
  known: readonly string[],
): Expectation {
  if (form === undefined) return NOTHING
  const blocks = Array.isArray(form) ? form : [form]
  let chosen: Expectation | null = null
  let rest = false
  blocks.forEach((block, index) => {
    const path: Path = Array.isArray(form) ? ['expect', index] : ['expect']
    if (rest)
      checks.add(path, 'this block is never chosen', { at: 'value', expected: 'the block without `kafka` last' })
    const range = block.kafka === undefined ? null : parseVersionRange(block.kafka)
    if (range?.ok === false)
      checks.add([...path, 'kafka'], range.message, {
        expected: 'a version or a range such as "<0.11", ">=2.0" or "0.11 - 2.0"',
        found: block.kafka,
        nearest: range.nearest,
      })
    const compiled = compileBlock(checks, block, path, known)
    if (range === null) rest = true
    if (chosen === null && (range === null || (range.ok && range.matches(checks.generation)))) chosen = compiled
  })
  return chosen ?? NOTHING
}
