/** `explain TERM`: a page of plain words. */
import { Command } from 'commander'
import { resolveGeneration } from '../kafka/generation/table.ts'
import { GAP } from '../report/document.ts'
import type { Page } from '../report/explain/page.ts'
import { nearestName } from '../scenario/nearest.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'
import { documentText, screenOf } from './screen.ts'
import { allPages } from './terms.ts'

/** Case, hyphens, dots and spaces do not matter. */
const folded = (term: string): string => term.toLowerCase().replace(/[-_. ]/g, '')

function pagesFor(term: string, pages: readonly Page[]): Page[] {
  const exact = pages.filter((page) => page.term === term)
  if (exact.length > 0) return exact
  const alike = pages.filter((page) => folded(page.term) === folded(term))
  if (alike.length > 0) return alike
  // Kafka's errors also have numbers, and releases belong to generations.
  const generation = resolveGeneration(term)
  return generation.ok
    ? pages.filter(({ kind, term: name }) => kind === 'generation' && name === generation.generation.name)
    : []
}

const MOST_NEAR = 5

/** Terms that contain the word, or else the one that is spelt most alike. */
function near(term: string, pages: readonly Page[]): string[] {
  const names = [...new Set(pages.map((page) => page.term))]
  const containing = names.filter((name) => folded(name).includes(folded(term)) && folded(term).length > 2)
  const nearest = nearestName(term, names)
  return [...new Set([...(nearest === null ? [] : [nearest]), ...containing])].slice(0, MOST_NEAR)
}

export function explainCommand(io: Io): Command {
  return new Command('explain')
    .summary('a page of plain words about a term')
    .description(
      'Explains a property, mechanism, action, condition, error, setting, fact, message, generation, hole, KIP or issue of Kafka.',
    )
    .argument(
      '<term...>',
      'for example AckedAtAllNotLost, truncation, NOT_ENOUGH_REPLICAS, min.insync.replicas, 0.11, KIP-101',
    )
    .action((words: string[]) => {
      const term = words.join(' ')
      const pages = allPages()
      const found = pagesFor(term, pages)
      if (found.length === 0) {
        const names = near(term, pages)
        const more = names.length === 0 ? 'see `highwater list`' : `nearest: ${names.join(', ')}`
        throw new UsageError(`there is nothing called ${term}; ${more}`)
      }
      const document = found.flatMap((page, index) => (index === 0 ? page.document : [GAP, GAP, ...page.document]))
      io.stdout.write(documentText(screenOf(io, io.stdout), document))
    })
}
