/** What a campaign reached, as a Markdown page, and what it should have reached and did not. */
import { PROPERTIES } from '../check/index.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { FamilyName } from './families.ts'
import { FAMILY_NAMES } from './families.ts'
import { NEED_OF } from './premises.ts'
import { excuseOf, PROBES } from './probes/table.ts'
import type { Profile } from './profile.ts'
import { lacking } from './profile-needs.ts'
import type { CampaignTotals } from './statistics.ts'

interface ReportSubject {
  /** The command that made it. */
  readonly command: string
  readonly generation: Generation
  readonly profile: Profile
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((1000 * part) / whole) / 10} %`

const row = (...cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replace(/\|/g, '\\|')).join(' | ')} |`

const table = (titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => [
  row(...titles),
  row(...titles.map(() => '---')),
  ...rows.map((cells) => row(...cells)),
]

export function reportText(totals: CampaignTotals, subject: ReportSubject): string {
  const { seeds, outcomes, events, virtualUs, twice, breaks, families, probes, premises } = totals
  const reached = new Map(probes.map((it) => [it.probe, it]))
  const named = [...new Set([...PROBES.map(({ name }) => name), ...reached.keys()])].sort()
  const problems = coverageProblems(totals, subject)
  const lines = [
    '# What a campaign reached',
    '',
    `Made by \`${subject.command}\` (Kafka ${subject.generation.name}, profile ${subject.profile.name}).`,
    '',
    `${seeds} seeds, ${Math.round(virtualUs / 360_000_000) / 10} virtual hours, ${events} events; ${twice} seeds were run twice and came out the same.`,
    '',
    ...table(
      ['outcome', 'seeds', 'share'],
      Object.entries(outcomes).map(([name, count]) => [name, count, percent(count, seeds)]),
    ),
    '',
    '## What broke',
    '',
    ...(breaks.length === 0
      ? ['Nothing.']
      : table(
          ['property', 'explained by', 'seeds', 'first seed', 'witness'],
          breaks.map((it) => [it.property, it.hole ?? 'nothing', it.seeds, it.firstSeed, it.words]),
        )),
    '',
    '## Faults',
    '',
    'Share of seeds in which a family was on, had a fault in the plan, and struck somebody.',
    '',
    ...table(
      ['family', 'on', 'in the plan', 'struck'],
      families.map((it) => [it.family, percent(it.on, seeds), percent(it.placed, seeds), percent(it.fired, seeds)]),
    ),
    '',
    '## Properties',
    '',
    'Share of seeds in which a property was put to the test: what it speaks of happened.',
    '',
    ...table(
      ['property', 'put to the test'],
      premises.map((it) => {
        const reason = it.seeds === 0 ? untested(it.property, subject) : null
        return [it.property, percent(it.seeds, seeds) + (reason === null ? '' : `: ${reason}`)]
      }),
    ),
    '',
    '## Probes',
    '',
    'Rare branches of the machines, counted from the moment at which clients work.',
    '',
    ...table(
      ['probe', 'hits', 'seeds', 'example seed', 'if never'],
      named.map((name) => {
        const it = reached.get(name)
        return [
          name,
          it?.hits ?? 0,
          it?.seeds ?? 0,
          it?.exampleSeed ?? '–',
          it === undefined ? (reasonFor(name, subject, seeds) ?? 'should be reached') : '',
        ]
      }),
    ),
    '',
    ...(problems.length === 0 ? [] : ['## Not reached', '', ...problems.map((words) => `- ${words}`), '']),
  ]
  return lines.join('\n')
}

/** Why a probe was not reached; null: it should have been. */
function reasonFor(name: string, { generation, profile }: ReportSubject, seeds: number): string | null {
  const probe = PROBES.find((it) => it.name === name)
  return probe === undefined ? 'not in the table of probes' : excuseOf(probe, { generation, profile, seeds })
}

/** Sessions of KRaft are memory of the active controller: nothing outside can end one. */
const isMeaningless = (family: FamilyName, { mechanisms }: Generation): boolean =>
  family === 'expire-session' && mechanisms.metadata === 'kraft'

/** Why a profile does not put a property to the test; null: it should. */
function untested(property: string, { profile, generation }: Omit<ReportSubject, 'command'>): string | null {
  const need = NEED_OF[property]
  return need === undefined ? null : lacking(need, profile, generation)
}

/** Of what the version has and the profile draws: how many were reached, and the names of those that were not. */
export interface Reach {
  readonly reached: number
  readonly never: readonly string[]
}

export interface CampaignReach {
  /** Families of faults that struck somebody. */
  readonly faults: Reach
  readonly probes: Reach
  /** Properties that were put to the test. */
  readonly properties: Reach
}

const reachOf = (names: readonly string[], isReached: (name: string) => boolean): Reach => {
  const never = names.filter((name) => !isReached(name))
  return { reached: names.length - never.length, never }
}

export function campaignReach(totals: CampaignTotals, subject: Omit<ReportSubject, 'command'>): CampaignReach {
  const { profile, generation } = subject
  const given: ReportSubject = { command: '', ...subject }
  const reached = new Set(totals.probes.map(({ probe }) => probe))
  const struck = new Set(totals.families.filter(({ fired }) => fired > 0).map(({ family }) => family))
  const tested = new Set(totals.premises.filter(({ seeds }) => seeds > 0).map(({ property }) => property))
  const families = FAMILY_NAMES.filter(
    (family) => (profile.families[family]?.weight ?? 0) > 0 && !isMeaningless(family, generation),
  )
  const probes = PROBES.map(({ name }) => name)
  const properties = PROPERTIES.map(({ name }) => name)
  return {
    faults: reachOf(families, (name) => struck.has(name)),
    probes: reachOf(
      probes.filter((name) => reached.has(name) || reasonFor(name, given, totals.seeds) === null),
      (name) => reached.has(name),
    ),
    properties: reachOf(
      properties.filter((name) => tested.has(name) || untested(name, subject) === null),
      (name) => tested.has(name),
    ),
  }
}

/** Families of the profile that never struck, and probes and premises that were never reached, in words. */
export function coverageProblems(totals: CampaignTotals, subject: Omit<ReportSubject, 'command'>): string[] {
  const { faults, probes, properties } = campaignReach(totals, subject)
  return [
    ...faults.never.map((family) => `the fault ${family} never struck anybody`),
    ...probes.never.map((name) => `the probe "${name}" was never reached`),
    ...properties.never.map((property) => `${property} was never put to the test`),
  ]
}
