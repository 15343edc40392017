/** What a message carries, in a few words: enough to tell two fetches apart. */

import type { KafkaMessage } from '../../kafka/messages/message.ts'
import { offsetAt, type RecordBatch } from '../../kafka/records.ts'
import { ranges } from '../words.ts'

const MOST = 90

const clipped = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text)

function parts<Value>(of: Readonly<Record<string, Value>>, words: (value: Value) => string): string {
  return Object.keys(of)
    .sort()
    .map((name) => `${name} ${words(of[name]!)}`.trim())
    .join('; ')
}

const records = (batches: readonly RecordBatch[]): string => {
  const offsets = batches.flatMap((batch) => batch.records.map((_, i) => offsetAt(batch, i)))
  return offsets.length === 0 ? 'no records' : `records ${ranges(offsets)}`
}

const failed = (error: string): string => (error === 'NONE' ? '' : error)

function words(message: KafkaMessage): string {
  switch (message.type) {
    case 'ProduceRequest':
      return `${parts(message.partitions, (list) => list.map(({ value, id }) => value ?? id).join(','))}, acks=${message.acks === -1 ? 'all' : message.acks}`
    case 'ProduceResponse':
      return parts(message.partitions, ({ error, baseOffset }) => failed(error) || `at ${baseOffset}`)
    case 'FetchRequest':
      return parts(
        message.partitions,
        ({ fetchOffset, currentLeaderEpoch }) =>
          `from ${fetchOffset}${currentLeaderEpoch >= 0 ? `, epoch ${currentLeaderEpoch}` : ''}`,
      )
    case 'FetchResponse':
      return parts(
        message.partitions,
        ({ error, highWatermark, batches, divergingEpoch }) =>
          failed(error) ||
          `${records(batches)}, HW ${highWatermark}${divergingEpoch === null ? '' : `, diverges after epoch ${divergingEpoch.epoch} at ${divergingEpoch.endOffset}`}`,
      )
    case 'OffsetsForLeaderEpochRequest':
      return parts(message.partitions, ({ leaderEpoch }) => `where does epoch ${leaderEpoch} end?`)
    case 'OffsetsForLeaderEpochResponse':
      return parts(
        message.partitions,
        ({ error, leaderEpoch, endOffset }) =>
          failed(error) || `${leaderEpoch >= 0 ? `epoch ${leaderEpoch} ends` : 'it ends'} at ${endOffset}`,
      )
    case 'ListOffsetsRequest':
      return parts(message.partitions, ({ timestamp }) => (timestamp === -1 ? 'last offset?' : 'first offset?'))
    case 'ListOffsetsResponse':
      return parts(message.partitions, ({ error, offset }) => failed(error) || String(offset))
    case 'DeleteRecordsRequest':
      return parts(message.partitions, (before) => (before < 0 ? 'to the high watermark' : `before ${before}`))
    case 'DeleteRecordsResponse':
      return parts(message.partitions, ({ error, lowWatermark }) => failed(error) || `begins at ${lowWatermark}`)
    case 'LeaderAndIsrRequest':
      return parts(
        message.partitions,
        ({ leader, leaderEpoch, isr }) => `leader b${leader}, epoch ${leaderEpoch}, ISR ${isr.join(',')}`,
      )
    case 'AlterPartitionRequest':
      return parts(message.partitions, ({ isr }) => `ISR ${isr.join(',')}`)
    case 'AlterPartitionResponse':
      return (
        failed(message.error) || parts(message.partitions, ({ error, isr }) => failed(error) || `ISR ${isr.join(',')}`)
      )
    case 'StopReplicaRequest':
      return parts(message.partitions, ({ delete: deletes }) => (deletes ? 'stop and delete' : 'stop'))
    case 'ControlResponse':
    case 'ControlledShutdownResponse':
      return failed(message.error)
    default:
      return ''
  }
}

export const messageWords = (message: KafkaMessage): string => clipped(words(message))
