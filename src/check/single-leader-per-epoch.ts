import type { TopicPartition } from '../kafka/ids.ts'
import { statePath } from '../kafka/znodes.ts'
import type { World } from '../world/world.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

export const SINGLE_LEADER_PER_EPOCH: Property = {
  name: 'SingleLeaderPerEpoch',
  kind: 'always',
  statement: 'At most one broker ever takes up the leadership of a partition in one leader epoch.',
  on: ['becameLeader'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'becameLeader') continue
      const { partition, leaderEpoch } = fact
      const other = world.ledger.facts.find(
        (entry) =>
          entry.node !== node &&
          entry.fact.kind === 'becameLeader' &&
          entry.fact.partition === partition &&
          entry.fact.leaderEpoch === leaderEpoch &&
          // A topic that was deleted and created again counts its epochs anew.
          !wasRecreated(world, partition, entry.event),
      )
      if (other === undefined) continue
      findings.push({
        partition,
        words: `${node} takes up ${partition} at leader epoch ${leaderEpoch}, which ${other.node} has already led in`,
        evidence: { leaderEpoch, leader: node, other: other.node, otherEvent: other.event },
        key: `${partition} ${leaderEpoch} ${node} ${other.node}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}

function wasRecreated(world: World, partition: TopicPartition, sinceEvent: number): boolean {
  const path = statePath(partition)
  return world.ledger.registryWrites.some(
    (write) => write.path === path && write.write === 'delete' && write.event > sinceEvent,
  )
}
