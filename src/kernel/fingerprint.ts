/**
 * Canonical text of a plain value: keys sorted, no white space. Two values have the same text exactly when they are
 * equal as data, whatever order their keys were written in.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += (i > 0 ? ',' : '') + canonical(value[i])
    return `${text}]`
  }
  const object = value as Record<string, unknown>
  let text = '{'
  let first = true
  for (const key of Object.keys(object).sort()) {
    const member = object[key]
    if (member === undefined) continue
    text += `${first ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`
    first = false
  }
  return `${text}}`
}

/** A running 64-bit digest as two 32-bit words (FNV-1a with two primes), the same in every engine. */
export interface Digest {
  a: number
  b: number
}

export const emptyDigest = (): Digest => ({ a: 0x811c9dc5, b: 0x9747b28c })

/** Folds a text into the digest, in place. */
export function foldText(digest: Digest, text: string): void {
  let { a, b } = digest
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 15
  }
  digest.a = Math.imul(a ^ 0x1f, 0x01000193)
  digest.b = Math.imul(b ^ 0x1f, 0x5bd1e995)
}

const fold = (digest: Digest, word: number): void => {
  digest.a = Math.imul(digest.a ^ word, 0x01000193)
  const b = Math.imul(digest.b ^ word, 0x5bd1e995)
  digest.b = b ^ (b >>> 15)
}

/** Folds a number into the digest, in place. */
export function foldNumber(digest: Digest, value: number): void {
  if (!Number.isSafeInteger(value)) {
    foldText(digest, String(value))
    return
  }
  fold(digest, value | 0)
  fold(digest, Math.floor(value / 0x1_0000_0000))
}

const [NULL, TRUE, FALSE, ARRAY, OBJECT, END] = [0x2f01, 0x2f02, 0x2f03, 0x2f04, 0x2f05, 0x2f06]

/**
 * Folds a plain value into the digest, in place and without making its text. Members count in the order in which they
 * were written, which is the same in every run of the same program.
 */
export function foldValue(digest: Digest, value: unknown): void {
  switch (typeof value) {
    case 'string':
      foldText(digest, value)
      return
    case 'number':
      foldNumber(digest, value)
      return
    case 'boolean':
      fold(digest, value ? TRUE : FALSE)
      return
    case 'object':
      break
    default:
      return
  }
  if (value === null) {
    fold(digest, NULL)
    return
  }
  if (Array.isArray(value)) {
    fold(digest, ARRAY)
    for (const member of value) foldValue(digest, member)
    fold(digest, END)
    return
  }
  fold(digest, OBJECT)
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    const member = object[key]
    if (member === undefined) continue
    foldText(digest, key)
    foldValue(digest, member)
  }
  fold(digest, END)
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

/** The digest as 16 hexadecimal digits. */
export const digestText = (digest: Digest): string => hex(digest.a) + hex(digest.b)

/** The digest of one plain value. */
export function fingerprint(value: unknown): string {
  const digest = emptyDigest()
  foldText(digest, canonical(value))
  return digestText(digest)
}
