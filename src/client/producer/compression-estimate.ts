/**
 * How large a batch will be once it is compressed, as the producer guesses while it fills (clients:
 * CompressionRatioEstimator, 1.0): the last ratio of the topic, 1 at first, with 5 % on top. A better one is believed
 * half a percent a batch, a worse one five percent or more at once. Simplified: to 0.11 the guess was one of all topics.
 */

import { type BatchCompression, isCompressed, producerCompression } from '../../kafka/compression.ts'
import { splitTopicPartition } from '../../kafka/ids.ts'
import { own } from '../../kernel/own.ts'
import { emptyBatchSize } from './record-size.ts'
import type { ProducerBatch, ProducerConfig, ProducerVolatile } from './state.ts'

const UNCOMPRESSED = 1000
const IMPROVING_STEP = 5
const DETERIORATING_STEP = 50
/** Percent of the guess that are counted. */
const SAFETY = 105

export const compressionOf = (config: ProducerConfig): BatchCompression | undefined =>
  producerCompression(config.settings, config.ratios)

/** The guess for a new batch, in thousandths; undefined: nothing is compressed. */
export function estimateFor(memory: ProducerVolatile, topic: string, config: ProducerConfig): number | undefined {
  const compression = compressionOf(config)
  if (!isCompressed(compression)) return undefined
  return own(memory.compressionEstimates, topic) ?? UNCOMPRESSED
}

/** Bytes of a batch as its limit counts them. */
export function writtenBytes({ sizeBytes, estimate }: ProducerBatch, config: ProducerConfig): number {
  if (estimate === undefined) return sizeBytes
  const header = emptyBatchSize(config.mechanisms.recordFormat)
  return header + Math.floor(((sizeBytes - header) * estimate * SAFETY) / (100 * 1000))
}

/** A batch is closed: its real ratio moves the guess. */
export function learnRatio(memory: ProducerVolatile, batch: ProducerBatch, config: ProducerConfig): void {
  const compression = compressionOf(config)
  if (compression === undefined || compression.codec === 'none' || batch.attempts > 0) return
  const { topic } = splitTopicPartition(batch.partition)
  const observed = compression.ratios[compression.codec]
  const known = own(memory.compressionEstimates, topic) ?? UNCOMPRESSED
  memory.compressionEstimates = {
    ...memory.compressionEstimates,
    [topic]:
      observed > known ? Math.max(known + DETERIORATING_STEP, observed) : Math.max(known - IMPROVING_STEP, observed),
  }
}
