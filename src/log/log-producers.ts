/**
 * A log and what it knows of producers (KIP-98). The knowledge is made with the first batch that names a producer, so
 * that logs without any carry nothing; it is memory, rebuilt at a start from the newest snapshot and the batches.
 */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import {
  type EndedTransaction,
  emptyProducerState,
  firstUnstableOffset,
  onProducersAppend,
  onProducersHighWatermark,
  type ProducedBatch,
  reloadProducers,
  settleAfterCut,
  takeBatch,
  takeProducerSnapshot,
} from './producer-state.ts'
import type { ReplicaLog } from './replica-log.ts'

/** A batch as the producer state takes it in; null when it names no producer. */
function producedBatch(batch: RecordBatch): ProducedBatch | null {
  const { producer, control } = batch
  if (producer === undefined) return null
  return {
    producerId: producer.id,
    producerEpoch: producer.epoch,
    baseSequence: producer.baseSequence,
    baseOffset: batch.baseOffset,
    lastOffset: lastOffset(batch),
    transactional: producer.transactional,
    marker: control === undefined ? null : { type: control.type, coordinatorEpoch: control.coordinatorEpoch },
    timestampMs: batch.records.reduce((latest, { timestampMs }) => Math.max(latest, timestampMs), -1),
  }
}

/**
 * Takes in what was appended, from the batch at index `from` on. `rolledTo` is the base of the segment that was rolled
 * for it: the snapshot of that roll holds what was known before (Log.roll).
 */
export function takeAppended(log: ReplicaLog, from: number, rolledTo: number | null, m: Mechanisms): void {
  if (rolledTo !== null && log.producers !== undefined) {
    log.producers.endOffset = rolledTo
    takeProducerSnapshot(log.producers)
  }
  for (let index = from; index < log.batches.length; index++) {
    const batch = log.batches[index]!
    const produced = producedBatch(batch)
    if (produced !== null) {
      log.producers ??= emptyProducerState(log.logStartOffset)
      takeBatch(log.producers, produced, m)
    }
  }
  if (log.producers === undefined) return
  log.producers.endOffset = log.logEndOffset
  onProducersAppend(log.producers)
}

function batchesWithProducers(log: ReplicaLog): ProducedBatch[] {
  const found: ProducedBatch[] = []
  for (const batch of log.batches) {
    const produced = producedBatch(batch)
    if (produced !== null) found.push(produced)
  }
  return found
}

/** What is undecided before a log is cut, to be handed to {@link cutLogProducers}; null: nothing. */
export const undecidedIn = ({ producers, logStartOffset }: ReplicaLog): number | null =>
  producers === undefined ? null : firstUnstableOffset(producers, logStartOffset)

/** The log was cut: what lay above is forgotten, from the newest snapshot on. */
export function cutLogProducers(
  log: ReplicaLog,
  { highWatermark, undecided }: { readonly highWatermark: number; readonly undecided: number | null },
  m: Mechanisms,
): void {
  if (log.producers === undefined) return
  reloadLogProducers(log, m)
  settleAfterCut(log.producers, undecided, { highWatermark, logEndOffset: log.logEndOffset }, m)
}

/** 4.0 LogSegment.read: an offset inside a batch is told as where the batch begins. */
export function noteBatchAtLogStart({ producers, batches, logStartOffset }: ReplicaLog, m: Mechanisms): void {
  if (producers === undefined || !m.stableOffsetAtBatch) return
  const first = batches.find((batch) => lastOffset(batch) >= logStartOffset)
  if (first !== undefined && first.baseOffset < logStartOffset) producers.startsInBatch = first.baseOffset
  else delete producers.startsInBatch
}

function reloadLogProducers(log: ReplicaLog, m: Mechanisms): void {
  if (log.producers === undefined) return
  const segmentBases = log.layout?.segments.map(({ baseOffset }) => baseOffset) ?? [log.logStartOffset]
  reloadProducers(
    log.producers,
    {
      logStartOffset: log.logStartOffset,
      logEndOffset: log.logEndOffset,
      segmentBases,
      batches: batchesWithProducers(log),
    },
    m,
  )
}

/** The process begins: memory is empty, snapshots and the index of aborted transactions are files. */
export function loadLogProducers(log: ReplicaLog, m: Mechanisms): void {
  if (log.producers === undefined) return
  const { snapshots, abortedTransactions } = log.producers
  log.producers = { ...emptyProducerState(log.logStartOffset), snapshots, abortedTransactions }
  reloadLogProducers(log, m)
  noteBatchAtLogStart(log, m)
}

/**
 * The first offset that is not decided: data from there on belongs to a transaction that is open, or whose marker is
 * not replicated yet. Never above the high watermark (exclusive end of what read_committed returns).
 */
export function lastStableOffset(log: ReplicaLog, highWatermark: number): number {
  if (log.producers === undefined) return highWatermark
  const unstable = firstUnstableOffset(log.producers, log.logStartOffset)
  return unstable !== null && unstable < highWatermark ? unstable : highWatermark
}

/** Markers below the high watermark are replicated: their transactions hold the last stable offset back no more. */
export function onLogHighWatermark(log: ReplicaLog, highWatermark: number): void {
  const { producers } = log
  if (producers === undefined) return
  if (producers.unreplicatedTransactions.length === 0 && producers.unstableAsBefore === undefined) return
  onProducersHighWatermark(producers, highWatermark)
}

/** Aborted transactions with records in [from, to). */
export const abortedIn = (log: ReplicaLog, from: number, to: number): readonly EndedTransaction[] =>
  log.producers?.abortedTransactions.filter((aborted) => aborted.lastOffset >= from && aborted.firstOffset < to) ?? []
