/** The transactional calls of a producer. */
import type { TopicPartition } from '../../kafka/ids.ts'
import { callOf } from './do-send.ts'
import type { ClientsEntry } from './recording.ts'
import { textOf } from './recording.ts'
import type { DoRule } from './rule.ts'

const plain =
  (call: 'initTransactions' | 'beginTransaction' | 'commitTransaction' | 'abortTransaction'): DoRule =>
  (entry, script) =>
    callOf(entry, script, 'producer', { call })

/** `in0-0:10,in0-1:5`; null: not of that form. */
function offsetsOf(entry: ClientsEntry): Record<TopicPartition, number> | null {
  const offsets: Record<TopicPartition, number> = {}
  for (const part of (textOf(entry, 'offsets') ?? '').split(',')) {
    const [, partition, offset] = /^(.+-\d+):(\d+)$/.exec(part.trim()) ?? []
    if (partition === undefined) return null
    offsets[partition] = Number(offset)
  }
  return offsets
}

export const TRANSACTION_ACTIONS: Readonly<Record<string, DoRule>> = {
  initTransactions: plain('initTransactions'),
  beginTransaction: plain('beginTransaction'),
  commitTransaction: plain('commitTransaction'),
  abortTransaction: plain('abortTransaction'),
  groupMetadata: (entry, script) => callOf(entry, script, 'consumer', { call: 'groupMetadata' }),
  sendOffsetsToTransaction: (entry, script) => {
    const offsets = offsetsOf(entry)
    const group = textOf(entry, 'group')
    if (offsets === null || group === null) return null
    const kept = script.resultOf({ ...entry, of: 'groupMetadata' })
    const metadataOf = entry.meta === undefined ? null : kept
    return callOf(entry, script, 'producer', {
      call: 'sendOffsetsToTransaction',
      offsets,
      group,
      metadataOf,
      member: null,
    })
  },
}
