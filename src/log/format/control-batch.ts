/** The marker that ends a transaction: a control batch of one record (KIP-98). */
import { writeInt } from './bytes.ts'
import { writeRecordBatch } from './record-batch.ts'

/** Bytes of every such batch. */
export const CONTROL_BATCH_BYTES = 78

const TYPE_CODES = { ABORT: 0, COMMIT: 1 } as const

interface EndTransactionMarker {
  readonly type: 'ABORT' | 'COMMIT'
  readonly coordinatorEpoch: number
  readonly baseOffset: number
  readonly timestampMs: number
  readonly partitionLeaderEpoch: number
  readonly producerId: number
  readonly producerEpoch: number
}

/** Key: version and type. Value: version and coordinator epoch. Markers have no sequence. */
export function writeEndTransactionMarker(marker: EndTransactionMarker): number[] {
  const key: number[] = []
  writeInt(key, 0, 2)
  writeInt(key, TYPE_CODES[marker.type], 2)
  const value: number[] = []
  writeInt(value, 0, 2)
  writeInt(value, marker.coordinatorEpoch, 4)
  const { baseOffset, partitionLeaderEpoch, producerId, producerEpoch, timestampMs } = marker
  return writeRecordBatch(
    {
      baseOffset,
      partitionLeaderEpoch,
      producerId,
      producerEpoch,
      baseSequence: -1,
      transactional: true,
      control: true,
      logAppendTimeMs: null,
    },
    [{ timestampMs, key, value, headers: [] }],
  )
}
