/** The cleaner goes by what will stay: committed records of decided transactions. */
import { nodeNumber } from '../kafka/ids.ts'
import { firstUnstableOffset } from '../log/producer-state.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { viewOf } from './roles.ts'

/** KAFKA-13194 (C-48) is what its break looks like: a committed value goes for one that is cut later. */
export const CLEANING_BELOW_UNDECIDED: Property = {
  name: 'CleaningBelowUndecided',
  kind: 'always',
  statement: 'The cleaner passes neither the high watermark of its broker nor a transaction that is not decided.',
  on: ['logCleaned'],
  promised: ({ mechanisms }) =>
    mechanisms.cleanerStopsAtHighWatermark
      ? PROMISED
      : { promised: false, because: 'the cleaner does not look at the high watermark', hole: 'KAFKA-13194' },
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'logCleaned') continue
      const broker = nodeNumber(node)
      const view = viewOf(world, broker, fact.partition)
      const log = logOf(world, broker, fact.partition)
      if (view === null || log === null) continue
      const unstable = log.producers === undefined ? null : firstUnstableOffset(log.producers, log.logStartOffset)
      const bound = Math.min(view.highWatermark, unstable ?? view.highWatermark)
      if (fact.to <= bound || fact.to <= fact.from) continue
      const { highWatermark } = view
      findings.push({
        partition: fact.partition,
        words: `broker ${broker} has cleaned ${fact.partition} up to ${fact.to}, where its high watermark is ${highWatermark}${unstable === null ? '' : ` and a transaction since ${unstable} is not decided`}`,
        evidence: { broker, to: fact.to, highWatermark, firstUndecided: unstable },
        key: `${fact.partition} ${broker}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
