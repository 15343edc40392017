/** An event of a trace in words, and the chain of causes behind it. */
import { factWords, markOfFact, nodeWords } from '../words.ts'
import type { PageRun } from './page-run.ts'
import { partsOfKey } from './page-run.ts'
import type { PageEvent } from './page-trace.ts'

/** `b2`, `c1` and whole names for the rest: lanes and chains are narrow. */
export function shortNode(node: string): string {
  const match = /^(broker|controller|session|quorum)-(\d+)$/.exec(node)
  if (match === null) return node.replace(/^(producer|consumer|client)-/, '')
  const letter = { broker: 'b', controller: 'ctl', session: 'b', quorum: 'q' }[match[1] as 'broker']
  return `${letter}${match[2]}`
}

/** What happened by itself, before what machines said about it. */
function plainWords({ k, a, n, r, w, s }: PageEvent): string {
  const parts = partsOfKey(a)
  switch (k) {
    case 'deliver':
      return parts === null
        ? a
        : `${shortNode(n)} receives ${parts.type} from ${shortNode(parts.from)}${w ? ` (${w})` : ''}`
    case 'local':
      return parts === null ? a : `${shortNode(parts.from)} tells ${shortNode(parts.to)} ${parts.type}`
    case 'timer':
      return `${shortNode(n)} timer ${/\/timer (.*)#/.exec(a)?.[1] ?? ''}`.trim()
    case 'disconnect':
      return `${shortNode(n)} learns that the connection to ${shortNode(parts?.from ?? '?')} is gone`
    case 'start':
      return `${nodeWords(n)} starts`
    case 'stop':
      return `${nodeWords(n)} is asked to stop`
    case 'offer':
      return `${shortNode(n)} is offered a record`
    case 'operation':
      return `${shortNode(n)} is asked: ${a.replace(/#.*/, '')}`
    default:
      return s === undefined && w === undefined ? `${a.replace(/#.*/, '')}${r === '' ? '' : ` (${r})`}` : (w ?? a)
  }
}

/** What machines said during it that a reader wants, a sentence each. */
const factLines = (event: PageEvent, minor: boolean): string[] =>
  (event.f ?? [])
    .filter(({ fact }) => minor || markOfFact(fact).weight === 'major' || fact.kind === 'clientTold')
    .map(({ node, fact }) => `${shortNode(node)} ${factWords(fact)}`)

/** One line: what was said if it matters and what it broke, else what happened. */
export function eventWords(event: PageEvent): string {
  if (event.s !== undefined) return event.w ?? plainWords(event)
  const broke = (event.v ?? []).flatMap((verdict) =>
    verdict.change === 'broke' ? [`${verdict.property} breaks: ${verdict.words}`] : [],
  )
  const told = [...factLines(event, false), ...broke]
  return told.length > 0 ? told.join('; ') : plainWords(event)
}

/** Both: what happened, and everything that was said. */
export function eventDetail(event: PageEvent): { readonly happened: string; readonly said: readonly string[] } {
  return { happened: plainWords(event), said: factLines(event, true) }
}

export interface Why {
  readonly event: number
  readonly words: string
  /** Links between this one and the one before it in the chain that say nothing by themselves. */
  readonly skipped: number
}

/** Links of a chain that are told. */
const MOST_LINKS = 24
/** The nearest causes are told whatever they are. */
const NEAREST = 2

/** The chain of causes, the event itself first. `more`: links that are left out, back to the beginning. */
export function whyChain(run: PageRun, index: number): { readonly links: readonly Why[]; readonly more: number } {
  const links: Why[] = []
  let skipped = 0
  for (let at = index; at >= 0; ) {
    const event = run.events[at]
    if (event === undefined) break
    const telling = links.length <= NEAREST || run.levels[at]! >= 3
    if (telling && links.length < MOST_LINKS) {
      links.push({ event: at, words: eventWords(event), skipped })
      skipped = 0
    } else skipped += 1
    // Where several led to it the last one is what it waited for.
    const causes = event.c.map((id) => run.indexOfId(id)).filter((cause) => cause >= 0 && cause < at)
    if (causes.length === 0) break
    at = Math.max(...causes)
  }
  return { links, more: skipped }
}

/** Every event that led to it, itself included; at most `most`, nearest first. */
export function causalCone(run: PageRun, index: number, most = 2000): ReadonlySet<number> {
  const cone = new Set<number>([index])
  for (const at of cone) {
    if (cone.size >= most) break
    for (const id of run.events[at]?.c ?? []) {
      const cause = run.indexOfId(id)
      if (cause >= 0) cone.add(cause)
    }
  }
  return cone
}
