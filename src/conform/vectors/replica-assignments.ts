/** Replicas that real brokers placed (AdminUtils.assignReplicasToBrokers with its draws given), held against ours. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { assignReplicas } from '../../kafka/replica-assignment.ts'
import type { Comparison } from '../comparison.ts'
import type { AssignmentCase } from './forms.ts'

export function runAssignments(given: AssignmentCase, _: Mechanisms, to: Comparison, index: number): void {
  const ours = assignReplicas({
    brokers: given.brokers,
    racks: given.racks,
    partitions: given.partitions,
    replicationFactor: given.replicationFactor,
    startIndex: given.fixedStartIndex,
    startShift: given.fixedStartIndex,
    firstPartition: Math.max(0, given.startPartitionId),
  })
  to.equal(`case ${index + 1}`, 'assignment', given.assignment, ours)
}
