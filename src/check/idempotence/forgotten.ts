/** Batches that a leader had forgotten when they were sent again, because a snapshot file was all that it knew of producers. */
import { nodeNumber, type TopicPartition } from '../../kafka/ids.ts'
import type { NodeId } from '../../kernel/machine.ts'
import type { World } from '../../world/world.ts'
import { logOf } from '../logs.ts'

/** What one broker knows of the producers of a partition. */
interface Memory {
  /** Offsets of the snapshot files that it has, beside those of its segments. */
  files: number[]
  /** Where the file ends from which it knows them: of each producer only the last batch below is in it. */
  loaded: number
}

/** Rebuilds the memory, as at a start and at a truncation: from the newest file, which is then followed by one of its own. */
function reload(memory: Memory, segments: readonly number[], end: number): void {
  memory.files = memory.files.filter((offset) => offset <= end)
  memory.loaded = Math.max(0, ...memory.files, ...segments.filter((base) => base <= end))
  memory.files.push(end)
}

/**
 * Where the snapshot ended from which a leader that refused a batch as out of order knew its producers, the highest one;
 * 0: nobody refused any, or who did knew all batches.
 */
export function forgottenBelow(world: World, partition: TopicPartition): number {
  const memories: Record<NodeId, Memory> = {}
  let highest = 0
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
    else if (fact.kind === 'produceRefused' && fact.error === 'OUT_OF_ORDER_SEQUENCE_NUMBER') {
      highest = Math.max(highest, memory.loaded)
    }
  }
  return highest
}
