/** Vectors of which partition of the internal topics an id belongs to (GroupMetadataManager.partitionFor). */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { coordinatorPartition } from '../../kafka/internal-topics.ts'
import { javaStringHash } from '../../kafka/java-hash.ts'
import type { Comparison } from '../comparison.ts'
import type { OffsetPartitionCase } from './forms.ts'

/** Partitions of both topics in the vectors. */
const PARTITIONS = 50

export function runOffsetPartitions(given: OffsetPartitionCase, _: Mechanisms, to: Comparison): void {
  const { id } = given
  const label = `id ${JSON.stringify(id)}`
  const ours = coordinatorPartition(id, PARTITIONS)
  to.equal(label, 'hash code', given.hashCode, javaStringHash(id))
  to.equal(label, 'partition of a group', given.groupPartition, ours)
  to.equal(label, 'partition of a transactional id', given.transactionPartition, ours)
}
