/** Holes of Kafka by which a group that nothing disturbs any more stays without an owner for some partition. */
import type { Fact } from '../kafka/facts.ts'
import type { World } from '../world/world.ts'

/** The hole that the group fell into in the generation that it is in; null: none is known. */
export function holeOfGroup(world: World, group: string): string | null {
  const { staticRejoinWhileCompleting } = world.plan.mechanisms
  if (staticRejoinWhileCompleting === 'join' && replacedBeforeItsShare(world, group)) return 'KAFKA-9801'
  return null
}

/** Whether a static member of the present generation came back under a new id before its leader had divided. */
function replacedBeforeItsShare({ ledger }: World, group: string): boolean {
  let replaced = false
  for (const { fact } of ledger.facts) {
    if (beginsGeneration(fact, group)) replaced = false
    else if (fact.kind === 'groupMemberReplaced' && fact.group === group)
      replaced ||= fact.state === 'CompletingRebalance'
  }
  return replaced
}

const beginsGeneration = (fact: Fact, group: string): boolean => fact.kind === 'groupGeneration' && fact.group === group
