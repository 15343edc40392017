/** The ISRs of a partition as the registry, or the metadata log, had them. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import { statePath } from '../kafka/znodes.ts'
import type { World } from '../world/world.ts'

interface WrittenIsr {
  readonly event: number
  readonly isr: readonly BrokerId[]
}

function writtenIsrs(world: World, partition: TopicPartition): WrittenIsr[] {
  const path = statePath(partition)
  const written: WrittenIsr[] = []
  for (const { event, path: at, write, data } of world.ledger.registryWrites) {
    if (at === path && write !== 'delete') written.push({ event, isr: (data as unknown as StateZnode).isr })
  }
  for (const { event, record } of world.ledger.metadataLog) {
    if ((record.type !== 'Partition' && record.type !== 'PartitionChange') || record.partition !== partition) continue
    if (record.isr !== undefined) written.push({ event, isr: record.isr })
  }
  return written
}

/** The ISR that stood at the first of two events, and every one written from then up to the second. */
export function isrsBetween(
  world: World,
  partition: TopicPartition,
  fromEvent: number,
  toEvent: number,
): (readonly BrokerId[])[] {
  const written = writtenIsrs(world, partition).filter(({ event }) => event <= toEvent)
  const standing = written.findLastIndex(({ event }) => event <= fromEvent)
  return written.slice(Math.max(standing, 0)).map(({ isr }) => isr)
}
