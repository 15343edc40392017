/** What real leader-epoch caches answered and kept, step by step. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { AssertionError } from '../../kernel/assert.ts'
import type { EpochCachedLog } from '../../log/epoch-cache.ts'
import {
  assignEpoch,
  endOffsetForEpoch,
  latestEpoch,
  truncateEpochsFromEnd,
  truncateEpochsFromStart,
} from '../../log/epoch-cache.ts'
import type { Comparison } from '../comparison.ts'
import type { EpochCacheCase } from './forms.ts'

type EpochStep = EpochCacheCase['steps'][number]

/** The log end as the cache sees it before anything says otherwise. */
const FAR_LOG_END = 1_000_000

export function runEpochCaches({ name, steps }: EpochCacheCase, mechanisms: Mechanisms, to: Comparison): void {
  const log: EpochCachedLog = { epochCache: [], logStartOffset: 0, logEndOffset: FAR_LOG_END }
  steps.forEach((step, index) => {
    runStep(log, step, mechanisms, `${name}, step ${index + 1}`, to)
  })
}

function runStep(log: EpochCachedLog, step: EpochStep, mechanisms: Mechanisms, label: string, to: Comparison): void {
  const { op, epoch, offset } = step
  switch (op) {
    case 'leo':
      log.logEndOffset = offset
      return
    case 'assign': {
      const refused = refusal(() => assignEpoch(log, epoch, offset, mechanisms))
      to.equal(label, `assign ${epoch} at ${offset}: refused`, step.error !== undefined, refused)
      break
    }
    case 'endOffsetFor': {
      const end = endOffsetForEpoch(log, epoch, mechanisms)
      const ours = Array.isArray(step.result) ? [end.epoch, end.endOffset] : end.endOffset
      to.equal(label, `end of epoch ${epoch}`, step.result, ours)
      return
    }
    case 'latestEpoch':
      to.equal(label, 'latest epoch', step.result ?? -1, latestEpoch(log))
      return
    case 'truncateFromEnd':
      truncateEpochsFromEnd(log, offset)
      break
    case 'truncateFromStart':
      truncateEpochsFromStart(log, offset)
      break
  }
  if (step.entries === undefined) return
  const entries = log.epochCache.map((entry) => [entry.epoch, entry.startOffset])
  to.equal(label, `entries after ${op}`, step.entries, entries)
}

/** Whether something is refused as an input that must not be. */
function refusal(act: () => void): boolean {
  try {
    act()
    return false
  } catch (error) {
    if (error instanceof AssertionError) return true
    throw error
  }
}
