/** `list`: what there is, as a table or as a JSON array. */
import { basename, dirname } from 'node:path'
import { Command } from 'commander'
import { PROPERTIES } from '../check/index.ts'
import { SETTINGS } from '../kafka/config.ts'
import { GENERATIONS } from '../kafka/generation/table.ts'
import type { Json } from '../kernel/json.ts'
import type { Block, Column, Document, Line } from '../report/document.ts'
import { GAP, line, paragraph, span, table } from '../report/document.ts'
import { mechanismPages } from '../report/explain/pages.ts'
import { plural } from '../report/words.ts'
import { ACTIONS } from '../scenario/vocabulary/actions.ts'
import { bundledScenarios, toldIncidents } from './bundled.ts'
import { oneOf } from './flags.ts'
import type { Io } from './io.ts'
import { documentText, screenOf } from './screen.ts'

const KINDS = ['scenarios', 'incidents', 'properties', 'mechanisms', 'actions', 'settings', 'generations'] as const
type Kind = (typeof KINDS)[number]

type Item = Readonly<Record<string, Json>>

const scenarioItems = (): Item[] =>
  bundledScenarios().map(({ name, document: { title, kafka } }) => ({ name, title, kafka }))

const ITEMS: Readonly<Record<Kind, () => Item[]>> = {
  scenarios: scenarioItems,
  incidents: () => toldIncidents().map((it) => ({ ...it })),
  properties: () => PROPERTIES.map(({ name, kind, statement }) => ({ name, kind, statement })),
  mechanisms: () => mechanismPages().map(({ term, summary }) => ({ name: term, decides: summary })),
  actions: () => ACTIONS.map(({ name, meaning, example }) => ({ name, meaning, example })),
  settings: () =>
    SETTINGS.map(({ key, scope, type, unit, meaning, defaults }) => ({
      key,
      scope,
      type,
      unit,
      meaning,
      defaults: defaults.map(([since, value]) => ({ since, value })),
    })),
  generations: () => GENERATIONS.map((it) => ({ name: it.name, releases: it.releases, summary: it.summary })),
}

const name: Column = { title: 'name', align: 'left', keep: 9, wrapsTo: 20 }
const words = (title: string): Column => ({ title, align: 'left', keep: 8, wrapsTo: 24 })
const small = (title: string): Column => ({ title, align: 'left', keep: 2 })

/** The columns of each table with the fields they show. */
const COLUMNS: Readonly<Record<Exclude<Kind, 'scenarios'>, readonly (readonly [Column, string])[]>> = {
  incidents: [
    [{ title: 'scenario', align: 'left', keep: 9 }, 'scenario'],
    [{ title: 'known as', align: 'left', keep: 7, wrapsTo: 10 }, 'keys'],
    [{ title: 'affected', align: 'left', keep: 6, wrapsTo: 9 }, 'affected'],
    [small('mended in'), 'fixed'],
  ],
  properties: [
    [name, 'name'],
    [small('judged'), 'kind'],
    [words('statement'), 'statement'],
  ],
  mechanisms: [
    [name, 'name'],
    [words('what it decides'), 'decides'],
  ],
  actions: [
    [name, 'name'],
    [words('meaning'), 'meaning'],
    [{ title: 'example', align: 'left', keep: 1, wrapsTo: 30 }, 'example'],
  ],
  settings: [
    [{ title: 'key', align: 'left', keep: 9, wrapsTo: 24 }, 'key'],
    [small('of'), 'scope'],
    [small('unit'), 'unit'],
    [words('meaning'), 'meaning'],
  ],
  generations: [
    [name, 'name'],
    [{ title: 'releases', align: 'left', keep: 3, wrapsTo: 12 }, 'releases'],
    [words('what changed'), 'summary'],
  ],
}

const shown = (value: Json | undefined): string => {
  if (value === true) return 'yes'
  if (value === false) return 'no'
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

/** Scenarios by theme, under the last part of their names: it is enough to run one. */
function scenarioDocument(items: readonly Item[]): Document {
  const themes = [...new Set(items.map((item) => dirname(String(item.name))))].sort()
  const blocks = themes.flatMap((theme): Block[] => {
    const own = items.filter((item) => dirname(String(item.name)) === theme)
    const rows = own.map((item): Line[] => [
      line(basename(String(item.name)), 'strong'),
      line(String(item.kafka)),
      line(String(item.title)),
    ])
    const columns: Column[] = [
      { title: theme === '.' ? 'name' : `${theme}/`, align: 'left', keep: 9 },
      small('Kafka'),
      words('title'),
    ]
    return [table(columns, rows), GAP]
  })
  return [
    ...blocks,
    paragraph([span(`${plural(items.length, 'scenario')}. Run one with \`highwater run NAME\`.`, 'dim')]),
  ]
}

function listDocument(kind: Kind, items: readonly Item[]): Document {
  if (kind === 'scenarios') return scenarioDocument(items)
  const columns = COLUMNS[kind]
  const rows = items.map((item) =>
    columns.map(([, field], at): Line => line(shown(item[field]), at === 0 ? 'strong' : 'plain')),
  )
  const hint = 'Read more with `highwater explain NAME`.'
  const one = kind === 'properties' ? 'property' : kind.slice(0, -1)
  return [
    table(
      columns.map(([column]) => column),
      rows,
    ),
    paragraph([span(`${plural(items.length, one, kind)}. ${hint}`, 'dim')]),
  ]
}

export function listCommand(io: Io): Command {
  return new Command('list')
    .summary('what there is: scenarios, incidents, properties, mechanisms, actions, settings, generations')
    .argument('<what>', `what to list: ${KINDS.join(', ')}`, oneOf(KINDS))
    .option('--json', 'as a JSON array')
    .action((kind: Kind, flags: { readonly json?: boolean }) => {
      const items = ITEMS[kind]()
      if (flags.json === true) io.stdout.write(`${JSON.stringify(items, null, 2)}\n`)
      else io.stdout.write(documentText(screenOf(io, io.stdout), listDocument(kind, items)))
    })
}
