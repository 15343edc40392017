/**
 * What StrongIsr and WeakIsr share: below the high watermark of a broker that believes it leads, every member of an
 * ISR holds the identical record. Only the offsets that an event can have changed are compared.
 */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import { partitionOfStatePath } from '../kafka/znodes.ts'
import type { World } from '../world/world.ts'
import { type IsrHoleOf, isrHoles } from './isr-holes.ts'
import { firstDifference, logOf, named } from './logs.ts'
import type { Finding, StepView } from './property.ts'
import type { Presumed } from './roles.ts'
import { presumedLeaders } from './roles.ts'

/** The ISR whose members must hold what that leader has exposed. */
type WhichIsr = (world: World, partition: TopicPartition, leader: Presumed) => readonly BrokerId[]

interface Judging {
  readonly whichIsr: WhichIsr
  readonly holeOf: IsrHoleOf
}

export const ISR_FACTS = [
  'highWatermark',
  'truncated',
  'becameLeader',
  'becameFollower',
  'recovered',
  'isrChanged',
  'registryWrite',
] as const

export function isrFindings(world: World, step: StepView, whichIsr: WhichIsr): Finding[] | null {
  const findings: Finding[] = []
  const judging: Judging = { whichIsr, holeOf: isrHoles(world) }
  for (const { node, fact } of step.facts) {
    switch (fact.kind) {
      case 'highWatermark':
        if (fact.as === 'leader')
          compareMembers(world, fact.partition, fact.from, nodeNumber(node), null, judging, findings)
        break
      case 'truncated':
        compareMembers(world, fact.partition, fact.to, null, nodeNumber(node), judging, findings)
        break
      case 'becameLeader':
        compareMembers(world, fact.partition, 0, nodeNumber(node), null, judging, findings)
        break
      case 'recovered':
        compareMembers(world, fact.partition, fact.logEndOffset, null, nodeNumber(node), judging, findings)
        break
      case 'isrChanged':
        if (fact.toIsr.some((id) => !fact.fromIsr.includes(id))) {
          compareMembers(world, fact.partition, 0, null, null, judging, findings)
        }
        break
      case 'registryWrite': {
        const partition = fact.write === 'delete' ? null : partitionOfStatePath(fact.path)
        if (partition !== null) compareMembers(world, partition, 0, null, null, judging, findings)
        break
      }
    }
  }
  return findings.length === 0 ? null : findings
}

/** Compares from `from` up: of one leader only or of all, with one member only or with all. */
function compareMembers(
  world: World,
  partition: TopicPartition,
  from: number,
  onlyLeader: BrokerId | null,
  onlyMember: BrokerId | null,
  { whichIsr, holeOf }: Judging,
  findings: Finding[],
): void {
  for (const leader of presumedLeaders(world, partition, onlyLeader)) {
    const log = logOf(world, leader.broker, partition)
    if (log === null) continue
    const { highWatermark, leaderEpoch, replicas } = leader.state
    const isr = whichIsr(world, partition, leader)
    for (const member of isr) {
      if (member === leader.broker || (onlyMember !== null && member !== onlyMember)) continue
      // The last step but one of a reassignment: the leader is told that a replica is none any more, and waits for it no
      // longer, before the controller takes it out of the ISR (KIP-455, onPartitionReassignment B3 and B4). By then no
      // election chooses it.
      if (!replicas.includes(member)) continue
      const other = logOf(world, member, partition) ?? NO_LOG
      const difference = firstDifference(log, other, from, highWatermark)
      if (difference === null) continue
      const { offset, left, right } = difference
      const hole = holeOf({ partition, leader: leader.broker, member, exposed: left })
      findings.push({
        partition,
        words:
          `broker ${leader.broker} believes it leads ${partition} (epoch ${leaderEpoch}) and has exposed offsets below ` +
          `${highWatermark}; at offset ${offset} it has ${named(left)}, ISR member ${member} has ${named(right)}`,
        evidence: {
          leader: leader.broker,
          leaderEpoch,
          highWatermark,
          isr,
          member,
          offset,
          value: left?.value ?? null,
          id: left?.id ?? null,
          epoch: left?.epoch ?? -1,
          memberHas: right === null ? null : { id: right.id, value: right.value, epoch: right.epoch },
        },
        key: `${partition} ${leader.broker} ${leaderEpoch} ${member} ${offset} ${left?.id ?? ''}`,
        ...(hole === undefined ? {} : { knownHole: hole }),
      })
    }
  }
}

/** A member that has no log holds nothing. */
const NO_LOG = { batches: [], logStartOffset: 0, logEndOffset: 0, epochCache: [], flushedOffset: 0, recoveryPoint: 0 }
