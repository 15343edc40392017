/** Vectors of which partition of the internal topics an id belongs to (GroupMetadataManager.partitionFor). */
import { coordinatorPartition } from '../kafka/internal-topics.ts'
import { javaStringHash } from '../kafka/java-hash.ts'
import type { Comparison } from './comparison.ts'

interface PartitionCase {
  readonly id: string
  readonly hashCode: number
  readonly groupPartition: number
  readonly transactionPartition: number
}

/** Partitions of both topics in the vectors. */
const PARTITIONS = 50

export function runOffsetPartitions(cases: readonly unknown[], to: Comparison): void {
  for (const { id, hashCode, groupPartition, transactionPartition } of cases as readonly PartitionCase[]) {
    const label = `id ${JSON.stringify(id)}`
    const ours = coordinatorPartition(id, PARTITIONS)
    to.equal(label, 'hash code', hashCode, javaStringHash(id))
    to.equal(label, 'partition of a group', groupPartition, ours)
    to.equal(label, 'partition of a transactional id', transactionPartition, ours)
  }
}
