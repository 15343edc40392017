/** Why a member of an ISR lacks what its leader has exposed, where a disk is the reason: told from what happened in the run. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { World } from '../world/world.ts'
import { type Cuts, cutsOf, isLossOnDisk, isPowerLoss, lastCutOf } from './cuts.ts'
import { isrsBetween } from './isr-history.ts'
import type { HeldRecord } from './logs.ts'
import { lastNamedLeader } from './loss.ts'
import { divergenceHole, powerLossHole } from './power-loss-holes.ts'
import { damagesDisks, losesPower, replacesDisks } from './promises.ts'

/**
 * The ISR is a list of brokers, not of logs: one that has lost its unflushed tail is a member until somebody hears of it.
 * Kafka does not ask that a broker comes back with all that it had; it fetches what it lacks before it joins again.
 */
export const LOSS_NOT_NOTICED =
  'replication without fsync (an ISR member lost what it had, and is not out of the ISR yet)'

export interface LackingMember {
  readonly partition: TopicPartition
  readonly leader: BrokerId
  readonly member: BrokerId
  /** What the leader has exposed; null: the member has a record where the leader has none. */
  readonly exposed: HeldRecord | null
  readonly memberHas: HeldRecord | null
}

/** Names the hole of a finding; null: a disk that was replaced or damaged, which is no issue; undefined: no disk explains it. */
export type IsrHoleOf = (lacking: LackingMember) => string | null | undefined

export function isrHoles(world: World): IsrHoleOf {
  const { plan } = world
  if (!losesPower(plan) && !replacesDisks(plan) && !damagesDisks(plan)) return () => undefined
  let cuts: Cuts | null = null
  return (lacking) => {
    cuts ??= cutsOf(world)
    return isrHole(world, cuts, lacking)
  }
}

function isrHole(world: World, cuts: Cuts, lacking: LackingMember): string | null | undefined {
  const { partition, leader, member, exposed, memberHas } = lacking
  if (exposed === null) return undefined
  const { id, offset, epoch } = exposed
  if (memberHas !== null) {
    const diverged = divergenceHole(world, partition, offset, [leader, member])
    if (diverged !== null) return diverged
  }
  const lost = lastCutOf(cuts, { partition, broker: member }, exposed)
  if (lost !== undefined && isLossOnDisk(lost) && !hasRejoined(world, partition, member, lost.event)) {
    return isPowerLoss(lost) ? LOSS_NOT_NOTICED : null
  }
  const committed = world.ledger.committed[partition]?.[offset]?.find((entry) => entry.id === id) ?? null
  const lastLeader = lastNamedLeader(world, partition) ?? leader
  return powerLossHole(world, cuts, { partition, id, offset, epoch, committed, lastLeader }) ?? undefined
}

/** Whether a broker was put out of the ISR since that event and taken in again. */
function hasRejoined(world: World, partition: TopicPartition, member: BrokerId, sinceEvent: number): boolean {
  const isrs = isrsBetween(world, partition, sinceEvent, world.index)
  const out = isrs.findIndex((isr) => !isr.includes(member))
  return out >= 0 && isrs.slice(out).some((isr) => isr.includes(member))
}
