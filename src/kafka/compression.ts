/**
 * Compression as ratios: what a codec makes of records is a property of their contents, told by the workload, and no
 * codec runs. The bytes that it decides are those of requests, answers, segments and limits.
 */
import type { Settings } from './config.ts'

/** `compression.type` of producers. */
type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** Thousandths of their bytes that records take under each codec, 1 to 1000. */
export type CompressionRatios = Readonly<Record<Exclude<Codec, 'none'>, number>>

/** A workload that says nothing: text such as JSON, in about the order in which the codecs are known to stand. */
export const USUAL_RATIOS: CompressionRatios = { gzip: 350, snappy: 550, lz4: 500, zstd: 320 }

/** How a batch is compressed, and what other codecs would make of it. */
export interface BatchCompression {
  readonly codec: Codec
  readonly ratios: CompressionRatios
}

/** Whether records stand in a batch compressed; a producer without a codec may tell the ratios all the same. */
export const isCompressed = (compression: BatchCompression | undefined): compression is BatchCompression =>
  compression !== undefined && compression.codec !== 'none'

/** Whole bytes of compressed records; as many as before without a codec. */
export function compressedBytes(bytes: number, compression: BatchCompression | undefined): number {
  if (compression === undefined || compression.codec === 'none') return bytes
  return Math.ceil((bytes * compression.ratios[compression.codec]) / 1000)
}

/** What a producer does with its batches; undefined: it does not compress, and its records have the usual ratios. */
export function producerCompression(
  settings: Settings,
  ratios: CompressionRatios | undefined,
): BatchCompression | undefined {
  const codec = (settings['compression.type'] ?? 'none') as Codec
  return codec === 'none' && ratios === undefined ? undefined : { codec, ratios: ratios ?? USUAL_RATIOS }
}

/**
 * What a leader stores (KAFKA-1499, 0.9): the producer's codec, none, or the topic's own whatever came. Records without a
 * codec say nothing of one.
 */
export function storedCompression(topicType: string, sent: BatchCompression | undefined): BatchCompression | undefined {
  const codec = topicType === 'producer' ? (sent?.codec ?? 'none') : topicType === 'uncompressed' ? 'none' : topicType
  return codec === 'none' ? undefined : { codec: codec as Codec, ratios: sent?.ratios ?? USUAL_RATIOS }
}
