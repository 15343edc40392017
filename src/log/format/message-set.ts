/**
 * Formats 0 (to 0.9) and 1 (0.10, timestamps): every record is an entry of its own, offset and size before a message
 * with its checksum. A compressed set is one such message that holds the others.
 */
import { writeBytes, writeInt } from './bytes.ts'
import { crc32 } from './crc.ts'
import type { RecordData } from './record-data.ts'

/** Offset and size before each message. */
const ENTRY_HEADER = 12
/** Checksum, magic, attributes and the lengths of key and value. */
const MESSAGE_V0 = 14
const TIMESTAMP = 8
/** The attribute of format 1 that says the broker's clock stamped the record. */
const LOG_APPEND_TIME = 0x08

/** Bytes of an entry around its key and value: 26 in format 0, 34 in format 1. */
export const entryOverhead = (magic: 0 | 1): number => ENTRY_HEADER + MESSAGE_V0 + (magic === 1 ? TIMESTAMP : 0)

/** Bytes of one entry, for lengths of key and value (null: 0). */
export const entryBytes = (magic: 0 | 1, keyBytes: number, valueBytes: number): number =>
  entryOverhead(magic) + keyBytes + valueBytes

interface MessageSetHeader {
  readonly magic: 0 | 1
  readonly baseOffset: number
  /** The broker's clock in place of the records' own timestamps; null is CreateTime. */
  readonly logAppendTimeMs: number | null
}

/** An uncompressed message set as it stands in a segment file. */
export function writeMessageSet(header: MessageSetHeader, records: readonly RecordData[]): number[] {
  const bytes: number[] = []
  records.forEach((record, index) => {
    const message = messageAfterChecksum(header, record)
    writeInt(bytes, header.baseOffset + index, 8)
    writeInt(bytes, message.length + 4, 4)
    writeInt(bytes, crc32(message), 4)
    writeBytes(bytes, message)
  })
  return bytes
}

function messageAfterChecksum(header: MessageSetHeader, record: RecordData): number[] {
  const { magic, logAppendTimeMs } = header
  const message: number[] = [magic, magic === 1 && logAppendTimeMs !== null ? LOG_APPEND_TIME : 0]
  if (magic === 1) writeInt(message, logAppendTimeMs ?? record.timestampMs, 8)
  writeNullable(message, record.key)
  writeNullable(message, record.value)
  return message
}

/** A length of four bytes, -1 for null, before the bytes. */
function writeNullable(to: number[], bytes: readonly number[] | null): void {
  writeInt(to, bytes === null ? -1 : bytes.length, 4)
  if (bytes !== null) writeBytes(to, bytes)
}
