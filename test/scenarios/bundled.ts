/** What every bundled scenario is tested for, whichever theme it is of. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judge } from '../../src/check/verdict.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { GENERATIONS } from '../../src/kafka/generation/table.ts'
import type { CompileOptions, Scenario } from '../../src/scenario/compile.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { renderProblems } from '../../src/scenario/errors.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import { parseVersionRange } from '../../src/scenario/version-range.ts'

export const folder = new URL('../../scenarios/', import.meta.url)
/** All of them, by their paths in the folder. */
export const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()

/** Themes that take long have test files of their own, so that cores share the work: `bundled-<theme>.test.ts`. */
export const APART = ['groups', 'history', 'storage'] as const

export const filesOf = (theme: (typeof APART)[number]): string[] => files.filter((file) => file.startsWith(`${theme}/`))

/** Every scenario is run on its own version under this seed; `.ci/run` runs it there under three more (scripts/ci.mjs). */
const SEED = '1'
/** And once on a version from before and one from after leader epochs came to the log. */
const ALSO_ON = ['0.10.2', '2.4']

/** Stories of what came with a version, or is another story in other versions: the first that fits says on which. */
const TOLD_ON: readonly (readonly [beginning: string, versions: readonly string[]])[] = [
  // What old versions answer to a fenced producer has another name.
  ['transactions/a-zombie', []],
  // KIP-890 (3.6) ends it.
  ['transactions/a-hanging', ['2.8', '4.0']],
  // From 4.0 every transaction has an epoch of its own.
  ['transactions/crashes', ['0.11', '2.8']],
  ['delivery/exactly-once-transactions', ['0.11', '2.8', '4.0']],
  ['transactions/', ['0.11', '2.8', '4.0']],
  // KIP-394 (2.2) and KIP-345 (2.3); before KIP-134 (0.11) a group does not wait for its first members.
  ['groups/two-with-one-instance-id', ['2.8', '4.0']],
  // Patterns that the coordinator knows (4.0).
  ['groups/kip-848-a-topic', []],
  ['groups/', ['2.8', '3.9']],
  // KIP-392 (2.4).
  ['basics/a-consumer-reads-from-its-own', ['2.4', '3.9']],
  // Shipped up to 1.1.
  ['producer/the-queue-of-the-scala', ['0.8.0', '1.1']],
  ['producer/the-scala-producer', ['0.8.0', '1.1']],
  // Up to 2.0 request.timeout.ms also limits the wait in the accumulator.
  ['producer/', ['2.8', '3.9']],
  // zstd came with 2.1 (KIP-110).
  ['storage/compression', ['2.8', '3.9']],
  // Log directories fail one by one since 1.0 (KIP-112).
  ['storage/one-of-two-log-directories', ['1.1', '3.9']],
  // DeleteRecords came with 0.11 (KIP-107).
  ['storage/delete-records', ['0.11', '4.0']],
  ['storage/kafka-13194', ['0.11', '2.8']],
]
/** The stories are of brokers with ZooKeeper. */
const ALL = GENERATIONS.filter((it) => it.mechanisms.metadata === 'registry')

/** An incident is run on the oldest and the newest generation, and on both sides of where it begins and ends. */
export function edgesOf(affected: string): string[] {
  const range = parseVersionRange(affected)
  if (!range.ok) throw new Error(range.message)
  const is = ALL.map((generation) => range.matches(generation))
  return ALL.filter((_, i) => i === 0 || i === ALL.length - 1 || is[i] !== is[i - 1] || is[i] !== is[i + 1]).map(
    ({ name }) => name,
  )
}

export function read(file: string): Scenario {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const parsed = parseScenario(text, file)
  if (!parsed.ok) throw new Error(renderProblems(parsed.problems, text))
  return parsed.scenario
}

const NO_GROUPS = 'there is no group coordinator before 0.9'
const NO_STICKY = 'it came with 0.11'
const NO_COOPERATIVE = 'it came with 2.4'
const NO_TRANSACTIONS = 'transactions came with 0.11 (KIP-98)'

/** Incidents that a version at their edges cannot even be asked for, and what it lacks: n/a there, as in the museum. */
export const NOT_TOLD_ON: readonly (readonly [
  file: string,
  versions: readonly string[],
  because: readonly string[],
])[] = [
  ['history/auto-commit-takes-what-was-only-handed-on.yaml', ['0.8.0', '0.8.2'], [NO_GROUPS]],
  ['history/kafka-10284-a-new-coordinator-knows-the-old-member.yaml', ['0.8.0'], [NO_GROUPS]],
  ['history/kafka-12984-two-members-claim-one-partition.yaml', ['0.8.0'], [NO_GROUPS, NO_COOPERATIVE]],
  ['history/kafka-1697-two-acknowledgements-of-three.yaml', ['0.9', '3.9'], ['acks must be 0, 1, all, -1']],
  [
    'history/kafka-7026-a-member-that-was-away-has-its-partitions-back.yaml',
    ['0.8.0', '0.10.2'],
    [NO_GROUPS, NO_STICKY],
  ],
  [
    'history/kafka-7190-a-producer-is-forgotten-with-its-records.yaml',
    ['0.8.0', '0.10.2'],
    ['has no DeleteRecords: it came with 0.11'],
  ],
  ['history/kafka-9801-a-static-member-replaced-between-join-and-sync.yaml', ['0.8.0'], [NO_GROUPS]],
  ['history/kip-211-offsets-of-a-living-group-expire.yaml', ['0.8.0', '0.8.2'], [NO_GROUPS]],
  ['history/kip-62-work-longer-than-a-session.yaml', ['0.8.0', '0.8.2'], [NO_GROUPS]],
  ['history/kip-890-readers-stop-at-a-transaction-that-nobody-ends.yaml', ['0.8.0'], [NO_GROUPS, NO_TRANSACTIONS]],
  [
    'history/two-owners-that-zookeeper-cannot-fence.yaml',
    ['2.0.0', '3.9'],
    ['the consumers whose groups live in ZooKeeper were removed in 2.0'],
  ],
]

/** On which versions an incident is told beside its own. */
function toldOn(file: string, affected: string): string[] {
  const without = NOT_TOLD_ON.find(([name]) => name === file)?.[1] ?? []
  return edgesOf(affected).filter((kafka) => !without.includes(kafka))
}

/** What went wrong in one run, in words; empty when it came out as the scenario says. */
function failures(scenario: Scenario, options: CompileOptions): string[] {
  const compiled = compileScenario(scenario, options)
  if (!compiled.ok) return compiled.problems.map((problem) => problem.message)
  const result = simulate(compiled.plan, { digest: false })
  const about = `Kafka ${compiled.plan.kafka}, seed ${compiled.plan.seed}: `
  const words = judge(result.world, result.violations, result.plan)
    .filter((verdict) => verdict.fails)
    .map((verdict) => `${about}${verdict.name}: ${verdict.words}`)
  if (result.outcome === 'completed') return words
  const step = result.notReached === null ? '' : ` at step ${result.notReached.step + 1}: ${result.notReached.words}`
  return [`${about}${result.outcome}${step}`, ...words]
}

/** The tests of one scenario: that it comes out as it says, and that it says something. */
export function testScenario(file: string): void {
  test(`scenarios/${file} comes out as it says on its own version and on others`, () => {
    const scenario = read(file)
    const { museum } = scenario.document
    const inZookeeper = JSON.stringify(scenario.document.clients ?? {}).includes('"coordination":"zookeeper"')
    const told = TOLD_ON.find(([beginning]) => file.startsWith(beginning))?.[1] ?? ALSO_ON
    const usual = inZookeeper ? ['0.8.0', '1.1'] : told
    const others = (museum === undefined ? usual : toldOn(file, museum.affected)).filter(
      (kafka) => kafka !== scenario.document.kafka,
    )
    const runs = [{ seed: SEED }, ...others.map((kafka) => ({ kafka, seed: '4' }))]
    expect(runs.flatMap((options) => failures(scenario, options))).toEqual([])
  })

  test(`scenarios/${file} names its schema, tells a story and expects something`, () => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const up = '../'.repeat(file.split('/').length)
    expect(text.startsWith(`# yaml-language-server: $schema=${up}schema/scenario.schema.json\n`)).toBe(true)
    const { document } = read(file)
    expect((document.story ?? '').length).toBeGreaterThan(100)
    expect(document.expect).toBeDefined()
  })
}
