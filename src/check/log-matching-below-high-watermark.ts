import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { World } from '../world/world.ts'
import { cutsOf } from './cuts.ts'
import type { DiskHole } from './disk-holes.ts'
import { apart, type Difference, firstDifference, logOf, named } from './logs.ts'
import { lastNamedLeader } from './loss.ts'
import { replacedHole } from './loss-holes.ts'
import { DIVERGING_ANSWER_BELIEVED, lossHoles, unlessToldHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { differenceHole, hasBelievedDivergingAnswer } from './replication-holes.ts'
import { viewOf } from './roles.ts'

/** Pairwise equal below min(HW, HW), as in the TLA+ models of KRaft; of running brokers, for others have no watermark. */
export const LOG_MATCHING_BELOW_HIGH_WATERMARK: Property = {
  name: 'LogMatchingBelowHighWatermark',
  kind: 'always',
  statement: 'Any two replicas hold the same records below both of their high watermarks.',
  on: ['highWatermark', 'becameLeader', 'becameFollower'],
  promised: (plan) => {
    const holes = lossHoles(plan)
    if (plan.mechanisms.divergingAnswerMovesHighWatermark && plan.steps.length > 0) {
      holes.push({
        because: 'a diverging answer moves the high watermark over records that are then cut',
        hole: DIVERGING_ANSWER_BELIEVED,
        isTold: true,
      })
    }
    return unlessToldHoles(holes)
  },
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind === 'highWatermark') {
        if (fact.to > fact.from) compareOthers(world, fact.partition, nodeNumber(node), fact.from, findings)
      } else if (fact.kind === 'becameLeader' || fact.kind === 'becameFollower') {
        compareOthers(world, fact.partition, nodeNumber(node), 0, findings)
      }
    }
    return findings.length === 0 ? null : findings
  },
}

function compareOthers(
  world: World,
  partition: TopicPartition,
  broker: BrokerId,
  from: number,
  findings: Finding[],
): void {
  const view = viewOf(world, broker, partition)
  const log = logOf(world, broker, partition)
  if (view === null || log === null) return
  for (const { id } of world.plan.brokers) {
    if (id === broker) continue
    const otherView = viewOf(world, id, partition)
    const other = logOf(world, id, partition)
    if (otherView === null || other === null) continue
    const to = Math.min(view.highWatermark, otherView.highWatermark, log.logEndOffset, other.logEndOffset)
    const difference = firstDifference(log, other, from, to)
    if (difference === null) continue
    const { offset, left, right } = difference
    const hole = holeOf(world, partition, difference, [broker, id])
    findings.push({
      partition,
      words:
        `below the high watermarks of broker ${broker} (${view.highWatermark}) and broker ${id} (${otherView.highWatermark}), ` +
        `offset ${offset} of ${partition} is ${named(left)} on one and ${named(right)} on the other`,
      ...apart(partition, [broker, id], difference),
      ...(hole === undefined ? {} : { knownHole: hole }),
    })
  }
}

/** A disk that made the two differ, or one through which what the one still has was lost for the other. */
function holeOf(
  world: World,
  partition: TopicPartition,
  { offset, left, right }: Difference,
  brokers: readonly [BrokerId, BrokerId],
): DiskHole {
  const cuts = cutsOf(world)
  if (brokers.some((broker) => hasBelievedDivergingAnswer(world, cuts, { partition, broker }, offset))) {
    return DIVERGING_ANSWER_BELIEVED
  }
  const diverged = differenceHole(world, cuts, { partition, offset }, brokers)
  const lastLeader = lastNamedLeader(world, partition)
  if (diverged !== undefined || lastLeader === null) return diverged
  const ids = [left, right].flatMap((held) => (held === null ? [] : [held.id]))
  return replacedHole(world, cuts, { partition, offset, ids, lastLeader })
}
