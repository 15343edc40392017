/** Results of many seeds added up: what broke, which faults struck, which rare branches and premises were reached. */
import { PROPERTIES } from '../check/index.ts'
import { FAMILY_NAMES } from './families.ts'
import type { Break, SeedOutcome, SeedResult } from './seed-result.ts'
import { OUTCOMES } from './seed-result.ts'

interface BreakTotal extends Break {
  readonly seeds: number
  readonly firstSeed: number
}

interface FamilyTotal {
  readonly family: string
  readonly on: number
  readonly placed: number
  readonly fired: number
}

interface ProbeTotal {
  readonly probe: string
  readonly hits: number
  readonly seeds: number
  readonly exampleSeed: number
}

export interface CampaignTotals {
  readonly seeds: number
  readonly outcomes: Readonly<Record<SeedOutcome, number>>
  readonly events: number
  readonly virtualUs: number
  readonly twice: number
  readonly breaks: readonly BreakTotal[]
  readonly families: readonly FamilyTotal[]
  readonly probes: readonly ProbeTotal[]
  /** Seeds that put a property to the test. */
  readonly premises: readonly { readonly property: string; readonly seeds: number }[]
  /** Seeds by kind of liveness words, without numbers. */
  readonly stuckSeeds: readonly number[]
  readonly livenessSeeds: readonly number[]
}

export function totalsOf(results: readonly SeedResult[]): CampaignTotals {
  const outcomes = Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Record<SeedOutcome, number>
  const breaks = new Map<string, BreakTotal>()
  const probes = new Map<string, ProbeTotal>()
  const premises: Record<string, number> = {}
  let events = 0
  let virtualUs = 0
  for (const result of results) {
    outcomes[result.outcome] += 1
    events += result.events
    virtualUs += result.virtualUs
    for (const found of result.breaks) {
      const known = breaks.get(found.signature)
      breaks.set(
        found.signature,
        known === undefined
          ? { ...found, seeds: 1, firstSeed: result.seed }
          : { ...known, seeds: known.seeds + 1, count: known.count + found.count },
      )
    }
    for (const [probe, hits] of Object.entries(result.probes)) {
      const known = probes.get(probe)
      probes.set(
        probe,
        known === undefined
          ? { probe, hits, seeds: 1, exampleSeed: result.seed }
          : { ...known, hits: known.hits + hits, seeds: known.seeds + 1 },
      )
    }
    for (const property of result.premises) premises[property] = (premises[property] ?? 0) + 1
  }
  const counted = (key: 'on' | 'placed' | 'fired', family: string): number =>
    results.filter((result) => (result[key] as readonly string[]).includes(family)).length
  return {
    seeds: results.length,
    outcomes,
    events,
    virtualUs,
    twice: results.filter(({ twice }) => twice).length,
    breaks: [...breaks.values()].sort((a, b) => orderOf(a) - orderOf(b)),
    families: FAMILY_NAMES.map((family) => ({
      family,
      on: counted('on', family),
      placed: counted('placed', family),
      fired: counted('fired', family),
    })),
    probes: [...probes.values()].sort((a, b) => (a.probe < b.probe ? -1 : 1)),
    premises: PROPERTIES.map(({ name }) => ({ property: name, seeds: premises[name] ?? 0 })),
    stuckSeeds: results.filter(({ outcome }) => outcome === 'stuck').map(({ seed }) => seed),
    livenessSeeds: results.filter(({ outcome }) => outcome === 'liveness').map(({ seed }) => seed),
  }
}

/** Unexplained breaks first, then in the order of the table of properties. */
const orderOf = ({ property, hole }: Break): number =>
  (hole === null ? 0 : 1000) + PROPERTIES.findIndex(({ name }) => name === property)
