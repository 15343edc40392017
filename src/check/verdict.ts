/** Violations, promises and expectations of a plan put together: one verdict a property, one a bounded count. */
import type { Comparison, Plan } from '../world/plan.ts'
import type { World } from '../world/world.ts'
import { countOf } from './counts.ts'
import { PROPERTIES } from './index.ts'
import type { ExpectedViolation } from './near-miss.ts'
import { isWitness, nearMiss } from './near-miss.ts'
import type { Promised, Property, Violation } from './property.ts'

/**
 * `held`: not broken. `violated`: broken although promised or expected to hold. `expected-violation`: broken as the plan
 * says. `expectation-missed`: it should have been broken, or a count is out of bounds. `known-hole`: broken where it is
 * not promised. `allowed`: broken where the plan says that it may.
 */
export type VerdictOutcome =
  | 'held'
  | 'violated'
  | 'expected-violation'
  | 'expectation-missed'
  | 'known-hole'
  | 'allowed'

export interface Verdict {
  readonly kind: 'property' | 'count'
  readonly name: string
  readonly statement: string
  /** Not broken; of a count: within its bounds. */
  readonly held: boolean
  readonly promised: boolean
  /** Why it is not promised; null where it is. */
  readonly because: string | null
  /** What the plan says must come out; null: it says nothing. */
  readonly expected: 'holds' | 'violated' | 'may' | 'bounds' | null
  readonly outcome: VerdictOutcome
  /** Whether the run has failed by it. */
  readonly fails: boolean
  /** KIP or JIRA that explains a break that is not promised away. */
  readonly knownHole: string | null
  /** The witnesses, in order of time. */
  readonly evidence: readonly Violation[]
  /** The verdict in plain words. */
  readonly words: string
}

/** One verdict a property in the order of the table, then one a bounded count in the order of the plan. */
export function judge(world: World, violations: readonly Violation[], plan: Plan): Verdict[] {
  const verdicts = PROPERTIES.map((property) => judgeProperty(world, violations, plan, property))
  const known = new Set(PROPERTIES.map(({ name }) => name))
  for (const name of expectedNames(plan)) {
    if (!known.has(name)) verdicts.push(unknownProperty(name))
  }
  for (const name of Object.keys(plan.expect.counts)) verdicts.push(judgeCount(world, name, plan.expect.counts[name]!))
  return verdicts
}

export const hasFailed = (verdicts: readonly Verdict[]): boolean => verdicts.some(({ fails }) => fails)

const expectedNames = ({ expect }: Plan): string[] => [
  ...new Set([...expect.holds, ...expect.violated.map(({ property }) => property), ...expect.may]),
]

function judgeProperty(world: World, violations: readonly Violation[], plan: Plan, property: Property): Verdict {
  const evidence = violations.filter((violation) => violation.property === property.name)
  const { expect } = plan
  const awaited = expect.violated.filter((expected) => expected.property === property.name)
  const expected =
    awaited.length > 0
      ? 'violated'
      : expect.holds.includes(property.name)
        ? 'holds'
        : expect.may.includes(property.name)
          ? 'may'
          : null
  const promise = property.promised(plan)
  const common = {
    kind: 'property' as const,
    name: property.name,
    statement: property.statement,
    promised: promise.promised,
    because: promise.promised ? null : promise.because,
    expected,
    held: evidence.length === 0,
    knownHole: evidence.every(({ isExplained }) => isExplained)
      ? (evidence[0]?.knownHole ?? (promise.promised ? null : promise.hole))
      : null,
    evidence,
  } as const
  if (expected === 'violated') return { ...common, ...awaitedOutcome(world, violations, evidence, awaited) }
  if (evidence.length === 0) return { ...common, outcome: 'held', fails: false, words: heldWords(promise) }
  return { ...common, ...brokenOutcome(promise, expected, evidence) }
}

type Judged = Pick<Verdict, 'outcome' | 'fails' | 'words'>

const heldWords = (promise: Promised): string =>
  promise.promised ? 'held' : `held, though it is not promised: ${promise.because}`

function awaitedOutcome(
  world: World,
  violations: readonly Violation[],
  evidence: readonly Violation[],
  awaited: readonly ExpectedViolation[],
): Judged {
  const absent = awaited.filter((expected) => !evidence.some((violation) => isWitness(expected, violation)))
  if (absent.length === 0) {
    const witness = evidence.find((violation) => isWitness(awaited[0]!, violation))!
    return { outcome: 'expected-violation', fails: false, words: `broken, as expected: ${witness.words}` }
  }
  const words = absent
    .map(
      (expected) =>
        `a violation${witnessWords(expected)} was expected and did not come: ${nearMiss(world, expected, violations)}`,
    )
    .join('; ')
  return { outcome: 'expectation-missed', fails: true, words }
}

function witnessWords({ partition, value }: ExpectedViolation): string {
  const about = [value === null ? '' : ` about ${value}`, partition === null ? '' : ` in ${partition}`]
  return about.join('')
}

function brokenOutcome(promise: Promised, expected: Verdict['expected'], evidence: readonly Violation[]): Judged {
  const unexplained = evidence.find(({ isExplained }) => !isExplained)
  const first = (unexplained ?? evidence[0]!).words
  const more = evidence.length === 1 ? '' : ` (and ${evidence.length - 1} more)`
  if (expected === 'holds')
    return { outcome: 'violated', fails: true, words: `broken, expected to hold: ${first}${more}` }
  if (expected === 'may') return { outcome: 'allowed', fails: false, words: `broken, as it may be: ${first}${more}` }
  if (unexplained !== undefined) return { outcome: 'violated', fails: true, words: `broken: ${first}${more}` }
  // A finding may name a hole of its own: a plan cannot tell beforehand that a broker will hang.
  const because = promise.promised ? evidence[0]!.knownHole : promise.because
  return { outcome: 'known-hole', fails: false, words: `broken and not promised (${because}): ${first}${more}` }
}

function unknownProperty(name: string): Verdict {
  return {
    kind: 'property',
    name,
    statement: '',
    held: false,
    promised: false,
    because: null,
    expected: 'holds',
    outcome: 'expectation-missed',
    fails: true,
    knownHole: null,
    evidence: [],
    words: `no property is called ${name}`,
  }
}

function judgeCount(world: World, name: string, bounds: Comparison): Verdict {
  const found = countOf(world, name)
  const wanted = boundsWords(bounds)
  const held = found !== null && isWithin(found, bounds)
  return {
    kind: 'count',
    name,
    statement: `${name} is ${wanted}.`,
    held,
    promised: false,
    because: null,
    expected: 'bounds',
    outcome: held ? 'held' : 'expectation-missed',
    fails: !held,
    knownHole: null,
    evidence: [],
    words: found === null ? `nothing is counted as ${name}` : `${found}, expected ${wanted}`,
  }
}

const isWithin = (value: number, { atLeast, atMost, equals }: Comparison): boolean =>
  (atLeast === undefined || value >= atLeast) &&
  (atMost === undefined || value <= atMost) &&
  (equals === undefined || value === equals)

function boundsWords({ atLeast, atMost, equals }: Comparison): string {
  const words = [
    equals === undefined ? '' : `${equals}`,
    atLeast === undefined ? '' : `at least ${atLeast}`,
    atMost === undefined ? '' : `at most ${atMost}`,
  ].filter((word) => word !== '')
  return words.length === 0 ? 'anything' : words.join(' and ')
}
