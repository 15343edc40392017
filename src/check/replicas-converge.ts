import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { isRegistered, knownPartitions, partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import { cutsOf } from './cuts.ts'
import { leadershipOf } from './leadership.ts'
import { firstDifference, logOf, named } from './logs.ts'
import { divergenceHoles, isUncleanPossible, settlesHealed, unlessHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { differenceHole } from './replication-holes.ts'
import { processState } from './roles.ts'

/** Judged against the leader that the registry names; where there is none, nothing can be said. */
export const REPLICAS_CONVERGE: Property = {
  name: 'ReplicasConverge',
  kind: 'finally',
  statement: 'In the end every replica that is up is in the ISR and holds exactly what its leader holds.',
  on: [],
  promised: (plan) => {
    const settles = settlesHealed(plan)
    if (!settles.promised) return settles
    const holes = divergenceHoles(plan)
    const { followerAheadOfLeader, uncleanElectionSwitch } = plan.mechanisms
    if (followerAheadOfLeader !== 'truncate' && holes.length > 0 && uncleanElectionSwitch && !isUncleanPossible(plan)) {
      holes.push({ because: 'a follower that is ahead of its leader stops its process', hole: 'KAFKA-3410' })
    }
    return unlessHoles(holes)
  },
  check: (world) => {
    const findings: Finding[] = []
    for (const partition of knownPartitions(world)) {
      const leadership = leadershipOf(world, partition)
      if (leadership?.kind !== 'led') continue
      for (const replica of partitionTruth(world, partition)!.replicas) {
        if (replica === leadership.leader || !shouldFollow(world, replica)) continue
        const finding = compare(world, partition, leadership.leader, replica)
        if (finding !== null) findings.push(finding)
      }
    }
    return findings.length === 0 ? null : findings
  },
}

/** Up, and not on its way down: a broker under controlled shutdown has left its ISRs. */
const shouldFollow = (world: World, replica: BrokerId): boolean =>
  processState(world, replica) === 'up' && brokerState(world, replica)?.volatile?.phase !== 'shutting-down'

function compare(world: World, partition: TopicPartition, leader: BrokerId, replica: BrokerId): Finding | null {
  const { isr } = partitionTruth(world, partition)!
  const log = logOf(world, leader, partition)
  if (log === null) return null
  const other = logOf(world, replica, partition)
  const otherEnd = other?.logEndOffset ?? 0
  const where = isr.includes(replica) ? 'inside the ISR' : 'outside the ISR'
  const about = {
    leader,
    replica,
    isr,
    inIsr: isr.includes(replica),
    logEndOffset: otherEnd,
    leaderLogEndOffset: log.logEndOffset,
  }
  const difference = other === null ? null : firstDifference(log, other, 0, Math.min(log.logEndOffset, otherEnd))
  if (difference !== null) {
    const { offset, left, right } = difference
    const hole = differenceHole(world, cutsOf(world), { partition, offset }, [leader, replica])
    return {
      partition,
      words:
        `broker ${replica}, ${where}, has diverged from leader ${leader} of ${partition}: offset ${offset} is ` +
        `${named(left)} on the leader and ${named(right)} on the replica`,
      evidence: {
        ...about,
        offset,
        value: left?.value ?? null,
        id: left?.id ?? null,
        epoch: left?.epoch ?? -1,
        replicaHas: right === null ? null : { id: right.id, value: right.value, epoch: right.epoch },
      },
      key: `${partition} ${replica} diverged`,
      ...(hole === undefined ? {} : { knownHole: hole }),
    }
  }
  if (otherEnd !== log.logEndOffset) {
    return {
      partition,
      words: `broker ${replica}, ${where}, ends at ${otherEnd} of ${partition}, leader ${leader} at ${log.logEndOffset}`,
      evidence: { ...about, offset: Math.min(otherEnd, log.logEndOffset) },
      key: `${partition} ${replica} length`,
    }
  }
  if (isr.includes(replica) || !isRegistered(world, replica)) return null
  return {
    partition,
    words: `broker ${replica} is up and holds all of ${partition}, but is not in the ISR [${isr.join(', ')}]`,
    evidence: about,
    key: `${partition} ${replica} outside`,
  }
}
