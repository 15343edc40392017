/** Runs planted bugs until they are caught, and says by what. */
import type { Violation } from '../check/property.ts'
import { generationNamed } from '../kafka/generation/table.ts'
import type { Mutant, MutantName } from '../kafka/mutants.ts'
import { MUTANTS } from '../kafka/mutants.ts'
import { assert } from '../kernel/assert.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { coordinatorCrashStory } from './coordinator-crash-story.ts'
import { drawCase } from './generate.ts'
import { producerIdStory } from './producer-id-story.ts'
import { profileNamed } from './profiles/table.ts'
import { restartStory } from './restart-story.ts'
import { countedViolations, judgeRun, planOf } from './run-case.ts'
import { sleepingMemberStory } from './sleeping-member-story.ts'
import { storageStory } from './storage-story.ts'
import { transactionStory } from './transaction-story.ts'

interface Catch {
  readonly seed: number
  /** The property whose violation came first, or `liveness`, or `assertion` when the simulator itself objected. */
  readonly by: string
  /** Events until then. */
  readonly events: number
  readonly words: string
}

export interface MutantResult {
  readonly name: string
  readonly seeds: number
  readonly catches: readonly Catch[]
}

const mutantNamed = (name: string): (Mutant & { readonly name: MutantName }) | undefined =>
  MUTANTS.find((it) => it.name === name)

/** Runs a mutant under seeds from `first` on until it was caught `catches` times, or `most` seeds are through. */
export function runMutant(
  name: string,
  options: { readonly first: number; readonly most: number; readonly catches: number },
): MutantResult {
  const mutant = mutantNamed(name)
  assert(mutant !== undefined, `there is no mutant ${name}`)
  const found: Catch[] = []
  let seeds = 0
  while (seeds < options.most && found.length < options.catches) {
    const caught = catchOf(mutant, options.first + seeds)
    seeds += 1
    if (caught !== null) found.push(caught)
  }
  return { name, seeds, catches: found }
}

/** Scenarios of their own, for what random ones come to too seldom. */
const STORIES: Readonly<Record<string, (kafka: string, seed: number) => ScenarioDocument>> = {
  'transaction-story': transactionStory,
  'coordinator-crash-story': coordinatorCrashStory,
  'sleeping-member-story': sleepingMemberStory,
  'producer-id-story': producerIdStory,
  'restart-story': restartStory,
  storage: storageStory,
}

function documentOf({ name, kafka, profile: named }: Mutant, seed: number): ScenarioDocument {
  const story = STORIES[named]
  if (story !== undefined) return story(kafka, seed)
  const profile = profileNamed(named)
  const generation = generationNamed(kafka)
  assert(
    profile !== undefined && generation !== undefined,
    `mutant ${name} names a profile or generation that is not there`,
  )
  return drawCase(profile, generation, seed).document
}

function catchOf(mutant: Mutant & { readonly name: MutantName }, seed: number): Catch | null {
  const plan = { ...planOf(documentOf(mutant, seed)), mutants: [mutant.name] }
  try {
    const run = judgeRun(plan, { liveness: true })
    const [first] = countedViolations(run.result.violations)
      .filter(({ knownHole }) => knownHole === null)
      .sort((a: Violation, b: Violation) => a.event - b.event)
    if (first !== undefined) return { seed, by: first.property, events: first.event, words: first.words }
    if (run.outcome === 'liveness') {
      const words = 'words' in run.liveness ? run.liveness.words[0]! : 'the run does not end'
      return { seed, by: 'liveness', events: run.result.events, words }
    }
    return null
  } catch (error) {
    return { seed, by: 'assertion', events: 0, words: error instanceof Error ? error.message : String(error) }
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/** Whether the first catch of a mutant has a right reason. */
export function isRightlyCaught({ name, catches }: MutantResult): boolean {
  const [first] = catches
  return first !== undefined && mutantNamed(name)?.admissible.includes(first.by) === true
}

/** Seeds from one catch to the next, in the middle. */
export function medianSeeds({ catches }: MutantResult, first: number): number {
  return median(catches.map(({ seed }, index) => seed - (index === 0 ? first - 1 : catches[index - 1]!.seed)))
}

/** The table of mutants as a Markdown page. */
export function mutantsReport(
  results: readonly MutantResult[],
  options: { readonly command: string; readonly first: number },
): string {
  const rows = results.map((result) => {
    const mutant = mutantNamed(result.name)!
    const [first] = result.catches
    const kinds = [...new Set(result.catches.map(({ by }) => by))].join(', ')
    const verdict =
      first === undefined ? 'escaped' : isRightlyCaught(result) ? 'caught' : 'caught by the wrong property'
    const figures =
      first === undefined
        ? ['–', '–', `more than ${result.seeds}`, '–']
        : [
            kinds,
            String(first.seed),
            String(medianSeeds(result, options.first)),
            String(median(result.catches.map(({ events }) => events))),
          ]
    return `| ${[result.name, verdict, ...figures, mutant.kafka, mutant.profile, mutant.meaning].join(' | ')} |`
  })
  const caught = results.filter(isRightlyCaught).length
  return [
    '# Planted bugs',
    '',
    `Made by \`${options.command}\`. ${caught} of ${results.length} are caught, each first by a property that its rule is about.`,
    '',
    '| mutant | verdict | caught by | smallest seed | median seeds | median events | Kafka | profile | what it breaks |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
