import { nodeNumber, type TopicPartition } from '../kafka/ids.ts'
import { offsetAt } from '../kafka/records.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { viewOf } from './roles.ts'

interface Last {
  readonly offset: number
  readonly tombstone: boolean
}

/** The last committed record of every key below an offset, from the log start on. */
function lastValues(world: World, partition: TopicPartition, log: ReplicaLog, below: number): Map<string, Last> {
  const last = new Map<string, Last>()
  for (const entries of Object.values(world.ledger.committed[partition] ?? {})) {
    const { id, offset, value } = entries.at(-1)!
    const key = world.ledger.sent[id]?.key ?? null
    if (key === null || offset < log.logStartOffset || offset >= below) continue
    if (offset > (last.get(key)?.offset ?? -1)) last.set(key, { offset, tombstone: value === null })
  }
  return last
}

/** The highest offset at which a log has each key. */
function heldKeys(log: ReplicaLog): Map<string, number> {
  const held = new Map<string, number>()
  for (const batch of log.batches) {
    batch.records.forEach(({ key }, index) => {
      if (key !== null) held.set(key, offsetAt(batch, index))
    })
  }
  return held
}

/**
 * A tombstone may go in time; a value may go for a later one that the log has, be that committed or not. Above its own
 * high watermark a replica may have a history of its own, in which what was committed never stood.
 */
export const COMPACTION_KEEPS_LAST_VALUES: Property = {
  name: 'CompactionKeepsLastValues',
  kind: 'always',
  statement: 'Below the offset that the cleaner has reached, the log keeps the last value of every key or a later one.',
  on: ['logCleaned'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'logCleaned') continue
      const broker = nodeNumber(node)
      const log = logOf(world, broker, fact.partition)
      const view = viewOf(world, broker, fact.partition)
      if (log === null || view === null) continue
      const below = Math.min(fact.to, view.highWatermark)
      const held = heldKeys(log)
      for (const [key, { offset, tombstone }] of lastValues(world, fact.partition, log, below)) {
        if (tombstone || (held.get(key) ?? -1) >= offset) continue
        findings.push({
          partition: fact.partition,
          words: `broker ${broker} has cleaned ${fact.partition} up to ${fact.to}, and the last value of key ${key}, at offset ${offset}, is gone`,
          evidence: { broker, key, offset, to: fact.to },
          key: `${fact.partition} ${broker} ${key} ${offset}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
