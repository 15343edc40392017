/** The two checksums of Kafka's record formats. */

/** Polynomials with their bits in reversed order. */
const CRC_32 = 0xedb88320
const CRC_32C = 0x82f63b78

function tableOf(polynomial: number): readonly number[] {
  return Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value >>> 0
  })
}

const CRC_32_TABLE = tableOf(CRC_32)
const CRC_32C_TABLE = tableOf(CRC_32C)

function checksum(table: readonly number[], bytes: readonly number[], from: number): number {
  let crc = 0xffffffff
  for (let i = from; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!
  return (crc ^ 0xffffffff) >>> 0
}

/** CRC-32 of the bytes from `from` on: messages of format 0 and 1. */
export const crc32 = (bytes: readonly number[], from = 0): number => checksum(CRC_32_TABLE, bytes, from)

/** CRC-32C (Castagnoli) of the bytes from `from` on: batches of format 2. */
export const crc32c = (bytes: readonly number[], from = 0): number => checksum(CRC_32C_TABLE, bytes, from)
