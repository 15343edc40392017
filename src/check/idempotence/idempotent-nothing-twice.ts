import type { TopicPartition } from '../../kafka/ids.ts'
import { type BatchProducer, lastOffset, offsetAt, type RecordBatch } from '../../kafka/records.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { forgottenBelow } from './producer-memory.ts'

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

/** An epoch of a producer that began because a batch was forgotten: what was in flight behind that comes in it, too. */
interface Anew {
  readonly name: string
  readonly forgotten: Produced
}

function twiceIn(world: World, partition: TopicPartition): Finding[] {
  const batches = (logOfLeader(world, partition)?.batches ?? []).filter(isProduced)
  const first: Record<string, { readonly offset: number; readonly batch: Produced }> = {}
  const findings: Finding[] = []
  const begun: Anew[] = []
  let known: number | null = null
  for (const batch of batches) {
    batch.records.forEach(({ id, value }, index) => {
      const offset = offsetAt(batch, index)
      const before = first[id]
      if (before === undefined) first[id] = { offset, batch }
      else {
        known ??= forgottenBelow(world, partition)
        const isHole = beginsAnew(before.batch, batch) && isForgotten(before.batch, batch, batches, known, begun)
        if (isHole) begun.push({ name: nameOf(batch), forgotten: before.batch })
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
 * Snapshot files keep the last batch of each producer: who knows its producers from one does not know an earlier batch
 * again, and refuses a retry of it as out of order. Or the batch was in flight behind one that was forgotten so.
 */
function isForgotten(
  batch: Produced,
  copy: Produced,
  batches: readonly Produced[],
  forgottenTo: number,
  begun: readonly Anew[],
): boolean {
  const { producer, baseOffset } = batch
  const wasInFlight = begun.some(
    ({ name, forgotten }) =>
      name === nameOf(copy) && isSame(forgotten.producer, producer) && forgotten.baseOffset <= baseOffset,
  )
  if (wasInFlight) return true
  const next = batches.find((each) => each.baseOffset > baseOffset && isSame(each.producer, producer))
  return next !== undefined && lastOffset(next) < forgottenTo
}

const isSame = (a: BatchProducer, b: BatchProducer): boolean => a.id === b.id && a.epoch === b.epoch

/** KIP-360 (2.5): told that it is out of order, a producer sends what it has in a new epoch, whether it is there or not. */
const beginsAnew = ({ producer: before }: Produced, { producer: now }: Produced): boolean =>
  now.id === before.id && now.epoch > before.epoch
