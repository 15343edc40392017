/** The assignors of the Java consumer by their names (`partition.assignment.strategy`). */
import type { Assignment, AssignorInput, AssignorName } from './assignor.ts'
import { assignRange } from './range.ts'
import { assignRoundRobin } from './round-robin.ts'
import { assignCooperativeSticky, assignSticky } from './sticky.ts'

const ASSIGNORS: Readonly<Record<AssignorName, (input: AssignorInput) => Assignment>> = {
  range: assignRange,
  roundrobin: assignRoundRobin,
  sticky: assignSticky,
  'cooperative-sticky': assignCooperativeSticky,
}

/** Divides the partitions of the subscribed topics as the leader of a group does. */
export const assignPartitions = (assignor: AssignorName, input: AssignorInput): Assignment => ASSIGNORS[assignor](input)
