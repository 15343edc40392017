/** Reading and comparing replica logs. Batches are shared between logs, so most comparisons are of references. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { indexAt, lastOffset, offsetAt, type RecordBatch, type RecordIdentity, withoutFill } from '../kafka/records.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import { batchIndexOf } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'

/** A record where it lies. */
export interface HeldRecord {
  readonly offset: number
  readonly id: RecordIdentity
  readonly value: string | null
  /** -1 before 0.11. */
  readonly epoch: number
}

export interface Difference {
  readonly offset: number
  /** null: the log has no record at that offset. */
  readonly left: HeldRecord | null
  readonly right: HeldRecord | null
}

/** Evidence that two brokers hold different records at an offset, and the key of such a finding. */
export const apart = (
  partition: TopicPartition,
  [broker, other]: readonly [BrokerId, BrokerId],
  { offset, left, right }: Difference,
) => ({
  evidence: {
    offset,
    brokers: [broker, other],
    value: left?.value ?? null,
    id: left?.id ?? null,
    epoch: left?.epoch ?? -1,
    otherHas: right === null ? null : { id: right.id, value: right.value, epoch: right.epoch },
  },
  key: `${partition} ${Math.min(broker, other)} ${Math.max(broker, other)} ${offset}`,
})

export const logOf = (world: World, broker: BrokerId, partition: TopicPartition): ReplicaLog | null =>
  brokerState(world, broker)?.durable.logs[partition] ?? null

/** Brokers that have a log of the partition, ascending, with it. */
export function logsOf(world: World, partition: TopicPartition): { broker: BrokerId; log: ReplicaLog }[] {
  const found: { broker: BrokerId; log: ReplicaLog }[] = []
  for (const { id } of world.plan.brokers) {
    const log = logOf(world, id, partition)
    if (log !== null) found.push({ broker: id, log })
  }
  return found.sort((a, b) => a.broker - b.broker)
}

function heldIn(batch: RecordBatch | undefined, offset: number): HeldRecord | null {
  const record = batch?.records[indexAt(batch, offset)]
  if (batch === undefined || record === undefined) return null
  return { offset, id: record.id, value: record.value, epoch: batch.leaderEpoch }
}

/** The record at an offset; null when the log has none there. */
export const recordAt = (log: ReplicaLog, offset: number): HeldRecord | null =>
  offset < log.logStartOffset || offset >= log.logEndOffset
    ? null
    : heldIn(log.batches[batchIndexOf(log, offset)], offset)

/** Whether two places hold the same record: the same identity, appended in the same epoch. */
export const isSame = (a: HeldRecord | null, b: HeldRecord | null): boolean =>
  a === null || b === null ? a === b : a.id === b.id && a.epoch === b.epoch

/** A record that only one of two logs has: a cleaner has been on the other one. */
const isCleaned = (
  left: ReplicaLog,
  right: ReplicaLog,
  offset: number,
  held: { readonly left: HeldRecord | null; readonly right: HeldRecord | null },
): boolean =>
  (held.left === null && offset < (left.cleanedTo ?? 0)) || (held.right === null && offset < (right.cleanedTo ?? 0))

/** The first offset in [from, to), above both log starts, at which two logs hold different records or only one has any. */
export function firstDifference(left: ReplicaLog, right: ReplicaLog, from: number, to: number): Difference | null {
  let offset = Math.max(from, left.logStartOffset, right.logStartOffset)
  let i = batchIndexOf(left, offset)
  let j = batchIndexOf(right, offset)
  while (offset < to) {
    const a = left.batches[i]
    const b = right.batches[j]
    if (a === undefined && b === undefined) return null
    if (a === b) {
      offset = lastOffset(a!) + 1
      i += 1
      j += 1
      continue
    }
    // Neither log has a record before the nearer of the two batches: a gap that both share.
    offset = Math.max(offset, Math.min(a?.baseOffset ?? Infinity, b?.baseOffset ?? Infinity))
    if (offset >= to) return null
    const held = { left: heldIn(a, offset), right: heldIn(b, offset) }
    if (!isSame(held.left, held.right) && !isCleaned(left, right, offset, held)) return { offset, ...held }
    offset += 1
    if (a !== undefined && offset > lastOffset(a)) i += 1
    if (b !== undefined && offset > lastOffset(b)) j += 1
  }
  return null
}

/** The first record of that identity, looked for from the end; null when the log has none. */
export function findRecord(log: ReplicaLog, id: RecordIdentity): HeldRecord | null {
  for (let i = log.batches.length - 1; i >= 0; i--) {
    const batch = log.batches[i]!
    const at = batch.records.findIndex((record) => record.id === id)
    if (at >= 0) return heldIn(batch, offsetAt(batch, at))
  }
  return null
}

/** A record in words: the text of its value where it has one. */
export const named = (record: { readonly id: RecordIdentity; readonly value: string | null } | null): string =>
  record === null ? 'nothing' : withoutFill(record.value ?? '') || record.id
