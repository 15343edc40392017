import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { assert } from '../kernel/assert.ts'

/** One entry of the leader-epoch cache: the first offset of the epoch in this log. */
export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** The end of a leader epoch as a log knows it; both -1 when it cannot tell. `endOffset` is exclusive. */
export interface EpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

/** What the epoch cache needs to know of the log it belongs to. */
export interface EpochCachedLog {
  epochCache: EpochEntry[]
  logStartOffset: number
  logEndOffset: number
}

export const UNDEFINED_EPOCH = -1
export const UNDEFINED_OFFSET = -1

const UNDEFINED: EpochEnd = { epoch: UNDEFINED_EPOCH, endOffset: UNDEFINED_OFFSET }

/** The epoch of the last entry, -1 when there is none. */
export function latestEpoch(log: EpochCachedLog): number {
  return log.epochCache.at(-1)?.epoch ?? UNDEFINED_EPOCH
}

/** How many entries have an epoch at or below `epoch`: they are the first ones. */
function countUpTo(cache: readonly EpochEntry[], epoch: number): number {
  let low = 0
  let high = cache.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cache[middle]!.epoch <= epoch) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Enters the first offset of an epoch. The epoch must not be negative.
 *
 * 0.11 to 2.0.0 LeaderEpochFileCache.assign takes only what is newer than all it has; KAFKA-7415 (2.0.1) removes every
 * entry with the same or a higher epoch, or the same or a higher offset, first. From 2.8 a negative offset is refused.
 */
export function assignEpoch(log: EpochCachedLog, epoch: number, startOffset: number, m: Mechanisms): void {
  if (m.epochCache === 'none') return
  assert(epoch >= 0, `a leader epoch must not be negative: ${epoch} at offset ${startOffset}`)
  const cache = log.epochCache
  const last = cache.at(-1)
  if (m.epochCache === 'ignore-older') {
    if (last === undefined || (epoch > last.epoch && startOffset >= last.startOffset))
      cache.push({ epoch, startOffset })
    return
  }
  if (m.epochCache === 'remove-conflicting-checked') {
    assert(startOffset >= 0, `an epoch must not start at a negative offset: epoch ${epoch} at ${startOffset}`)
  }
  if (last !== undefined && last.epoch === epoch && startOffset >= last.startOffset) return
  while (cache.length > 0) {
    const entry = cache.at(-1)!
    if (entry.epoch < epoch && entry.startOffset < startOffset) break
    cache.pop()
  }
  cache.push({ epoch, startOffset })
}

/**
 * Where the asked epoch ends in this log.
 *
 * KIP-101 (0.11) names the offset only, the epoch of the answer is then -1. KIP-279 (2.0) answers the largest cached
 * epoch at or below the asked one with the start of the next larger one. The latest epoch ends at the log end. Both
 * are -1 for epoch -1, for an epoch above all cached ones, and (to 2.0.0) for one below all of them.
 */
export function endOffsetForEpoch(log: EpochCachedLog, epoch: number, m: Mechanisms): EpochEnd {
  const withEpoch = m.truncation !== 'kip-101'
  const latest = latestEpoch(log)
  if (epoch === UNDEFINED_EPOCH) {
    // 0.11.0.0 LeaderEpochFileCache.endOffsetFor: the asked -1 equals the latest epoch -1 of an empty cache.
    const quirk = latest === UNDEFINED_EPOCH && m.epochBothEmpty === 'log-end'
    return quirk ? { epoch: UNDEFINED_EPOCH, endOffset: log.logEndOffset } : UNDEFINED
  }
  if (epoch === latest) return { epoch: withEpoch ? epoch : UNDEFINED_EPOCH, endOffset: log.logEndOffset }
  const count = countUpTo(log.epochCache, epoch)
  const next = log.epochCache[count]
  if (next === undefined) return UNDEFINED
  const found = log.epochCache[count - 1]
  if (found === undefined) {
    return m.epochBelowFirst === 'first-start' ? { epoch, endOffset: next.startOffset } : UNDEFINED
  }
  return { epoch: withEpoch ? found.epoch : UNDEFINED_EPOCH, endOffset: next.startOffset }
}

/** Drops the entries that start at or above `endOffset`. A negative offset changes nothing. */
export function truncateEpochsFromEnd(log: EpochCachedLog, endOffset: number): void {
  if (endOffset < 0) return
  const cache = log.epochCache
  while (cache.length > 0 && cache.at(-1)!.startOffset >= endOffset) cache.pop()
}

/**
 * Drops what lies below `startOffset`: the last epoch that starts at or below it stays, moved up to it. 0.11 leaves
 * several epochs with that very start alone.
 */
export function truncateEpochsFromStart(log: EpochCachedLog, startOffset: number): void {
  const cache = log.epochCache
  const firstAbove = cache.findIndex((entry) => entry.startOffset > startOffset)
  const below = firstAbove === -1 ? cache.length : firstAbove
  if (below === 0) return
  const kept = cache[below - 1]!
  if (kept.startOffset === startOffset) {
    log.epochCache = cache.filter((entry) => entry.startOffset >= startOffset)
    return
  }
  log.epochCache = [{ epoch: kept.epoch, startOffset }, ...cache.slice(below)]
}

/**
 * What loading a log does to its epoch cache: the file is flushed with every change and so may know of records that
 * a power loss took (2.4.1 Log: truncateFromEnd and truncateFromStart after loadSegments).
 */
export function cutEpochCacheToLog(log: EpochCachedLog): void {
  truncateEpochsFromEnd(log, log.logEndOffset)
  truncateEpochsFromStart(log, log.logStartOffset)
}
