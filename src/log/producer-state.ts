/**
 * What a log knows of idempotent and transactional producers (KIP-98, 0.11): the last batches of each, to find
 * duplicates and gaps, and the transactions that hold the last stable offset back. Rebuilt from snapshots and batches.
 */
import type { ErrorName } from '../kafka/errors.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { assert } from '../kernel/assert.ts'

/** One batch of a producer as the log remembers it; sequences and offsets are inclusive. */
export interface ProducerBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: number
  readonly lastOffset: number
}

interface ProducerEntry {
  readonly epoch: number
  /** Epoch of the coordinator that wrote the last marker; -1 before the first. */
  readonly coordinatorEpoch: number
  /** Oldest first; empty when only a marker of this epoch was seen. */
  readonly batches: readonly ProducerBatch[]
  /** First offset of the open transaction; null when none is open. */
  readonly transactionStart: number | null
  /** Of its last batch or marker. */
  readonly lastOffset: number
  readonly lastTimestampMs: number
}

/** A snapshot file: the state below `offset`, with only the last batch of each producer. */
interface ProducerSnapshot {
  readonly offset: number
  readonly producers: Readonly<Record<string, ProducerEntry>>
}

export interface OpenTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** `lastOffset` is the marker's. */
export interface EndedTransaction extends OpenTransaction {
  readonly lastOffset: number
}

export interface ProducerState {
  /** By producer id. */
  producers: Record<string, ProducerEntry>
  /** Sorted by first offset. */
  openTransactions: OpenTransaction[]
  /** Ended, their marker not yet below the high watermark. Sorted by first offset. */
  unreplicatedTransactions: EndedTransaction[]
  /** Sorted by marker: what the transaction index files hold. */
  abortedTransactions: EndedTransaction[]
  /** Exclusive: up to here the log has been taken in. */
  endOffset: number
  /** Offset of the newest snapshot, or where the log began. */
  snapshotOffset: number
  /** Snapshot files, sorted by offset. */
  snapshots: ProducerSnapshot[]
  /** After a cut: the first undecided offset that is told until something is appended or a bound of the log moves; null: none. */
  unstableAsBefore?: number | null
  /** Where the batch begins that the log starts in, where that is told for the log start as the first undecided offset. */
  startsInBatch?: number
}

/** A batch with a producer id as it stands, or is about to stand, in a log. */
export interface ProducedBatch {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1 for a marker. */
  readonly baseSequence: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly transactional: boolean
  /** Null for data. */
  readonly marker: { readonly type: 'COMMIT' | 'ABORT'; readonly coordinatorEpoch: number } | null
  readonly timestampMs: number
}

export type ProducerVerdict =
  | { readonly kind: 'append' }
  /** It is in the log already, at this offset. */
  | { readonly kind: 'duplicate'; readonly baseOffset: number }
  | { readonly kind: 'refused'; readonly error: ErrorName }

const APPEND: ProducerVerdict = { kind: 'append' }
const refused = (error: ErrorName): ProducerVerdict => ({ kind: 'refused', error })

const NO_EPOCH = -1
const NO_SEQUENCE = -1
const LARGEST_SEQUENCE = 2_147_483_647

/** The sequence `by` after another; 2147483647 is followed by 0. */
export const sequenceAfter = (sequence: number, by: number): number =>
  sequence > LARGEST_SEQUENCE - by ? sequence - LARGEST_SEQUENCE + by - 1 : sequence + by

const isNext = (last: number, next: number): boolean => next === last + 1 || (next === 0 && last === LARGEST_SEQUENCE)

export const emptyProducerState = (logStartOffset: number): ProducerState => ({
  producers: {},
  openTransactions: [],
  unreplicatedTransactions: [],
  abortedTransactions: [],
  endOffset: logStartOffset,
  snapshotOffset: logStartOffset,
  snapshots: [],
})

const lastSequenceOf = (batch: ProducedBatch): number =>
  sequenceAfter(batch.baseSequence, batch.lastOffset - batch.baseOffset)

/**
 * Judges a client's batch, or a coordinator's marker, before a leader appends it. Changes nothing. `lowestSequence` is the
 * lowest of the batches that wait for their transaction to be verified (KIP-890); null: none waits.
 */
export function judgeBatch(
  state: ProducerState,
  batch: ProducedBatch,
  m: Mechanisms,
  lowestSequence: number | null = null,
): ProducerVerdict {
  const entry = state.producers[batch.producerId]
  if (batch.marker !== null) {
    if (batch.producerEpoch < (entry?.epoch ?? NO_EPOCH)) return refused('INVALID_PRODUCER_EPOCH')
    const fenced = (entry?.coordinatorEpoch ?? -1) > batch.marker.coordinatorEpoch
    return fenced ? refused('TRANSACTION_COORDINATOR_FENCED') : APPEND
  }
  const duplicate = entry?.epoch === batch.producerEpoch ? sameRange(entry.batches, batch) : undefined
  if (duplicate !== undefined) return { kind: 'duplicate', baseOffset: duplicate.firstOffset }
  if (batch.producerEpoch < (entry?.epoch ?? NO_EPOCH)) return refused('INVALID_PRODUCER_EPOCH')
  const error = sequenceError(entry, batch, m) ?? unverifiedError(entry, batch, lowestSequence, m)
  if (error !== null) return refused(error)
  const insideTransaction = (entry?.transactionStart ?? null) !== null
  return insideTransaction && !batch.transactional ? refused('INVALID_TXN_STATE') : APPEND
}

/** A duplicate has the very borders of a remembered batch: cut otherwise, it counts as out of order. */
function sameRange(batches: readonly ProducerBatch[], batch: ProducedBatch): ProducerBatch | undefined {
  const lastSequence = lastSequenceOf(batch)
  return batches.find((each) => each.firstSequence === batch.baseSequence && each.lastSequence === lastSequence)
}

/**
 * A new epoch begins at sequence 0, an old one goes on without a gap. Where nothing is known of the producer 0.11 and
 * 1.0 to 2.4 refuse with different errors and 2.5 (KIP-360) takes any sequence.
 */
function sequenceError(entry: ProducerEntry | undefined, batch: ProducedBatch, m: Mechanisms): ErrorName | null {
  const { baseSequence } = batch
  if (entry === undefined) {
    if (baseSequence === 0 || m.unknownProducer === 'accept') return null
    return m.unknownProducer === 'unknown-producer-id' ? 'UNKNOWN_PRODUCER_ID' : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  }
  if (batch.producerEpoch !== entry.epoch) return baseSequence === 0 ? null : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  const last = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE
  if (last === NO_SEQUENCE && baseSequence !== 0 && m.sequenceAfterMarker === 'unknown-producer-id') {
    return 'UNKNOWN_PRODUCER_ID'
  }
  return isNext(last, baseSequence) ? null : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
}

/**
 * Where nothing is known of a producer its second batch would pass while its first is tried again, and the first never
 * after it. In transactions the lowest sequence that was asked about goes first (KAFKA-14920, 3.6), which from 4.1 has to
 * be 0 (KAFKA-18202).
 */
function unverifiedError(
  entry: ProducerEntry | undefined,
  { baseSequence }: ProducedBatch,
  lowestSequence: number | null,
  m: Mechanisms,
): ErrorName | null {
  if (lowestSequence === null) return null
  const isUnknown = entry === undefined || entry.batches.length === 0
  const outOfOrder = baseSequence > lowestSequence || (m.transactionsBeginAtZero && isUnknown && baseSequence !== 0)
  return outOfOrder ? 'OUT_OF_ORDER_SEQUENCE_NUMBER' : null
}

/** Takes in a batch that the log has appended, whoever wrote it: replication and loading judge nothing. */
export function takeBatch(state: ProducerState, batch: ProducedBatch, m: Mechanisms): void {
  if (batch.marker === null) takeData(state, batch, m)
  else takeMarker(state, batch, batch.marker, m)
  state.endOffset = batch.lastOffset + 1
}

function takeData(state: ProducerState, batch: ProducedBatch, m: Mechanisms): void {
  const entry = state.producers[batch.producerId]
  const known = entry !== undefined && entry.epoch === batch.producerEpoch ? entry.batches : []
  const taken: ProducerBatch = {
    firstSequence: batch.baseSequence,
    lastSequence: lastSequenceOf(batch),
    firstOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
  }
  let transactionStart = entry?.transactionStart ?? null
  if (transactionStart === null && batch.transactional) {
    transactionStart = batch.baseOffset
    insert(state.openTransactions, { producerId: batch.producerId, firstOffset: batch.baseOffset })
  }
  state.producers[batch.producerId] = {
    epoch: batch.producerEpoch,
    coordinatorEpoch: entry?.coordinatorEpoch ?? -1,
    batches: [...known, taken].slice(-m.producerBatchesKept),
    transactionStart,
    lastOffset: batch.lastOffset,
    lastTimestampMs: batch.timestampMs,
  }
}

function takeMarker(
  state: ProducerState,
  batch: ProducedBatch,
  marker: { readonly type: 'COMMIT' | 'ABORT'; readonly coordinatorEpoch: number },
  m: Mechanisms,
): void {
  const { producerId, producerEpoch } = batch
  const entry = state.producers[producerId]
  const start = entry?.transactionStart ?? null
  if (start !== null || m.emptyTransactions) {
    const ended: EndedTransaction = { producerId, firstOffset: start ?? batch.baseOffset, lastOffset: batch.lastOffset }
    state.openTransactions = state.openTransactions.filter((open) => open.firstOffset !== ended.firstOffset)
    insert(state.unreplicatedTransactions, ended)
    if (marker.type === 'ABORT') state.abortedTransactions.push(ended)
  }
  state.producers[producerId] = {
    epoch: producerEpoch,
    coordinatorEpoch: marker.coordinatorEpoch,
    batches: entry?.epoch === producerEpoch ? batchesAfterMarker(entry.batches, batch.lastOffset, m) : [],
    transactionStart: null,
    lastOffset: batch.lastOffset,
    lastTimestampMs: batch.timestampMs,
  }
}

/** 0.11 keeps one offset, the last: after a marker a duplicate of the last record is told the marker's offset. */
function batchesAfterMarker(
  batches: readonly ProducerBatch[],
  markerOffset: number,
  m: Mechanisms,
): readonly ProducerBatch[] {
  const last = batches.at(-1)
  if (last === undefined || m.producerBatchesKept > 1) return batches
  const { lastSequence } = last
  return [{ firstSequence: lastSequence, lastSequence, firstOffset: markerOffset, lastOffset: markerOffset }]
}

/** Inserts in order of first offsets. */
function insert<Transaction extends OpenTransaction>(into: Transaction[], transaction: Transaction): void {
  let index = into.length
  while (index > 0 && into[index - 1]!.firstOffset > transaction.firstOffset) index -= 1
  into.splice(index, 0, transaction)
}

/** First offset of a transaction that is open, or ended above the high watermark; null when there is none. */
export function firstUnstableOffset(state: ProducerState, logStartOffset: number): number | null {
  const open = state.openTransactions[0]?.firstOffset
  const unreplicated = state.unreplicatedTransactions[0]?.firstOffset
  if (state.unstableAsBefore !== undefined) return state.unstableAsBefore
  if (open === undefined && unreplicated === undefined) return null
  const first = Math.min(open ?? Number.MAX_SAFE_INTEGER, unreplicated ?? Number.MAX_SAFE_INTEGER)
  return first >= logStartOffset ? first : (state.startsInBatch ?? logStartOffset)
}

/** Something was appended: the log looks again for its first undecided offset (Log.maybeIncrementFirstUnstableOffset). */
export function onProducersAppend(state: ProducerState): void {
  delete state.unstableAsBefore
}

/**
 * After a cut and what was read again because of it: what the log takes for undecided. `before` is what it was before
 * the cut. Readers of a follower see it (KIP-392), and those of a leader that had been cut when it was a follower.
 */
export function settleAfterCut(
  state: ProducerState,
  before: number | null,
  { highWatermark, logEndOffset }: { readonly highWatermark: number; readonly logEndOffset: number },
  m: Mechanisms,
): void {
  onProducersAppend(state)
  if (m.stableOffsetAfterTruncation === 'read-again') return
  if (m.stableOffsetAfterTruncation === 'by-high-watermark' || highWatermark >= logEndOffset)
    onProducersHighWatermark(state, Math.min(highWatermark, logEndOffset))
  else state.unstableAsBefore = before
}

/** A marker below the high watermark (exclusive end) has been replicated. */
export function onProducersHighWatermark(state: ProducerState, highWatermark: number): void {
  onProducersAppend(state)
  state.unreplicatedTransactions = state.unreplicatedTransactions.filter((it) => it.lastOffset >= highWatermark)
}

/** The log start moved: to 2.3 producers whose records all lie below it are forgotten (KAFKA-7190 ended that). */
export function onProducersLogStart(state: ProducerState, logStartOffset: number, m: Mechanisms): void {
  const forgotten: number[] = []
  for (const id of Object.keys(state.producers).sort()) {
    const retained = retainedFrom(state.producers[id]!, logStartOffset, m)
    if (retained === null) {
      delete state.producers[id]
      forgotten.push(Number(id))
    } else state.producers[id] = retained
  }
  state.openTransactions = state.openTransactions.filter((open) => !forgotten.includes(open.producerId))
  onProducersHighWatermark(state, logStartOffset)
  state.endOffset = Math.max(state.endOffset, logStartOffset)
  state.snapshots = state.snapshots.filter((snapshot) => snapshot.offset >= logStartOffset)
  state.snapshotOffset = state.snapshots.at(-1)?.offset ?? logStartOffset
}

/**
 * 0.11 goes by the last record, marker or data, 1.0 to 2.3 by the last data. These were meant to forget the older batches
 * of a producer that stays as well, but ProducerIdEntry.removeBatchesOlderThan drops them from a copy: all stay.
 */
function retainedFrom(entry: ProducerEntry, logStartOffset: number, m: Mechanisms): ProducerEntry | null {
  if (m.producersForgotten === 'by-time') return entry
  const last = m.producersForgotten === 'with-last-record' ? entry.lastOffset : (entry.batches.at(-1)?.lastOffset ?? -1)
  return last >= logStartOffset ? entry : null
}

/** At each roll and at a clean stop: a file with the last batch of each producer, unless there is one for this end. */
export function takeProducerSnapshot(state: ProducerState): void {
  if (state.endOffset <= state.snapshotOffset) return
  const producers: Record<string, ProducerEntry> = {}
  for (const id of Object.keys(state.producers)) {
    const entry = state.producers[id]!
    producers[id] = { ...entry, batches: entry.batches.slice(-1) }
  }
  state.snapshots.push({ offset: state.endOffset, producers })
  state.snapshotOffset = state.endOffset
}

/** Where a state is rebuilt to, and from what. */
interface ProducerReload {
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** Bases of all segments, sorted. */
  readonly segmentBases: readonly number[]
  /** The batches with a producer id, in offset order. */
  readonly batches: readonly ProducedBatch[]
}

/**
 * After a truncation or at a start: from the newest snapshot that is not above the log end, then batch by batch. Only
 * the batches behind that snapshot are remembered beside the last one in it.
 */
export function reloadProducers(state: ProducerState, reload: ProducerReload, m: Mechanisms): void {
  const { logStartOffset, logEndOffset, segmentBases } = reload
  const nothingKnown = Object.keys(state.producers).length === 0 && state.unreplicatedTransactions.length === 0
  const skipped = nothingKnown && state.endOffset >= logEndOffset
  state.snapshots = state.snapshots.filter(({ offset }) => offset <= logEndOffset && offset > logStartOffset)
  if (state.endOffset === logEndOffset) onProducersLogStart(state, logStartOffset, m)
  else loadNewestSnapshot(state, logStartOffset, m)
  state.abortedTransactions = state.abortedTransactions.filter((aborted) => aborted.lastOffset < state.endOffset)

  const replays = logEndOffset > state.endOffset && !skipped
  if (m.recoverySnapshots === 'where-scan-begins') {
    // Log.loadProducerState of 0.11 to 1.1: a snapshot where the replay of each segment begins, none at its end.
    if (replays) replayEachSegment(state, reload, m)
    state.endOffset = logEndOffset
    return
  }
  if (replays) {
    const snapshotAt = segmentBases.slice(-2)
    for (const base of segmentBases) {
      if (base > state.endOffset && snapshotAt.includes(base)) {
        takeUpTo(state, reload, base, m)
        takeProducerSnapshot(state)
      }
    }
    takeUpTo(state, reload, logEndOffset, m)
  }
  state.endOffset = logEndOffset
  takeProducerSnapshot(state)
}

function replayEachSegment(state: ProducerState, reload: ProducerReload, m: Mechanisms): void {
  const { logStartOffset, logEndOffset, segmentBases } = reload
  segmentBases.forEach((base, index) => {
    const end = segmentBases[index + 1] ?? logEndOffset
    if (end <= state.endOffset) return
    state.endOffset = Math.max(base, state.endOffset, logStartOffset)
    takeProducerSnapshot(state)
    takeUpTo(state, reload, end, m)
  })
}

/** A read begins with the batch that its offset lies in, also where that is the log start. */
function takeUpTo(state: ProducerState, reload: ProducerReload, end: number, m: Mechanisms): void {
  for (const batch of reload.batches) {
    if (batch.lastOffset >= state.endOffset && batch.lastOffset < end) takeBatch(state, batch, m)
  }
  state.endOffset = end
}

function loadNewestSnapshot(state: ProducerState, logStartOffset: number, m: Mechanisms): void {
  state.producers = {}
  state.openTransactions = []
  state.unreplicatedTransactions = []
  const snapshot = state.snapshots.at(-1)
  state.endOffset = snapshot?.offset ?? logStartOffset
  state.snapshotOffset = state.endOffset
  if (snapshot === undefined) return
  for (const id of Object.keys(snapshot.producers).sort()) {
    const entry = retainedFrom(snapshot.producers[id]!, logStartOffset, m)
    if (entry === null) continue
    state.producers[id] = entry
    if (entry.transactionStart !== null) {
      insert(state.openTransactions, { producerId: Number(id), firstOffset: entry.transactionStart })
    }
  }
}

/** The log was emptied and begins at `newStart`. */
export function clearProducers(state: ProducerState, newStart: number): void {
  assert(newStart >= 0, `a log cannot begin at offset ${newStart}`)
  Object.assign(state, emptyProducerState(newStart))
}
