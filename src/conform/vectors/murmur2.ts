/** Hashes of keys by the Java producer's murmur2, and the partitions that they choose. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { murmur2, toPositive } from '../../kafka/murmur2.ts'
import type { Comparison } from '../comparison.ts'
import type { HashCase } from './forms.ts'

export function runMurmur2(given: HashCase, _: Mechanisms, to: Comparison): void {
  const { keyHex, hash, partition } = given
  const bytes = (keyHex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const label = `key ${keyHex === '' ? '(empty)' : keyHex}`
  const ours = murmur2(bytes)
  to.equal(label, 'hash', hash, ours)
  to.equal(label, 'positive hash', given.toPositive, toPositive(ours))
  for (const count of Object.keys(partition)) {
    to.equal(label, `partition of ${count}`, partition[count], toPositive(ours) % Number(count))
  }
}
