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
function isrsBetween(world: World, partition: TopicPartition, fromEvent: number, toEvent: number): WrittenIsr[] {
  const written = writtenIsrs(world, partition).filter(({ event }) => event <= toEvent)
  const standing = written.findLastIndex(({ event }) => event <= fromEvent)
  return written.slice(Math.max(standing, 0))
}

/** A broker that was out of an ISR was written into it. */
interface Readmission {
  readonly event: number
  /** When its leader asked for that; null: no leader did, it was elected. */
  readonly askedBy: number | null
}

/** Every time after the first event, up to the second, that a broker which was out of the ISR came into it. */
export function readmissions(
  world: World,
  partition: TopicPartition,
  broker: BrokerId,
  fromEvent: number,
  toEvent: number,
): Readmission[] {
  const isrs = isrsBetween(world, partition, fromEvent, toEvent)
  return isrs.flatMap(({ event, isr }, index) => {
    const before = isrs[index - 1]?.isr
    if (before === undefined || before.includes(broker) || !isr.includes(broker)) return []
    const asked = world.ledger.facts.findLast(
      (entry) =>
        entry.event <= event &&
        entry.fact.kind === 'isrExpandAsked' &&
        entry.fact.partition === partition &&
        entry.fact.toIsr.includes(broker) &&
        entry.fact.toIsr.length === isr.length &&
        entry.fact.toIsr.every((id) => isr.includes(id)),
    )
    return [{ event, askedBy: asked?.event ?? null }]
  })
}
