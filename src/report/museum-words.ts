/** What the cells of the museum are called, whoever draws them: a glyph and a word that say the same as a colour. */
import type { Tone } from './document.ts'
import type { Evidence, Exhibit, Museum, MuseumCell, MuseumVerdict } from './museum.ts'
import { countMuseum } from './museum.ts'
import { plural } from './words.ts'

interface CellWords {
  readonly glyph: string
  readonly word: string
  readonly tone: Tone
  /** For the key below a table. */
  readonly meaning: string
}

export const VERDICT_WORDS: Readonly<Record<MuseumVerdict, CellWords>> = {
  held: { glyph: '✓', word: 'held', tone: 'good', meaning: 'it does not happen' },
  lost: { glyph: '✗', word: 'lost', tone: 'bad', meaning: 'an acknowledged record is gone' },
  diverged: {
    glyph: '≠',
    word: 'diverged',
    tone: 'bad',
    meaning: 'replicas, or two looks at the same offset, disagree',
  },
  skipped: { glyph: '↷', word: 'skipped', tone: 'bad', meaning: 'a record was passed over and never processed' },
  duplicated: { glyph: '²', word: 'duplicated', tone: 'warn', meaning: 'a record is there, or was read, twice' },
  repeated: { glyph: '↻', word: 'repeated', tone: 'warn', meaning: 'a record was processed again' },
  stuck: { glyph: '‖', word: 'stuck', tone: 'warn', meaning: 'somebody is down, or waits for ever' },
  broken: { glyph: '!', word: 'broken', tone: 'warn', meaning: 'a promise of another kind is broken' },
  'not-applicable': { glyph: '–', word: 'n/a', tone: 'dim', meaning: 'this generation has no such thing' },
  failed: { glyph: '?', word: 'failed', tone: 'bad', meaning: 'the run itself failed: a bug of ours' },
}

/** `✗ lost, ≠ diverged`. */
export const verdictWords = ({ verdict, also }: Pick<MuseumCell, 'verdict' | 'also'>): string =>
  [verdict, ...also].map((each) => `${VERDICT_WORDS[each].glyph} ${VERDICT_WORDS[each].word}`).join(', ')

export const EVIDENCE_WORDS: Readonly<Record<Evidence, { readonly glyph: string; readonly words: string }>> = {
  recorded: { glyph: '●', words: 'verified on brokers' },
  source: { glyph: '○', words: 'from the source' },
  kip: { glyph: '◇', words: 'from the KIP' },
}

export const issueLink = (jira: string): string => `https://issues.apache.org/jira/browse/${jira}`

/** `KIP-101 (KAFKA-1211)`. */
export const issueWords = ({ kip, jira }: Pick<Exhibit, 'kip' | 'jira'>): string => {
  if (kip === null) return jira.join(', ')
  return jira.length === 0 ? kip : `${kip} (${jira.join(', ')})`
}

/** `affected: <0.11; fixed in 0.11.0.0`. */
export const affectedWords = ({ affected, fixed }: Pick<Exhibit, 'affected' | 'fixed'>): string =>
  `affected: ${affected}; ${fixed === null ? 'never repaired, or by design' : `fixed in ${fixed}`}`

interface CellRange {
  /** `0.8.0 to 0.10.2`, or the one generation. */
  readonly generations: string
  readonly cells: readonly MuseumCell[]
}

/** Neighbouring cells that are the same by a measure. */
export function rangesOf(cells: readonly MuseumCell[], same: (a: MuseumCell, b: MuseumCell) => boolean): CellRange[] {
  const groups: MuseumCell[][] = []
  for (const cell of cells) {
    const group = groups.at(-1)
    if (group !== undefined && same(group[0]!, cell)) group.push(cell)
    else groups.push([cell])
  }
  return groups.map((group) => {
    const first = group[0]!.generation
    return { generations: group.length === 1 ? first : `${first} to ${group.at(-1)!.generation}`, cells: group }
  })
}

/** The line of counts: all that `--quiet` prints. */
export function countWords(museum: Museum): string {
  const { incidents, cells, agreeing, disagreeing, notApplicable } = countMuseum(museum)
  const runs = `${plural(incidents, 'incident')} under ${plural(museum.generations.length, 'generation')}`
  const rest = notApplicable === 0 ? '' : `, ${notApplicable} not applicable`
  return `${runs}: ${plural(cells, 'cell')}, ${agreeing} as expected, ${disagreeing} disagreeing${rest}`
}

/** Which command, seed and version made it. */
export const madeBy = ({ command, seed, highwater }: Museum): string =>
  `Made by \`${command}\`, seed ${seed}, highwater ${highwater}.`
