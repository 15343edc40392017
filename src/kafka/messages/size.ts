import { compressedBytes } from '../compression.ts'
import type { KafkaRecord, RecordBatch } from '../records.ts'
import type { KafkaMessage } from './message.ts'

/** Bytes of a request or response without records: headers, one topic, a few numbers (a round figure). */
const ENVELOPE_BYTES = 100
const RECORD_OVERHEAD_BYTES = 34

const recordBytes = (record: KafkaRecord): number =>
  RECORD_OVERHEAD_BYTES + (record.key?.length ?? 0) + (record.value?.length ?? 0)

const batchBytes = (batch: RecordBatch): number => {
  let bytes = 0
  for (const record of batch.records) bytes += recordBytes(record)
  return 61 + compressedBytes(bytes, batch.compression)
}

/** Bytes a message takes on a link of limited bandwidth: an estimate, exact only in its records' keys and values. */
export function messageBytes(message: KafkaMessage): number {
  let bytes = ENVELOPE_BYTES
  if (message.type === 'ProduceRequest') {
    let sent = 0
    for (const records of Object.values(message.partitions)) for (const record of records) sent += recordBytes(record)
    bytes += compressedBytes(sent, message.compression)
  } else if (message.type === 'FetchResponse') {
    for (const fetched of Object.values(message.partitions))
      for (const batch of fetched.batches) bytes += batchBytes(batch)
  }
  return bytes
}
