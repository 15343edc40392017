/** What real logs accepted of producers, step by step: verdicts, offsets and the last stable offset. */
import type { ErrorName } from '../../kafka/errors.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import {
  emptyProducerState,
  firstUnstableOffset,
  judgeBatch,
  onProducersAppend,
  onProducersHighWatermark,
  onProducersLogStart,
  type ProducedBatch,
  type ProducerState,
  reloadProducers,
  settleAfterCut,
  takeBatch,
  takeProducerSnapshot,
} from '../../log/producer-state.ts'
import type { Comparison } from '../comparison.ts'
import type { ProducerStateCase } from './forms.ts'

type ProducerStep = ProducerStateCase['steps'][number]

/** The exceptions of the vectors by the error that they become in an answer. */
const ERRORS: ReadonlyMap<string, ErrorName> = new Map(
  Object.entries({
    OutOfOrderSequenceException: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    UnknownProducerIdException: 'UNKNOWN_PRODUCER_ID',
    ProducerFencedException: 'INVALID_PRODUCER_EPOCH',
    InvalidProducerEpochException: 'INVALID_PRODUCER_EPOCH',
    InvalidTxnStateException: 'INVALID_TXN_STATE',
    TransactionCoordinatorFencedException: 'TRANSACTION_COORDINATOR_FENCED',
  } satisfies Record<string, ErrorName>),
)

/** A log as far as its producers are concerned. */
interface ProducerLog {
  readonly state: ProducerState
  logStartOffset: number
  logEndOffset: number
  highWatermark: number
  segmentBases: number[]
  batches: ProducedBatch[]
  /** Every batch, also those without a producer. */
  spans: Pick<ProducedBatch, 'baseOffset' | 'lastOffset'>[]
}

export function runProducerStates({ name, steps }: ProducerStateCase, mechanisms: Mechanisms, to: Comparison): void {
  const log: ProducerLog = {
    state: emptyProducerState(0),
    logStartOffset: 0,
    logEndOffset: 0,
    highWatermark: 0,
    segmentBases: [0],
    batches: [],
    spans: [],
  }
  steps.forEach((step, index) => {
    const label = `${name}, step ${index + 1}`
    const ours = runStep(log, step, mechanisms)
    if (step.result !== undefined) {
      const error = step.error === undefined ? null : (ERRORS.get(step.error) ?? step.error)
      const recorded = { result: step.result, error, baseOffset: step.baseOffset ?? null }
      to.equal(label, step.op, recorded, ours)
    }
    to.equal(label, 'log end', step.logEndOffset, log.logEndOffset)
    if (step.lastStableOffset === undefined) return
    to.equal(label, 'last stable offset', step.lastStableOffset, lastStableOffset(log, mechanisms))
  })
}

/** To 2.3 a log does not know its high watermark: the vectors show the first unstable offset itself, later ones never more than the high watermark. */
function lastStableOffset(log: ProducerLog, m: Mechanisms): number | null {
  const unstable = firstUnstableOffset(log.state, log.logStartOffset)
  if (!m.truncationLowersHighWatermark) return unstable
  return unstable !== null && unstable < log.highWatermark ? unstable : log.highWatermark
}

/** As {@link noteBatchAtLogStart}, of what a vector keeps of a log. */
function noteBatchAtStart({ state, spans, logStartOffset }: ProducerLog, m: Mechanisms): void {
  const first = spans.find(({ lastOffset }) => lastOffset >= logStartOffset)
  const inside = first !== undefined && first.baseOffset < logStartOffset
  if (m.stableOffsetAtBatch && inside) state.startsInBatch = first.baseOffset
  else delete state.startsInBatch
}

interface StepResult {
  readonly result: 'accepted' | 'duplicate' | 'error'
  readonly error: string | null
  readonly baseOffset: number | null
}

function runStep(log: ProducerLog, step: ProducerStep, m: Mechanisms): StepResult | null {
  const { state } = log
  const { offset } = step
  switch (step.op) {
    case 'append':
    case 'marker':
      return append(log, batchOf(log, step), m, true)
    case 'forceState':
      return append(log, { ...batchOf(log, step), baseSequence: step.lastSequence }, m, false)
    case 'highWatermarkTo':
      log.highWatermark = offset
      onProducersHighWatermark(state, offset)
      return null
    case 'logStartTo':
      log.logStartOffset = offset
      onProducersLogStart(state, offset, m)
      noteBatchAtStart(log, m)
      return null
    case 'roll':
      log.segmentBases.push(log.logEndOffset)
      state.endOffset = log.logEndOffset
      takeProducerSnapshot(state)
      return null
    case 'truncateTo': {
      const before = firstUnstableOffset(state, log.logStartOffset)
      const { highWatermark } = log
      log.batches = log.batches.filter((batch) => batch.lastOffset < offset)
      log.spans = log.spans.filter((batch) => batch.lastOffset < offset)
      log.segmentBases = log.segmentBases.filter((base) => base <= offset)
      log.logEndOffset = offset
      log.highWatermark = Math.min(log.highWatermark, offset)
      reloadProducers(state, log, m)
      settleAfterCut(state, before, { highWatermark, logEndOffset: offset }, m)
      return null
    }
    case 'reopen':
      takeProducerSnapshot(state)
      Object.assign(state, { ...emptyProducerState(log.logStartOffset), snapshots: state.snapshots })
      log.highWatermark = log.logStartOffset
      reloadProducers(state, log, m)
      noteBatchAtStart(log, m)
      return null
  }
}

function batchOf(log: ProducerLog, step: ProducerStep): ProducedBatch {
  const { type, coordinatorEpoch, count } = step
  return {
    producerId: step.producerId,
    producerEpoch: step.epoch,
    baseSequence: step.sequence,
    baseOffset: log.logEndOffset,
    lastOffset: log.logEndOffset + count - 1,
    transactional: type !== undefined || step.transactional,
    marker: type === undefined ? null : { type, coordinatorEpoch },
    timestampMs: 0,
  }
}

function append(log: ProducerLog, batch: ProducedBatch, m: Mechanisms, judged: boolean): StepResult {
  const { state } = log
  if (batch.producerId >= 0) {
    const verdict = judged ? judgeBatch(state, batch, m) : ({ kind: 'append' } as const)
    if (verdict.kind === 'refused') return { result: 'error', error: verdict.error, baseOffset: null }
    if (verdict.kind === 'duplicate') return { result: 'duplicate', error: null, baseOffset: verdict.baseOffset }
    takeBatch(state, batch, m)
    log.batches.push(batch)
  }
  log.spans.push(batch)
  log.logEndOffset = batch.lastOffset + 1
  onProducersAppend(state)
  state.endOffset = log.logEndOffset
  return { result: 'accepted', error: null, baseOffset: batch.baseOffset }
}
