/** Pages about a KIP or an issue of Kafka: the scenarios that tell it, and everything here that goes by it. */
import type { Block, Column, Document, Line } from '../document.ts'
import { GAP, heading, line, paragraph, plainText, span, table, verbatim } from '../document.ts'
import type { Page } from './page.ts'
import { title } from './pages.ts'

/** What a scenario of the museum says about its incident. */
export interface ToldIncident {
  /** Enough to run it. */
  readonly scenario: string
  readonly title: string
  /** KIP and issue, as far as there are any. */
  readonly keys: readonly string[]
  /** Releases, in words. */
  readonly affected: string
  /** The release that mended it; null: none has. */
  readonly fixed: string | null
}

/** Values of switches are written small: `kip-101`. */
const KEY = /\b(?:KIP|KAFKA)-\d+\b/gi

const linesOf = (block: Block): readonly Line[] => {
  switch (block.kind) {
    case 'gap':
      return []
    case 'heading':
      return [line(block.text)]
    case 'paragraph':
      return [block.line]
    case 'verbatim':
      return block.lines
    case 'table':
      return block.rows.flat()
  }
}

const keysIn = (document: Document): string[] =>
  document
    .flatMap((block) => linesOf(block).flatMap((each) => plainText(each).match(KEY) ?? []))
    .map((key) => key.toUpperCase())

const tellers = (incidents: readonly ToldIncident[]): Block[] =>
  incidents.flatMap(({ scenario, title: words, affected, fixed }) => {
    const since = fixed === null ? `Kafka ${affected}` : `Kafka ${affected}, mended in ${fixed}`
    return [
      GAP,
      paragraph([span(words, 'strong'), span(`  ${since}`, 'dim')], 2),
      verbatim([`highwater run ${scenario}`], 4),
    ]
  })

function mentions(pages: readonly Page[]): Block[] {
  const properties = pages.filter(({ kind }) => kind === 'property').map(({ term }) => term)
  const others = pages.filter(({ kind }) => kind !== 'property')
  const blocks: Block[] = []
  if (others.length > 0) {
    const rows = others.map(({ term, kind, summary }): Line[] => [
      line(term, 'strong'),
      line(kind, 'dim'),
      line(summary),
    ])
    const columns: Column[] = [
      { title: 'term', align: 'left', keep: 9, wrapsTo: 20 },
      { title: 'kind', align: 'left', keep: 5 },
      { title: 'about', align: 'left', keep: 8, wrapsTo: 24 },
    ]
    blocks.push(heading('What goes by it here'), table(columns, rows))
  }
  if (properties.length > 0) {
    blocks.push(heading('Properties whose pages name it as a hole'), paragraph(properties.join(', '), 2))
  }
  return blocks
}

/** KIPs before issues, each by number. */
function inOrder(a: string, b: string): number {
  const [ofA, numberA] = a.split('-')
  const [ofB, numberB] = b.split('-')
  return ofA === ofB ? Number(numberA) - Number(numberB) : ofA === 'KIP' ? -1 : 1
}

/** One page for each KIP or issue that an incident or another page names. */
export function issuePages(pages: readonly Page[], incidents: readonly ToldIncident[]): Page[] {
  const mentioned = pages.map((page) => ({ page, keys: new Set(keysIn(page.document)) }))
  const keys = new Set([...mentioned.flatMap((each) => [...each.keys]), ...incidents.flatMap((each) => each.keys)])
  return [...keys].sort(inOrder).map((key) => {
    const kind = key.startsWith('KIP') ? 'Kafka improvement proposal' : 'issue of Kafka'
    const told = incidents.filter((incident) => incident.keys.includes(key))
    const named = mentioned.filter((each) => each.keys.has(key)).map(({ page }) => page)
    const summary = told[0]?.title ?? named[0]!.summary
    return {
      kind: 'issue',
      term: key,
      summary,
      document: [
        title(key, kind),
        ...tellers(told),
        ...mentions(named),
        GAP,
        paragraph([span('Read more about a term with `highwater explain TERM`.', 'dim')], 2),
      ],
    }
  })
}
