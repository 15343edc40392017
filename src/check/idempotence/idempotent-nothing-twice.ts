import type { TopicPartition } from '../../kafka/ids.ts'
import { type BatchProducer, lastOffset, offsetAt, type RecordBatch } from '../../kafka/records.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

/** What a retry adds the log has to know again (KIP-98), also the log of another leader and of another life. */
export const IDEMPOTENT_NOTHING_TWICE: Property = {
  name: 'IdempotentNothingTwice',
  kind: 'finally',
  statement: 'No record of an idempotent producer stands at two offsets of a partition.',
  on: [],
  promised: () => PROMISED,
  check: (world) => {
    const findings = knownPartitions(world).flatMap((partition) => twiceIn(world, partition))
    return findings.length === 0 ? null : findings
  },
}

/** A batch of an idempotent producer. */
type Produced = RecordBatch & Required<Pick<RecordBatch, 'producer'>>

const isProduced = (batch: RecordBatch): batch is Produced =>
  batch.producer !== undefined && batch.control === undefined

function twiceIn(world: World, partition: TopicPartition): Finding[] {
  const batches = (logOfLeader(world, partition)?.batches ?? []).filter(isProduced)
  const first: Record<string, { readonly offset: number; readonly batch: Produced }> = {}
  const findings: Finding[] = []
  /** Epochs of producers that began because of a forgotten batch: whatever was in flight behind it comes in them, too. */
  const hasBegunAnew: string[] = []
  for (const batch of batches) {
    batch.records.forEach(({ id, value }, index) => {
      const offset = offsetAt(batch, index)
      const before = first[id]
      if (before === undefined) first[id] = { offset, batch }
      else {
        const isHole =
          beginsAnew(before.batch, batch) &&
          (hasBegunAnew.includes(nameOf(batch)) || isForgotten(world, partition, before.batch, batches))
        if (isHole) hasBegunAnew.push(nameOf(batch))
        findings.push({
          partition,
          words: `${value ?? id} stands at offset ${before.offset} and again at ${offset}`,
          evidence: { id, value, offset, before: before.offset, producerId: batch.producer.id },
          key: `${partition} ${offset}`,
          ...(isHole ? { knownHole: 'KIP-360' } : {}),
        })
      }
    })
  }
  return findings
}

const nameOf = ({ producer }: Produced): string => `${producer.id}/${producer.epoch}`

/**
 * Snapshot files keep the last batch of each producer: a broker that started from one does not know an earlier batch
 * again, and finds a retry of it out of order.
 */
function isForgotten(world: World, partition: TopicPartition, batch: Produced, batches: readonly Produced[]): boolean {
  const next = batches.find(
    ({ baseOffset, producer }) => baseOffset > batch.baseOffset && isSame(producer, batch.producer),
  )
  if (next === undefined) return false
  return world.ledger.facts.some(
    ({ fact }) => fact.kind === 'recovered' && fact.partition === partition && fact.logEndOffset > lastOffset(next),
  )
}

const isSame = (a: BatchProducer, b: BatchProducer): boolean => a.id === b.id && a.epoch === b.epoch

/** KIP-360 (2.5): told that it is out of order, a producer sends what it has in a new epoch, whether it is there or not. */
const beginsAnew = ({ producer: before }: Produced, { producer: now }: Produced): boolean =>
  now.id === before.id && now.epoch > before.epoch
