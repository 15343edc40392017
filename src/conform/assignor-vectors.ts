/** Assignments that the real assignors made, held against ours: the same partitions in the same order. */
import { assignPartitions } from '../client/consumer/assignors/assign.ts'
import type { AssignorMember, AssignorName } from '../client/consumer/assignors/assignor.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import type { Comparison } from './comparison.ts'

interface MemberVector {
  readonly topics: readonly string[]
  readonly instanceId?: string
  readonly previous?: readonly TopicPartition[]
  readonly previousGeneration?: number
}

interface StepVector {
  readonly action?: string
  readonly partitions: Readonly<Record<string, number>>
  readonly members: Readonly<Record<string, MemberVector>>
  readonly assignment: Readonly<Record<string, readonly TopicPartition[]>>
}

type CaseVector = StepVector & { readonly name: string; readonly steps?: readonly StepVector[] }

/** One assignment by itself (range, round robin), or a sequence in which each step is given what the last one left. */
export const runAssignors =
  (assignor: AssignorName) =>
  (cases: readonly unknown[], mechanisms: Mechanisms, to: Comparison): void => {
    for (const each of cases as readonly CaseVector[]) {
      ;(each.steps ?? [each]).forEach((step, index) => {
        const label = each.steps === undefined ? each.name : `${each.name}, step ${index + 1} (${step.action})`
        const members = Object.entries(step.members).map(([memberId, given]) => memberOf(memberId, given))
        const ours = assignPartitions(assignor, { members, partitions: step.partitions, mechanisms })
        to.equal(label, 'members', Object.keys(step.assignment).sort(), Object.keys(ours).sort())
        for (const memberId of Object.keys(step.assignment)) {
          to.equal(label, `partitions of ${memberId}`, step.assignment[memberId], ours[memberId])
        }
      })
    }
  }

const memberOf = (memberId: string, given: MemberVector): AssignorMember => ({
  memberId,
  instanceId: given.instanceId ?? null,
  topics: given.topics,
  owned: given.previous ?? [],
  generation: given.previousGeneration ?? -1,
  rack: null,
})
