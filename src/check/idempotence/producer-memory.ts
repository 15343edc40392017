/** What brokers know of the producers of a partition: since their last start or truncation, and before it from a snapshot file. */
import { nodeNumber, type TopicPartition } from '../../kafka/ids.ts'
import type { NodeId } from '../../kernel/machine.ts'
import type { World } from '../../world/world.ts'
import { logOf } from '../logs.ts'

interface Memory {
  /** Offsets of the snapshot files that the broker has, beside those of its segments. */
  files: number[]
  /** Where the file ends from which it knows what was before; 0: it has read every batch. */
  loaded: number
}

/** Rebuilds the memory, as at a start and at a truncation: from the newest file, which is then followed by one of its own. */
function reload(memory: Memory, segments: readonly number[], end: number): void {
  memory.files = memory.files.filter((offset) => offset <= end)
  memory.loaded = Math.max(0, ...memory.files, ...segments.filter((base) => base <= end))
  memory.files.push(end)
}

/** The memories of all brokers by now; `refused` hears of each batch that was refused as out of order, and by what memory. */
function memoriesOf(
  world: World,
  partition: TopicPartition,
  refused: (memory: Memory) => void,
): Record<NodeId, Memory> {
  const memories: Record<NodeId, Memory> = {}
  for (const { node, fact } of world.ledger.facts) {
    if (!('partition' in fact) || fact.partition !== partition) continue
    memories[node] ??= { files: [], loaded: 0 }
    const memory = memories[node]
    const segments = (): number[] =>
      logOf(world, nodeNumber(node), partition)?.layout?.segments.map(({ baseOffset }) => baseOffset) ?? []
    if (fact.kind === 'recovered') {
      // A clean stop leaves a file for the end of the log.
      if (fact.scanned === undefined) memory.files.push(fact.logEndOffset)
      reload(memory, segments(), fact.logEndOffset)
    } else if (fact.kind === 'truncated') reload(memory, segments(), fact.to)
    else if (fact.kind === 'produceRefused' && fact.error === 'OUT_OF_ORDER_SEQUENCE_NUMBER') refused(memory)
  }
  return memories
}

/**
 * Where the snapshot ended from which a leader that refused a batch as out of order knew its producers, the highest one;
 * 0: nobody refused any, or who did knew all batches. Of each producer only the last batch below is in such a file.
 */
export function forgottenBelow(world: World, partition: TopicPartition): number {
  let highest = 0
  memoriesOf(world, partition, ({ loaded }) => {
    highest = Math.max(highest, loaded)
  })
  return highest
}

/** Where the snapshot ends from which a broker knows what was before it last read its batches; 0: it has read them all. */
export const loadedFrom = (world: World, node: NodeId, partition: TopicPartition): number =>
  memoriesOf(world, partition, () => {})[node]?.loaded ?? 0
