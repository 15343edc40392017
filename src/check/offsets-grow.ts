import { nodeNumber } from '../kafka/ids.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** The first batch from the end on that does not begin above the one before it; null: none of those looked at. */
function overlap(batches: readonly RecordBatch[], from: number): RecordBatch | null {
  for (let index = batches.length - 1; index > 0; index--) {
    const batch = batches[index]!
    if (batch.baseOffset <= lastOffset(batches[index - 1]!)) return batch
    if (batch.baseOffset < from) break
  }
  return null
}

/** KAFKA-3919 (C-22) is what its break looks like in a real log: the next recovery throws. */
export const OFFSETS_GROW: Property = {
  name: 'OffsetsGrow',
  kind: 'always',
  statement: 'Offsets in a log strictly grow.',
  on: ['appended', 'recovered'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'appended' && fact.kind !== 'recovered') continue
      const broker = nodeNumber(node)
      const log = logOf(world, broker, fact.partition)
      const bad = log === null ? null : overlap(log.batches, fact.kind === 'appended' ? fact.baseOffset : 0)
      if (bad === null) continue
      findings.push({
        partition: fact.partition,
        words: `the log of broker ${broker} of ${fact.partition} has a batch at offset ${bad.baseOffset} behind one that reaches as far`,
        evidence: { broker, offset: bad.baseOffset },
        key: `${fact.partition} ${broker} ${bad.baseOffset}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
