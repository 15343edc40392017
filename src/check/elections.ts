/** Elections of a partition's leaders as the registry, or the metadata log, had them. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER } from '../kafka/ids.ts'
import { emptyImage, replayRecord } from '../kafka/metadata-log.ts'
import { type StateZnode, statePath } from '../kafka/znodes.ts'
import type { World } from '../world/world.ts'

export interface Election {
  readonly event: number
  readonly leader: BrokerId
  readonly leaderEpoch: number
  /** Who was elected was in the ISR of before, or eligible (KIP-966). The first leader of a partition is clean. */
  readonly isClean: boolean
}

/** Every new leader epoch with a leader, in order of time. */
export const electionsOf = (world: World, partition: TopicPartition): Election[] =>
  world.plan.mechanisms.metadata === 'registry' ? ofRegistry(world, partition) : ofMetadataLog(world, partition)

function ofRegistry({ ledger }: World, partition: TopicPartition): Election[] {
  const path = statePath(partition)
  const elections: Election[] = []
  let before: StateZnode | null = null
  for (const { event, path: at, write, data } of ledger.registryWrites) {
    if (at !== path) continue
    const state: StateZnode | null = write === 'delete' ? null : (data as unknown as StateZnode)
    if (state !== null && state.leader !== NO_LEADER && state.leaderEpoch > (before?.leaderEpoch ?? -1)) {
      const { leader, leaderEpoch } = state
      elections.push({ event, leader, leaderEpoch, isClean: before === null || before.isr.includes(leader) })
    }
    before = state
  }
  return elections
}

function ofMetadataLog({ ledger }: World, partition: TopicPartition): Election[] {
  const image = emptyImage()
  const elections: Election[] = []
  for (const { event, record } of ledger.metadataLog) {
    if ((record.type !== 'Partition' && record.type !== 'PartitionChange') || record.partition !== partition) continue
    const before = image.partitions[partition]
    replayRecord(image, record, 0)
    const after = image.partitions[partition]
    if (after === undefined || after.leader === NO_LEADER || after.leaderEpoch <= (before?.leaderEpoch ?? -1)) continue
    const { leader, leaderEpoch } = after
    const isClean = before === undefined || before.isr.includes(leader) || before.elr.includes(leader)
    elections.push({ event, leader, leaderEpoch, isClean })
  }
  return elections
}
