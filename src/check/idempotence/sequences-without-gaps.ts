import type { TopicPartition } from '../../kafka/ids.ts'
import type { RecordBatch } from '../../kafka/records.ts'
import { own } from '../../kernel/own.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

/** One producer id and epoch in one log: what comes next has the next sequence, so that its records are in their order. */
export const SEQUENCES_WITHOUT_GAPS: Property = {
  name: 'SequencesWithoutGaps',
  kind: 'finally',
  statement: 'In each log the batches of an idempotent producer follow each other by sequence, from 0 in each epoch.',
  on: [],
  promised: () => PROMISED,
  check: (world) => {
    const findings = knownPartitions(world).flatMap((partition) => gapsIn(world, partition))
    return findings.length === 0 ? null : findings
  },
}

const LARGEST_SEQUENCE = 2_147_483_647

function gapsIn(world: World, partition: TopicPartition): Finding[] {
  const log = logOfLeader(world, partition)
  if (log === null) return []
  // Below, retention or a cleaner leave gaps of their own: where a producer stood there is not known.
  const from = Math.max(log.logStartOffset, log.cleanedTo ?? 0)
  const last: Record<number, { readonly epoch: number; readonly next: number }> = {}
  const findings: Finding[] = []
  for (const batch of log.batches) {
    const { producer } = batch
    if (producer === undefined || batch.control !== undefined || producer.baseSequence < 0) continue
    if (batch.cleaned !== undefined || batch.baseOffset < from) continue
    const known = last[producer.id]
    const first = from > 0 ? producer.baseSequence : 0
    const expected = known === undefined ? first : producer.epoch > known.epoch ? 0 : known.next
    if (producer.baseSequence !== expected || (known !== undefined && producer.epoch < known.epoch)) {
      const isHole = known === undefined && isFirstOfUnknown(world, partition, batch)
      findings.push({ ...gap(partition, batch, expected), ...(isHole ? { knownHole: ANY_FIRST_SEQUENCE } : {}) })
    }
    const after = producer.baseSequence + batch.records.length
    last[producer.id] = { epoch: producer.epoch, next: after > LARGEST_SEQUENCE ? after - LARGEST_SEQUENCE - 1 : after }
  }
  return findings
}

/** A log that knows nothing of a producer takes any sequence (KIP-360, 2.5), also that of a batch behind one that was refused. */
const ANY_FIRST_SEQUENCE = 'KAFKA-15591'

/** Whether the records of the missing sequences were sent there by the same client, and given up or still to be tried. */
function isFirstOfUnknown(world: World, partition: TopicPartition, { producer, records }: RecordBatch): boolean {
  if (world.plan.mechanisms.unknownProducer !== 'accept') return false
  const { sent } = world.ledger
  const first = own(sent, records[0]?.id ?? '')
  if (first === undefined) return false
  const stands = records.map(({ id }) => id)
  const missing = Object.values(sent).filter(
    ({ id, client, partition: to, sentAtUs, outcome }) =>
      client === first.client &&
      to === partition &&
      sentAtUs <= first.sentAtUs &&
      outcome !== 'acked' &&
      !stands.includes(id),
  )
  return missing.length >= producer!.baseSequence
}

const gap = (partition: TopicPartition, { baseOffset, producer, records }: RecordBatch, expected: number): Finding => ({
  partition,
  words: `the batch at offset ${baseOffset} of producer ${producer!.id} epoch ${producer!.epoch} begins at sequence ${producer!.baseSequence} where ${expected} is due`,
  evidence: { offset: baseOffset, value: records[0]?.value ?? null, sequence: producer!.baseSequence, expected },
  key: `${partition} ${baseOffset}`,
})
