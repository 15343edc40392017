import { remembered } from '../kernel/remembered.ts'

/**
 * The bytes of a text in UTF-8, as Kafka's string serializer writes keys and values. A surrogate without its partner
 * becomes `?`, as in Java.
 */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes.push(unit)
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else if (unit < 0xd800 || unit > 0xdfff) {
      bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
    } else {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : Number.NaN
      if (low >= 0xdc00 && low <= 0xdfff) {
        const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        bytes.push(
          0xf0 | (point >> 18),
          0x80 | ((point >> 12) & 0x3f),
          0x80 | ((point >> 6) & 0x3f),
          0x80 | (point & 0x3f),
        )
        i += 1
      } else bytes.push(0x3f)
    }
  }
  return bytes
}

/** Shorter texts are counted as fast as they are looked up. */
const LONG = 100

/** How many bytes {@link utf8Bytes} would give, without making them. */
export const utf8Length = (text: string): number => (text.length < LONG ? countBytes(text) : lengthOfLong(text))

/** A value of ten kilobytes is asked for its length at every stop on its way. */
const lengthOfLong = remembered(countBytes)

function countBytes(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit < 0xd800 || unit > 0xdfff) length += 2
    else {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : Number.NaN
      if (low >= 0xdc00 && low <= 0xdfff) {
        length += 2
        i += 1
      }
    }
  }
  return length
}
