/** Assignments that the real assignors made, held against ours: the same partitions in the same order. */
import { assignPartitions } from '../../client/consumer/assignors/assign.ts'
import type { AssignorMember, AssignorName } from '../../client/consumer/assignors/assignor.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Comparison } from '../comparison.ts'
import type { AssignorCase } from './forms.ts'

type MemberVector = Extract<AssignorCase, { members: unknown }>['members'][string]

export const runAssignors =
  (assignor: AssignorName) =>
  (given: AssignorCase, mechanisms: Mechanisms, to: Comparison): void => {
    const { name } = given
    const steps = given.steps ?? [given]
    steps.forEach((step, index) => {
      const label = steps[0] === given ? name : `${name}, step ${index + 1} (${step.action})`
      const members = Object.entries(step.members).map(([memberId, member]) => memberOf(memberId, member))
      const ours = assignPartitions(assignor, { members, partitions: step.partitions, racks: step.racks, mechanisms })
      to.equal(label, 'members', Object.keys(step.assignment).sort(), Object.keys(ours).sort())
      for (const memberId of Object.keys(step.assignment)) {
        to.equal(label, `partitions of ${memberId}`, step.assignment[memberId], ours[memberId])
      }
    })
  }

const memberOf = (
  memberId: string,
  { topics, instanceId, previous, previousGeneration, rack }: MemberVector,
): AssignorMember => ({ memberId, instanceId, topics, owned: previous, generation: previousGeneration, rack })
