/** What is written of a record, whatever the format: bytes, and null where there is nothing. */
export interface RecordData {
  /** -1 is no timestamp. */
  readonly timestampMs: number
  readonly key: readonly number[] | null
  readonly value: readonly number[] | null
  /** Format 2 only. */
  readonly headers: readonly HeaderData[]
}

export interface HeaderData {
  readonly key: string
  readonly value: readonly number[] | null
}
