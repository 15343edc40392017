/** Numbers as Kafka's files hold them: big-endian, at the end of a growing list of bytes. */

/** Appends a whole number of `count` bytes, negative ones as two's complement. Exact to 2^53 in 8 bytes. */
export function writeInt(to: number[], value: number, count: 1 | 2 | 4 | 8): void {
  let rest = value
  const reversed: number[] = []
  for (let i = 0; i < count; i++) {
    const byte = ((rest % 256) + 256) % 256
    reversed.push(byte)
    rest = (rest - byte) / 256
  }
  for (let i = count - 1; i >= 0; i--) to.push(reversed[i]!)
}

export function writeBytes(to: number[], bytes: readonly number[]): void {
  for (const byte of bytes) to.push(byte)
}

const HEX = '0123456789abcdef'

export function toHex(bytes: readonly number[]): string {
  let text = ''
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15)
  return text
}
