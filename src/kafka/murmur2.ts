import { utf8Bytes } from './utf8.ts'

const M = 0x5bd1e995
const SEED = 0x9747b28c

/** The 32-bit MurmurHash2 with Kafka's seed, as a signed integer like Java's (clients: Utils.murmur2). */
export function murmur2(bytes: ArrayLike<number>): number {
  const length = bytes.length
  let hash = SEED ^ length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    let word =
      (bytes[i]! & 0xff) |
      ((bytes[i + 1]! & 0xff) << 8) |
      ((bytes[i + 2]! & 0xff) << 16) |
      ((bytes[i + 3]! & 0xff) << 24)
    word = Math.imul(word, M)
    word ^= word >>> 24
    hash = Math.imul(hash, M) ^ Math.imul(word, M)
  }
  const rest = length - whole
  if (rest > 2) hash ^= (bytes[whole + 2]! & 0xff) << 16
  if (rest > 1) hash ^= (bytes[whole + 1]! & 0xff) << 8
  if (rest > 0) hash = Math.imul(hash ^ (bytes[whole]! & 0xff), M)
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

/** Clears the sign bit, which is not the absolute value (clients: Utils.toPositive). */
export const toPositive = (value: number): number => value & 0x7fffffff

/** The partition of a record with a key, in every generation of the Java producer. */
export const partitionForKey = (key: string, partitions: number): number =>
  toPositive(murmur2(utf8Bytes(key))) % partitions
