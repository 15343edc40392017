/** Why a member of an ISR lacks what its leader has exposed, where a disk is the reason: told from what happened in the run. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { brokerState, type World } from '../world/world.ts'
import { type Cuts, cutsOf, heldAfter, isPowerLoss, lastCutOf } from './cuts.ts'
import { type DiskHole, diskHole, divergenceHole, isExplainedLoss, LOSS_NOT_NOTICED } from './disk-holes.ts'
import { readmissions } from './isr-history.ts'
import type { HeldRecord } from './logs.ts'
import { lastNamedLeader } from './loss.ts'
import { lossHole, unheardIsrHole } from './loss-holes.ts'
import { losesOnDisks } from './promises.ts'
import { divergedHole, replicaHole } from './replication-holes.ts'

interface LackingMember {
  readonly partition: TopicPartition
  readonly leader: BrokerId
  readonly member: BrokerId
  /** What the leader has exposed; null: the member has a record where the leader has none. */
  readonly exposed: HeldRecord | null
}

export type IsrHoleOf = (lacking: LackingMember) => DiskHole

export function isrHoles(world: World): IsrHoleOf {
  let cuts: Cuts | null = null
  return (lacking) => {
    cuts ??= cutsOf(world)
    const onDisk = losesOnDisks(world.plan) ? isrHole(world, cuts, lacking) : undefined
    if (onDisk !== undefined) return onDisk
    const ofMember = memberHole(world, cuts, lacking)
    return ofMember === undefined ? unknownMemberHole(world, lacking) : ofMember
  }
}

/** The leader has had the member put into the ISR, and knows nothing of it. */
function unknownMemberHole(world: World, { partition, leader, member }: LackingMember): DiskHole {
  const view = brokerState(world, leader)?.volatile?.partitions[partition]
  if (view === undefined || view.isr.includes(member) || view.pendingIsr?.isr.includes(member) === true)
    return undefined
  return unheardIsrHole(world, partition, { ...view, broker: leader }, world.index)
}

function isrHole(world: World, cuts: Cuts, lacking: LackingMember): DiskHole {
  const { partition, leader, member, exposed } = lacking
  if (exposed === null) return undefined
  const { id, offset, epoch } = exposed
  // Also where the member has nothing: a cut may have left a gap there.
  const diverged = divergenceHole(world, partition, offset, [leader, member])
  if (diverged !== undefined) return diverged
  const lost = lastCutOf(world, cuts, { partition, broker: member }, exposed, world.index)
  if (lost !== undefined && isExplainedLoss(world, lost) && !hasRejoined(world, partition, member, lost.event)) {
    return isPowerLoss(lost) ? LOSS_NOT_NOTICED : null
  }
  const committed = world.ledger.committed[partition]?.[offset]?.find((entry) => entry.id === id) ?? null
  const lastLeader = lastNamedLeader(world, partition) ?? leader
  return diskHole(world, cuts, { partition, id, offset, epoch, committed, lastLeader })
}

/** What the leader has exposed is lost for the partition, or for this member, or another record stands there. */
function memberHole(world: World, cuts: Cuts, { partition, leader, member, exposed }: LackingMember): DiskHole {
  if (exposed === null) return undefined
  const { id, offset, epoch } = exposed
  const committed = world.ledger.committed[partition]?.[offset]?.find((entry) => entry.id === id) ?? null
  const lastLeader = lastNamedLeader(world, partition) ?? leader
  const record = { partition, id, offset, epoch, committed, lastLeader }
  const own = replicaHole(world, cuts, record, member, world.index)
  if (own !== undefined) return own
  const held = heldAfter(world, cuts, { partition, broker: member }, offset, world.index)
  const diverged =
    held === null || held.id === id ? undefined : divergedHole(world, cuts, { partition, offset, ids: [id, held.id] })
  return diverged ?? lossHole(world, cuts, record)
}

/** Whether a broker was put out of the ISR and taken in again by a leader that asked for it after that event. */
const hasRejoined = (world: World, partition: TopicPartition, member: BrokerId, sinceEvent: number): boolean =>
  readmissions(world, partition, member, sinceEvent, world.index).some(
    ({ askedBy }) => askedBy === null || askedBy > sinceEvent,
  )
