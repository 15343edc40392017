/** Records of a log as the page draws them. */
import { parseConsumerGroupRecord } from '../../kafka/consumer-group-records.ts'
import { parseGroupValue, parseOffsetsKey, parseOffsetValue } from '../../kafka/group-records.ts'
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import { isInternalTopic, TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { type KafkaRecord, offsetAt, type RecordBatch, withoutFill } from '../../kafka/records.ts'
import type { Cell, TransactionMark } from './view-state.ts'

/** Longer values are cut: cells show a few letters, the inspector a line. */
const MOST_VALUE = 120

const clipped = (value: string): string => (value.length > MOST_VALUE ? `${value.slice(0, MOST_VALUE - 1)}…` : value)

/** What a coordinator wrote, in a few words: what changes comes first, as a cell shows a few letters. */
function coordinatorWords(topic: string, { key, value }: KafkaRecord): string | null {
  if (topic === TRANSACTIONS_TOPIC) {
    if (key === null) return null
    return value === null ? `expired ${key}` : `${(JSON.parse(value) as { status: string }).status} ${key}`
  }
  const next = parseConsumerGroupRecord(key, value)
  if (next !== null) return `${next.record.type} ${next.group}`
  const about = parseOffsetsKey(key)
  if (about === null) return null
  if (about.kind === 'offset') {
    return `${value === null ? 'expired' : parseOffsetValue(value).offset} ${about.partition} ${about.group}`
  }
  return `${value === null ? 'gone' : `g${parseGroupValue(value).generation}`} ${about.group}`
}

function markOf({ producer, control }: RecordBatch): TransactionMark | null {
  if (producer === undefined) return null
  if (control !== undefined) return `${control.type === 'COMMIT' ? 'c' : 'a'}${producer.id}`
  return producer.transactional ? `t${producer.id}` : null
}

export function cellsOf(partition: TopicPartition, batch: RecordBatch): Cell[] {
  const { topic } = splitTopicPartition(partition)
  const mark = markOf(batch)
  return batch.records.map((record, i): Cell => {
    const words = isInternalTopic(topic) && batch.control === undefined ? coordinatorWords(topic, record) : null
    const value = words ?? record.value
    const cell = [
      offsetAt(batch, i),
      batch.leaderEpoch,
      record.id,
      batch.control === undefined
        ? value === null
          ? null
          : clipped(withoutFill(value) || value)
        : batch.control.type.toLowerCase(),
    ] as const
    return mark === null ? cell : [...cell, mark]
  })
}

export const sameBatch = (a: RecordBatch, b: RecordBatch): boolean =>
  a === b ||
  (a.baseOffset === b.baseOffset &&
    a.leaderEpoch === b.leaderEpoch &&
    a.records.length === b.records.length &&
    a.records.every((record, i) => record.id === b.records[i]!.id))
