/** The roles that replicas of a partition took, as their brokers said. */
import type { Fact } from '../kafka/facts.ts'
import { type BrokerId, nodeNumber, type TopicPartition } from '../kafka/ids.ts'
import type { World } from '../world/world.ts'

/** A broker led or followed from then on, or its life ended. */
export interface RoleTaken {
  readonly broker: BrokerId
  readonly event: number
  readonly fact: Extract<Fact, { kind: (typeof ROLES)[number] }>
}

const ROLES = ['becameLeader', 'becameFollower', 'becomeFollowerSkippedSameLeader', 'recovered'] as const

const isRole = (fact: Fact): fact is RoleTaken['fact'] => (ROLES as readonly string[]).includes(fact.kind)

/** In order of time. `recovered`: a new life of the broker begins, without a role. */
export function rolesTaken(world: World, partition: TopicPartition): RoleTaken[] {
  const roles: RoleTaken[] = []
  for (const { node, event, fact } of world.ledger.facts) {
    if (isRole(fact) && fact.partition === partition) roles.push({ broker: nodeNumber(node), event, fact })
  }
  return roles
}
