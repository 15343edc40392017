import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { cutsOf } from './cuts.ts'
import { apart, firstDifference, logOf, named, recordAt } from './logs.ts'
import { divergenceHoles, unlessToldHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { differenceHole } from './replication-holes.ts'

/**
 * Log matching as Raft says it, judged by induction over appends: where an append brings two logs to the same epoch at
 * one offset, they must agree on what was appended and on the record just below it.
 */
export const LOG_MATCHING_BY_EPOCH: Property = {
  name: 'LogMatchingByEpoch',
  kind: 'always',
  statement: 'Two logs that have a record of the same epoch at one offset agree on everything below it.',
  on: ['appended'],
  promised: (plan) =>
    plan.mechanisms.recordFormat < 2
      ? { promised: false, because: 'records before 0.11 carry no leader epoch', hole: 'KIP-101' }
      : unlessToldHoles(divergenceHoles(plan)),
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'appended' || fact.endOffset <= fact.baseOffset) continue
      compareAppend(world, fact.partition, nodeNumber(node), fact.baseOffset, fact.endOffset, findings)
    }
    return findings.length === 0 ? null : findings
  },
}

function compareAppend(
  world: World,
  partition: TopicPartition,
  broker: BrokerId,
  baseOffset: number,
  endOffset: number,
  findings: Finding[],
): void {
  const log = logOf(world, broker, partition)
  if (log === null) return
  for (const { id } of world.plan.brokers) {
    const other = id === broker ? null : logOf(world, id, partition)
    if (other === null || other.logEndOffset <= baseOffset) continue
    const offset = disagreement(log, other, baseOffset, Math.min(endOffset, other.logEndOffset))
    if (offset === null) continue
    const left = recordAt(log, offset)
    const right = recordAt(other, offset)
    const hole = differenceHole(world, cutsOf(world), { partition, offset }, [broker, id])
    findings.push({
      partition,
      words:
        `broker ${broker} appends to ${partition} and comes to the same epoch as broker ${id} at one offset, but offset ` +
        `${offset} is ${named(left)} (epoch ${left?.epoch ?? -1}) on the one and ${named(right)} (epoch ${right?.epoch ?? -1}) on the other`,
      ...apart(partition, [broker, id], { offset, left, right }),
      ...(hole === undefined ? {} : { knownHole: hole }),
    })
  }
}

/** The lowest offset that contradicts the claim, looking no further than one record below the append. */
function disagreement(log: ReplicaLog, other: ReplicaLog, baseOffset: number, endOffset: number): number | null {
  for (let offset = endOffset - 1; offset >= baseOffset; offset--) {
    const left = recordAt(log, offset)
    const right = recordAt(other, offset)
    if (left === null || right === null || left.epoch < 0 || left.epoch !== right.epoch) continue
    // The highest offset of a shared epoch: everything below it, down to the append's own neighbour, must be equal.
    const low = Math.max(baseOffset - 1, 0)
    return firstDifference(log, other, low, offset + 1)?.offset ?? null
  }
  return null
}
