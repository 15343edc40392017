/** Signed numbers of variable length: zigzag, seven bits a byte, lowest first. Format 2 uses them inside a record. */

/** Zigzag of numbers up to 2^52 in size, where bit operations would end at 2^32. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

export function varintLength(value: number): number {
  let rest = zigzag(value)
  let bytes = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    bytes += 1
  }
  return bytes
}

export function writeVarint(to: number[], value: number): void {
  let rest = zigzag(value)
  while (rest >= 128) {
    to.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  to.push(rest)
}
