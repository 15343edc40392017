/** Pages about what the simulator knows of Kafka: properties, mechanisms, errors, settings, generations. */

import { PROPERTIES } from '../../check/index.ts'
import type { Promised, Property } from '../../check/property.ts'
import type { Setting } from '../../kafka/config.ts'
import { defaultIn, SETTINGS } from '../../kafka/config.ts'
import type { KafkaError } from '../../kafka/errors.ts'
import { ERRORS } from '../../kafka/errors.ts'
import type { Generation } from '../../kafka/generation/generation.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { GENERATIONS, generationNamed } from '../../kafka/generation/table.ts'
import { own } from '../../kernel/own.ts'
import type { Block, Line } from '../document.ts'
import { GAP, heading, line, paragraph, span, table, verbatim } from '../document.ts'
import { MECHANISM_WORDS } from './mechanisms/table.ts'
import type { Page, PageKind } from './page.ts'
import { PROPERTY_WORDS } from './property-words.ts'

/** The title line of every page. */
export const title = (term: string, kind: string): Block => paragraph([span(term, 'strong'), span(`  ${kind}`, 'dim')])

const KINDS: Readonly<Record<Property['kind'], string>> = {
  always: 'judged after every event that can affect it',
  finally: 'judged at the end of the run',
  sometimes: 'some run must reach it',
}

/** Whether a property is promised to a generation after a crash, with nothing else done to the cluster. */
export interface PromiseAfterCrash {
  readonly generation: string
  readonly promised: Promised
}

const lineageOf = (name: string): string => generationNamed(name)?.mechanisms.metadata ?? ''

/** Neighbours of one lineage and the same text become one row: `0.8.0 to 0.10.2`. */
function ranges(
  entries: readonly { readonly name: string; readonly text: string }[],
): { readonly names: string; readonly text: string }[] {
  const rows: { first: string; last: string; text: string }[] = []
  for (const { name, text } of entries) {
    const last = rows.at(-1)
    if (last !== undefined && last.text === text && lineageOf(last.last) === lineageOf(name)) last.last = name
    else rows.push({ first: name, last: name, text })
  }
  return rows.map(({ first, last, text }) => ({ names: first === last ? first : `${first} to ${last}`, text }))
}

const promiseText = (promised: Promised): string =>
  promised.promised
    ? '✓ promised'
    : `○ not promised: ${promised.because}${promised.hole === null ? '' : ` (${promised.hole})`}`

function rangeTable(column: string, entries: readonly { readonly name: string; readonly text: string }[]): Block {
  const rows = ranges(entries).map(({ names, text }): Line[] => [line(names, 'strong'), line(text)])
  return table(
    [
      { title: 'Kafka', align: 'left', keep: 9 },
      { title: column, align: 'left', keep: 8, wrapsTo: 24 },
    ],
    rows,
  )
}

export function propertyPages(promisesOf: (property: Property) => readonly PromiseAfterCrash[]): Page[] {
  return PROPERTIES.map((property) => {
    const promises = promisesOf(property)
    const document: Block[] = [
      title(property.name, `property, ${KINDS[property.kind]}`),
      GAP,
      paragraph([span(property.statement, 'strong')], 2),
      GAP,
      paragraph(PROPERTY_WORDS[property.name] ?? '', 2),
    ]
    if (promises.length > 0) {
      document.push(
        heading('Is it promised when a leader crashes (acks=all, unclean election off, no power loss)?'),
        rangeTable(
          'promise',
          promises.map(({ generation, promised }) => ({ name: generation, text: promiseText(promised) })),
        ),
      )
    }
    document.push(
      GAP,
      paragraph(
        'A property that breaks where it is not promised is reported as a known hole and does not fail the run; a scenario that lists it under `expect: holds` makes it fail.',
        2,
      ),
    )
    return { kind: 'property', term: property.name, summary: property.statement, document }
  })
}

const SWITCHES = Object.keys(MECHANISM_WORDS) as (keyof Mechanisms)[]

/** The value of a switch in a generation; an absent one is no. */
const valueIn = (generation: Generation, name: keyof Mechanisms): string =>
  String(generation.mechanisms[name] ?? (name === 'controlledShutdownOrder' ? 'assignment' : false))

const SHOWN_VALUES: Readonly<Record<string, string>> = { true: 'yes', false: 'no' }

export const mechanismPages = (): Page[] =>
  SWITCHES.map((name) => {
    const words = MECHANISM_WORDS[name]
    const values = Object.entries(words.values).map(([value, meaning]): Line[] => [
      line(SHOWN_VALUES[value] ?? value, 'strong'),
      line(meaning),
    ])
    const document: Block[] = [
      title(name, `mechanism switch (${words.area})`),
      GAP,
      paragraph(words.meaning, 2),
      GAP,
      table(
        [
          { title: 'value', align: 'left', keep: 9 },
          { title: 'meaning', align: 'left', keep: 8, wrapsTo: 24 },
        ],
        values,
      ),
      GAP,
      rangeTable(
        'value',
        GENERATIONS.map((generation) => ({
          name: generation.name,
          text: SHOWN_VALUES[valueIn(generation, name)] ?? valueIn(generation, name),
        })),
      ),
      GAP,
      paragraph('A scenario can turn one switch under `mechanisms:`, to see what it alone changes:', 2),
      verbatim([`mechanisms: { ${name}: ${valueIn(GENERATIONS[0]!, name)} }`], 4),
    ]
    return { kind: 'mechanism', term: name, summary: words.meaning, document }
  })

const yesNo = (is: boolean): string => (is ? 'yes' : 'no')

const errorPage = (error: KafkaError): Page => ({
  kind: 'error',
  term: error.name,
  summary: error.meaning,
  document: [
    title(error.name, error.code > 1000 ? "error of a client's own socket" : `Kafka error, code ${error.code}`),
    GAP,
    paragraph(error.meaning, 2),
    GAP,
    paragraph([span('may be tried again   ', 'dim'), span(yesNo(error.retriable))], 2),
    paragraph([span('certainly no effect  ', 'dim'), span(yesNo(error.definite))], 2),
    GAP,
    paragraph(
      error.definite
        ? 'A producer that is told this and gives up counts the record as failed: it is not in the log.'
        : 'A producer that is told this and gives up counts the record as unknown: it may be in the log and may yet be committed.',
      2,
    ),
  ],
})

export const errorPages = (): Page[] => ERRORS.map(errorPage)

/** Kafka's largest number stands for never. */
const shownDefault = (value: ReturnType<typeof defaultIn>, unit: string): string => {
  if (value === null) return 'does not exist'
  if (value === '') return 'unset'
  if (value === Number.MAX_SAFE_INTEGER) return 'never'
  return unit === '' || unit === 'count' ? String(value) : `${value} ${unit}`
}

/** A setting of several scopes is told once where it is the same in all. */
function distinct(settings: readonly Setting[]): { readonly setting: Setting; readonly scopes: readonly string[] }[] {
  const groups: { setting: Setting; scopes: string[] }[] = []
  const same = (a: Setting, b: Setting): boolean =>
    a.meaning === b.meaning && a.type === b.type && JSON.stringify(a.defaults) === JSON.stringify(b.defaults)
  for (const setting of settings) {
    const group = groups.find((each) => same(each.setting, setting))
    if (group === undefined) groups.push({ setting, scopes: [setting.scope] })
    else group.scopes.push(setting.scope)
  }
  return groups
}

/** Values, with the releases between which each is there. */
const valueWords = ({ allowed = [], since = {}, until = {} }: Setting): string =>
  allowed
    .filter((each) => each !== '')
    .map((each) => {
      const bounds = [
        own(since, each) === undefined ? '' : `from ${since[each]}`,
        own(until, each) === undefined ? '' : `before ${until[each]}`,
      ].filter((part) => part !== '')
      return bounds.length === 0 ? each : `${each} (${bounds.join(', ')})`
    })
    .join(', ')

function settingPage(settings: readonly Setting[]): Page {
  const [first] = settings as [Setting]
  const document: Block[] = [
    title(first.key, `setting of the ${settings.map(({ scope }) => scope).join(' and of the ')}`),
  ]
  const groups = distinct(settings)
  for (const { setting, scopes } of groups) {
    document.push(
      GAP,
      paragraph(groups.length === 1 ? setting.meaning : `${scopes.join(' and ')}: ${setting.meaning}`, 2),
    )
    const bounds = [
      setting.type === 'int' ? 'a whole number' : setting.type === 'boolean' ? 'true or false' : 'text',
      setting.min === undefined ? '' : `at least ${setting.min}`,
      setting.max === undefined ? '' : `at most ${setting.max}`,
      setting.allowed === undefined ? '' : `${setting.listed === true ? 'some' : 'one'} of ${valueWords(setting)}`,
    ].filter((part) => part !== '')
    const unit = setting.unit === '' || setting.unit === 'count' ? '' : `, in ${setting.unit}`
    document.push(
      paragraph([span('value  ', 'dim'), span(`${bounds.join(', ')}${unit}`)], 2),
      GAP,
      rangeTable(
        'default',
        GENERATIONS.map(({ name }) => ({
          name,
          text: shownDefault(defaultIn(setting, name), setting.unit),
        })),
      ),
    )
  }
  return { kind: 'setting', term: first.key, summary: first.meaning, document }
}

export const settingPages = (): Page[] =>
  [...new Set(SETTINGS.map(({ key }) => key))].map((key) =>
    settingPage(SETTINGS.filter((setting) => setting.key === key)),
  )

/** Switches that a generation turned, against the one before it. */
function turned(generation: Generation, before: Generation | undefined): Line[][] {
  if (before === undefined) return []
  return SWITCHES.filter((name) => valueIn(generation, name) !== valueIn(before, name)).map((name): Line[] => {
    const show = (value: string): string => SHOWN_VALUES[value] ?? value
    return [line(name, 'strong'), line(show(valueIn(before, name)), 'dim'), line(show(valueIn(generation, name)))]
  })
}

export const generationPages = (): Page[] =>
  GENERATIONS.map((generation, index) => {
    const before = GENERATIONS[index - 1]
    const sameLineage = before !== undefined && lineageOf(before.name) === lineageOf(generation.name)
    const rows = turned(generation, sameLineage ? before : undefined)
    const document: Block[] = [
      title(`Kafka ${generation.name}`, 'generation'),
      GAP,
      paragraph(generation.summary, 2),
      paragraph([span('releases  ', 'dim'), span(generation.releases.join(', '))], 2),
    ]
    if (rows.length > 0) {
      document.push(
        heading(`What changed against ${before!.name}`),
        table(
          [
            { title: 'mechanism', align: 'left', keep: 9 },
            { title: 'before', align: 'left', keep: 5, wrapsTo: 10 },
            { title: 'here', align: 'left', keep: 8, wrapsTo: 10 },
          ],
          rows,
        ),
      )
    }
    return { kind: 'generation', term: generation.name, summary: generation.summary, document }
  })

/** Words of a vocabulary: a name, what it means, how it is written. */
export const wordPages = (
  kind: PageKind,
  what: string,
  words: readonly { readonly name: string; readonly meaning: string; readonly example?: string }[],
): Page[] =>
  words.map(({ name, meaning, example }) => ({
    kind,
    term: name,
    summary: meaning,
    document: [
      title(name, what),
      GAP,
      paragraph(meaning, 2),
      ...(example === undefined ? [] : [GAP, verbatim([example], 4)]),
    ],
  }))
