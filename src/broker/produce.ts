/** A client's write, at the broker it was sent to, which may or may not lead the partition. */

import { type BatchCompression, isCompressed, storedCompression } from '../kafka/compression.ts'
import { topicSetting } from '../kafka/config.ts'
import type { ErrorName } from '../kafka/errors.ts'
import { partitionNames, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { ProduceRequest, ProduceResponse } from '../kafka/messages/data.ts'
import { isMutant } from '../kafka/mutants.ts'
import type { BatchProducer, KafkaRecord } from '../kafka/records.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { own } from '../kernel/own.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import { emptyProducerState, judgeBatch, type ProducerVerdict } from '../log/producer-state.ts'
import { appendAsLeader, type BatchParts, batchBytes, type ReplicaLog } from '../log/replica-log.ts'
import { forgetUnread, release, respond } from './client-connection.ts'
import { forgetGuard, type Guard, guardOf, type Verified, verify } from './coordinator/transactions/verification.ts'
import { completeDelayedFetches } from './delayed-fetch.ts'
import { parkProduce, tellAcknowledged } from './delayed-produce.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { diskTakes } from './disk.ts'
import { flushByCount } from './flush.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { isOffline } from './log-dirs.ts'
import { diskOf } from './log-disk.ts'
import { unhostedError } from './read-partition.ts'
import { type BrokerContext, logOf, minInsyncReplicas, running, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState, DelayedProduce, PartitionState } from './state.ts'
import { EPOCH_FILE, tellFileSynced } from './syncs.ts'
import { firstLocked, waitForLock } from './waiting.ts'

type Appended =
  | { readonly ok: true; readonly baseOffset: number; readonly endOffset: number; readonly leaderEpoch: number }
  | { readonly ok: false; readonly error: ErrorName }

type Answers = Record<TopicPartition, ProduceResponse['partitions'][string]>

export function handleProduce(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ProduceRequest,
  connection: ConnectionId,
  answered: Verified | null = null,
): void {
  const names = partitionNames(request.partitions)
  const locked = config.mechanisms.isrWriteBlocks === 'nothing' ? null : firstLocked(state, names)
  if (locked !== null) {
    waitForLock(state, ctx, locked, { connection, message: request })
    return
  }

  const verified = answered ?? verify(state, ctx, config, request, connection)
  if (verified === null) return
  const done: Answers = {}
  const pending: DelayedProduce['pending'] = {}
  for (const name of names) {
    const appended = write(state, ctx, config, request, name, verified[name] ?? 'NONE')
    if (!appended.ok) {
      ctx.fact({ kind: 'produceRefused', partition: name, error: appended.error })
      // Where the log begins tells a producer whether its records are gone (1.0).
      const logStartOffset = appended.error === 'UNKNOWN_PRODUCER_ID' ? logOf(state, name).logStartOffset : -1
      done[name] = { error: appended.error, baseOffset: -1, logStartOffset }
      continue
    }
    const { baseOffset, endOffset, leaderEpoch } = appended
    pending[name] = { requiredOffset: endOffset, baseOffset, leaderEpoch }
  }
  answer(state, ctx, config, request, connection, done, pending)
}

/** What comes of the records for one partition; `verdict` is what the transaction's coordinator says of it (KIP-890). */
function write(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ProduceRequest,
  name: TopicPartition,
  verdict: ErrorName,
): Appended {
  if (verdict !== 'NONE') return { ok: false, error: verdict }
  const { acks, compression } = request
  if (!acksAllowed(acks, config)) return { ok: false, error: 'INVALID_REQUIRED_ACKS' }
  const sent: Sent = { producer: request.producers?.[name], compression }
  return append(state, ctx, config, name, request.partitions[name]!, acks, sent)
}

/** To 0.8.2 acks may be any number of replicas; from 0.9 only none, the leader, or all. */
const acksAllowed = (acks: number, config: BrokerConfig): boolean =>
  config.mechanisms.acksAnyNumber || acks === 0 || acks === 1 || acks === -1

function answer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ProduceRequest,
  connection: ConnectionId,
  done: Answers,
  pending: DelayedProduce['pending'],
): void {
  const { acks, correlationId, timeoutMs } = request
  // To 0.11 an error of the disk ends the process in the middle of the request.
  if (running(state).offlineDirs.length > 0 && config.mechanisms.logDirFailures !== true) return
  if (acks === 0) {
    // Nothing is answered; the only sign of an error is that the connection closes.
    if (Object.keys(done).length > 0) {
      ctx.closeConnection(connection)
      forgetUnread(state, connection)
    }
    release(state, connection)
    return
  }
  const waits = (acks < 0 || acks > 1) && Object.keys(pending).length > 0
  if (waits) {
    parkProduce(state, ctx, config, { connection, correlationId, acks, timeoutMs, pending, done })
    return
  }
  for (const [name, { baseOffset, requiredOffset }] of Object.entries(pending)) {
    tellAcknowledged(state, ctx, config, running(state).partitions[name]!, baseOffset, requiredOffset, acks)
    done[name] = { error: 'NONE', baseOffset, logStartOffset: logOf(state, name).logStartOffset }
  }
  respond(state, ctx, connection, { type: 'ProduceResponse', correlationId, partitions: done })
}

/** What came with the records of a partition. */
interface Sent {
  readonly producer: BatchProducer | undefined
  readonly compression: BatchCompression | undefined
}

/** As a batch was sent, and as it is stored. */
type Compressions = readonly [sent: BatchCompression | undefined, stored: BatchCompression | undefined]

function compressionType(state: BrokerState, config: BrokerConfig, name: TopicPartition): string {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  return String(topicSetting(config.settings, ofTopic, 'compression.type') ?? 'producer')
}

function append(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  records: readonly KafkaRecord[],
  acks: number,
  { producer, compression: sent }: Sent,
): Appended {
  const partition = running(state).partitions[name]
  if (partition === undefined) return { ok: false, error: unhostedError(state, config, name) }
  if (isOffline(state, config, name)) return { ok: false, error: 'KAFKA_STORAGE_ERROR' }
  const stored = storedCompression(compressionType(state, config, name), sent)
  const refused = refusal(state, config, partition, records, acks, [sent, stored])
  if (refused !== null) return { ok: false, error: refused }
  const log = logOf(state, name)
  const { leaderEpoch } = partition
  const guard = producer === undefined ? undefined : guardOf(state, name, producer.id)
  const judged = producer === undefined ? null : judge(log, records, producer, guard, config)
  const unchecked = isMutant(config, 'sequence-not-checked')
  if (judged?.kind === 'refused' && !unchecked) return { ok: false, error: judged.error }
  if (judged?.kind === 'duplicate' && !unchecked && !isMutant(config, 'duplicate-not-recognised')) {
    ctx.probe('duplicate batch of a producer')
    const endOffset = judged.baseOffset + records.length
    return { ok: true, baseOffset: judged.baseOffset, endOffset, leaderEpoch }
  }
  if (isMutant(config, 'canary'))
    return { ok: true, baseOffset: log.logEndOffset, endOffset: log.logEndOffset, leaderEpoch }
  const written = stamped(state, ctx, config, name, records)
  const parts: BatchParts = {
    ...(producer === undefined ? {} : { producer }),
    ...(stored === undefined ? {} : { compression: stored }),
  }
  const inBatches = { baseOffset: log.logEndOffset, leaderEpoch, records: written, ...parts }
  if (!diskTakes(state, ctx, config, name, [inBatches])) return { ok: false, error: 'KAFKA_STORAGE_ERROR' }
  const { recoveryPoint } = log
  const epochs = log.epochCache.length
  const segments = log.layout?.segments.length
  const { baseOffset, endOffset } = appendAsLeader(
    log,
    written,
    leaderEpoch,
    config.mechanisms,
    diskOf(state, ctx, config, name),
    parts,
  )
  if (producer?.transactional) forgetGuard(state, name, producer.id)
  if (log.epochCache.length > epochs) tellFileSynced(ctx, EPOCH_FILE, name)
  if (log.layout?.segments.length !== segments) ctx.probe('append rolled a segment')
  flushByCount(state, ctx, config, name, recoveryPoint)
  ctx.fact({ kind: 'appended', partition: name, baseOffset, endOffset, leaderEpoch, as: 'leader' })
  if (isMutant(config, 'append-twice')) appendAsLeader(log, records, leaderEpoch, config.mechanisms)
  // With an ISR of one the record is committed at once.
  if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
  else completeDelayedFetches(state, ctx, config, name)
  return { ok: true, baseOffset, endOffset, leaderEpoch }
}

function refusal(
  state: BrokerState,
  config: BrokerConfig,
  partition: PartitionState,
  records: readonly KafkaRecord[],
  acks: number,
  compressions: Compressions,
): ErrorName | null {
  if (partition.role !== 'leader' && !isMutant(config, 'follower-accepts-produce')) return 'NOT_LEADER_FOR_PARTITION'
  // The committed ISR counts here, also while a change is pending (2.7).
  const enough = acks !== -1 || isMutant(config, 'acks-all-ignores-min-isr')
  if (!enough && partition.isr.length < minInsyncReplicas(state, config, partition)) return 'NOT_ENOUGH_REPLICAS'
  return sizeError(state, config, partition, records, compressions)
}

/** Holds a producer's batch against what the log knows of it (KIP-98): new, already there, or out of place. */
const judge = (
  log: ReplicaLog,
  records: readonly KafkaRecord[],
  producer: BatchProducer,
  guard: Guard | undefined,
  config: BrokerConfig,
): ProducerVerdict => {
  // What a coordinator writes for a producer has no sequence; only its epoch is held against the log.
  if (producer.baseSequence < 0) {
    const known = log.producers?.producers[producer.id]?.epoch ?? -1
    return producer.epoch < known ? { kind: 'refused', error: 'INVALID_PRODUCER_EPOCH' } : { kind: 'append' }
  }
  return judgeBatch(
    log.producers ?? emptyProducerState(log.logStartOffset),
    {
      producerId: producer.id,
      producerEpoch: producer.epoch,
      baseSequence: producer.baseSequence,
      baseOffset: log.logEndOffset,
      lastOffset: log.logEndOffset + records.length - 1,
      transactional: producer.transactional,
      marker: null,
      timestampMs: -1,
    },
    config.mechanisms,
    guard?.lowestSequence ?? null,
  )
}

/**
 * A record (from 0.11, or compressed, a batch) may be as large as max.message.bytes, both as it was sent and as it is
 * stored; what is stored of a request to a partition may be as large as a segment.
 */
function sizeError(
  state: BrokerState,
  config: BrokerConfig,
  { partition: name, leaderEpoch }: PartitionState,
  records: readonly KafkaRecord[],
  [sent, stored]: Compressions,
): ErrorName | null {
  const byBatch = config.mechanisms.recordFormat === 2
  const format = config.mechanisms.recordFormat === 0 ? 0 : 1
  const epoch = byBatch ? leaderEpoch : -1
  const bytesWith = (compression: BatchCompression | undefined): number =>
    batchBytes({ baseOffset: 0, leaderEpoch: epoch, records, ...(compression && { compression }) }, format)
  const total = bytesWith(stored)
  const largest = (compression: BatchCompression | undefined, bytes: number): number =>
    byBatch || isCompressed(compression)
      ? bytes
      : records.reduce(
          (most, record) => Math.max(most, batchBytes({ baseOffset: 0, leaderEpoch: -1, records: [record] }, format)),
          0,
        )
  const limit = topicNumber(state, config, name, 'max.message.bytes') ?? Number.MAX_SAFE_INTEGER
  if (largest(stored, total) > limit) return 'MESSAGE_TOO_LARGE'
  if (sent !== undefined && largest(sent, bytesWith(sent)) > limit) return 'MESSAGE_TOO_LARGE'
  const segment = topicNumber(state, config, name, 'segment.bytes')
  return segment !== null && total > segment ? 'RECORD_LIST_TOO_LARGE' : null
}

/** KIP-32 (0.10): with LogAppendTime the broker's clock stamps the records. */
function stamped(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  records: readonly KafkaRecord[],
): readonly KafkaRecord[] {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  if (topicSetting(config.settings, ofTopic, 'message.timestamp.type') !== 'LogAppendTime') return records
  const timestampMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
  return records.map((record) => ({ ...record, timestampMs }))
}
