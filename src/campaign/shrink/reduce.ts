/** Searching for the smallest document that still fails: passes of candidates, each taken when the failure stays. */
import type { ScenarioDocument } from '../../scenario/schema.ts'

export interface Search {
  /** The smallest failing document so far. */
  document: ScenarioDocument
  /** Runs that may still be made. */
  left: number
  /** Whether a document fails in the same way. Not asked for documents that do not compile. */
  readonly fails: (document: ScenarioDocument) => boolean
}

/** Takes a candidate over if it still fails. */
export function attempt(search: Search, candidate: ScenarioDocument): boolean {
  if (search.left <= 0) return false
  search.left -= 1
  if (!search.fails(candidate)) return false
  search.document = candidate
  return true
}

/**
 * Leaves out as many members of a list as can be left out (delta debugging): first halves, then smaller parts, to
 * single members. `items` reads the list, `without` gives the document that keeps only some of them.
 */
export function leaveOut<Item>(
  search: Search,
  items: (document: ScenarioDocument) => readonly Item[],
  keeping: (document: ScenarioDocument, kept: readonly Item[]) => ScenarioDocument,
): void {
  let parts = 2
  for (;;) {
    const all = items(search.document)
    if (all.length === 0 || search.left <= 0) return
    const size = Math.max(1, Math.ceil(all.length / parts))
    let taken = false
    for (let from = 0; from < all.length && !taken; from += size) {
      const kept = [...all.slice(0, from), ...all.slice(from + size)]
      taken = attempt(search, keeping(search.document, kept))
    }
    if (taken) parts = Math.max(2, parts - 1)
    else if (size === 1) return
    else parts = Math.min(all.length, parts * 2)
  }
}

/** Takes the first candidate that still fails, again and again until none does. */
export function whileAny(search: Search, candidates: (document: ScenarioDocument) => Iterable<ScenarioDocument>): void {
  for (let taken = true; taken && search.left > 0; ) {
    taken = false
    for (const candidate of candidates(search.document)) {
      if (attempt(search, candidate)) {
        taken = true
        break
      }
    }
  }
}

/** The same document with every text in it passed through `change`, in keys and in values. */
export function mapTexts(document: ScenarioDocument, change: (text: string) => string): ScenarioDocument {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [change(key), walk(inner)]))
  }
  return walk(document) as ScenarioDocument
}
