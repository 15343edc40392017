/** Every call that a producer knows, by name. */
import type { CallRule } from './calling.ts'
import { closing, flushing } from './flush.ts'
import { askingPartitions } from './partitions-for.ts'
import { sending, sendingMany } from './send.ts'
import { aborting, beginning, committing, initializing, sendingOffsets } from './transactions.ts'

export const CALL_RULES: Readonly<Record<string, CallRule>> = {
  send: sending as CallRule,
  sendMany: sendingMany as CallRule,
  partitionsFor: askingPartitions as CallRule,
  flush: flushing as CallRule,
  close: closing as CallRule,
  initTransactions: initializing as CallRule,
  beginTransaction: beginning as CallRule,
  commitTransaction: committing as CallRule,
  abortTransaction: aborting as CallRule,
  sendOffsetsToTransaction: sendingOffsets as CallRule,
}
