/** Holes of Kafka by which a group that nothing disturbs any more does not give each partition one owner. */
import { holeOfAssignor } from '../check/groups/assignor-holes.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { lockedOutMembers, silencedMembers } from '../world/groups.ts'
import type { World } from '../world/world.ts'

/** The present generation of a group, as far as its coordinators have told. */
interface Generation {
  readonly protocol: string | null
  /** What its leader gave to somebody; null: it has not divided. */
  readonly given: readonly TopicPartition[] | null
  /** In which states of the group static members have come back under new ids since it began. */
  readonly replacedIn: readonly string[]
}

function presentGeneration({ ledger }: World, group: string): Generation {
  let generation: Generation = { protocol: null, given: null, replacedIn: [] }
  for (const { fact } of ledger.facts) {
    if (!('group' in fact) || fact.group !== group) continue
    if (fact.kind === 'groupGeneration') generation = { protocol: fact.protocol, given: null, replacedIn: [] }
    else if (fact.kind === 'groupStable') generation = { ...generation, given: Object.values(fact.assignments).flat() }
    else if (fact.kind === 'groupMemberReplaced') {
      generation = { ...generation, replacedIn: [...generation.replacedIn, fact.state] }
    }
  }
  return generation
}

/** The hole by which a partition has not just one owner in its group; null: none is known. */
export function holeOfGroup(world: World, group: string, partition: TopicPartition): string | null {
  const { staticRejoinWhileCompleting, staticReplacementStored } = world.plan.mechanisms
  const { protocol, given, replacedIn } = presentGeneration(world, group)
  if (staticRejoinWhileCompleting === 'join' && replacedIn.includes('CompletingRebalance')) return 'KAFKA-9801'
  // Without commits a member that was fenced does not learn that it has to join again.
  if (!staticReplacementStored && silencedMembers(world).length > 0) return 'KAFKA-10284'
  // A leave that its coordinator could not write is undone, but for the session that it ended: the member stays for ever,
  // and who joins again under its id is fenced.
  if (lockedOutMembers(world, group).length > 0) return 'KAFKA-19233'
  // Given to two members at once, and each keeps what it was given when they join again.
  const isGivenTwice = (given ?? []).filter((name) => name === partition).length > 1
  const assignor = isGivenTwice ? holeOfAssignor(protocol, world.plan.mechanisms) : null
  if (assignor !== null) return assignor
  // Whoever gives a partition away joins again, so that it can be given to another one. A static member (KIP-345) that
  // comes back in between has nothing to give away: nobody has the partition until something else makes them join.
  const isKeptBack = protocol === 'cooperative-sticky' && given?.includes(partition) === false
  return isKeptBack && replacedIn.includes('Stable') ? 'KIP-429' : null
}
