/** What makes two breaks the same failure: the property, the hole and the witness without its numbers. */
import type { Violation } from '../check/property.ts'
import type { Json } from '../kernel/json.ts'

/** `[1, 2]` and `[3]` are the same to a reader, and so are offsets, epochs and names of records. */
export const withoutNumbers = (words: string): string =>
  words
    .replace(/\[[\d, ]*\]/g, '[…]')
    .replace(/\b[pc]\d+\b/g, 'client')
    .replace(/\b(orders|payments|events)-\d+\b/g, 'partition')
    .replace(/\d+/g, 'N')

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The rule by which a lost record was cut; empty where nothing was cut. */
function ruleOf({ evidence }: Violation): string {
  if (!isRecord(evidence)) return ''
  const cut = evidence.truncatedBy
  return isRecord(cut) && typeof cut.rule === 'string' ? withoutNumbers(cut.rule) : ''
}

/** Words that tell kinds of one property apart, such as diverged from short; the first ones do. */
const KIND_WORDS = 4

export function signatureOf(violation: Violation): string {
  const rule = ruleOf(violation)
  const kind = rule !== '' ? rule : withoutNumbers(violation.words).split(' ').slice(0, KIND_WORDS).join(' ')
  return [violation.property, violation.knownHole ?? 'no known hole', kind].join(' | ')
}
