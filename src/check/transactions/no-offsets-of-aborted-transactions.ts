import { splitTopicPartition } from '../../kafka/ids.ts'
import { OFFSETS_TOPIC } from '../../kafka/internal-topics.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import { leadershipOf } from '../leadership.ts'
import { logOf } from '../logs.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { fateOf } from './fate.ts'

/** What each coordinator answers as committed, held against the record in its log that it has it from. */
function findingsOf(world: World, partition: string): Finding[] {
  const leader = leadershipOf(world, partition)
  if (leader?.kind !== 'led') return []
  const log = logOf(world, leader.leader, partition)
  const { coordination } = brokerState(world, leader.leader)?.volatile ?? {}
  const groups = coordination?.partitions[partition]?.groups ?? {}
  const findings: Finding[] = []
  for (const group of Object.keys(groups).sort()) {
    const { offsets } = groups[group]!
    for (const name of Object.keys(offsets).sort()) {
      const { committed, appendedAt } = offsets[name]!
      const fate = log === null ? 'none' : fateOf(log, appendedAt, log.logEndOffset)
      if (fate !== 'open' && fate !== 'ABORT') continue
      findings.push({
        partition: name,
        words: `broker ${leader.leader} has ${committed.offset} of ${name} committed for ${group} by a transaction that ${fate === 'open' ? 'is open' : 'was aborted'}`,
        evidence: { group, broker: leader.leader, offset: committed.offset, appendedAt, fate },
        key: `${group} ${name} ${appendedAt}`,
      })
    }
  }
  return findings
}

/** KIP-98: offsets sent to a transaction count when it is committed, and never otherwise. */
export const NO_OFFSETS_OF_ABORTED_TRANSACTIONS: Property = {
  name: 'NoOffsetsOfAbortedTransactions',
  kind: 'finally',
  statement: 'No committed offset of a group was sent to a transaction that is open or was aborted.',
  on: [],
  promised: () => PROMISED,
  check: (world) => {
    const findings = knownPartitions(world)
      .filter((partition) => splitTopicPartition(partition).topic === OFFSETS_TOPIC)
      .flatMap((partition) => findingsOf(world, partition))
    return findings.length === 0 ? null : findings
  },
}
