import type { TopicPartition } from '../kafka/ids.ts'
import { offsetAt } from '../kafka/records.ts'
import { own } from '../kernel/own.ts'
import type { PlanProducer } from '../world/plan.ts'
import { knownPartitions } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { cutsOf } from './cuts.ts'
import type { DiskHole } from './disk-holes.ts'
import { judgedLog } from './loss.ts'
import { holeOfLost } from './lost-for.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'

const isOn = (value: unknown): boolean => value === true || value === 'true'

/** With one request in flight a retry has nothing to overtake it; with idempotence the log takes no other order. */
export const keepsOrder = ({ settings }: PlanProducer): boolean =>
  Number(settings['max.in.flight.requests.per.connection']) === 1 || isOn(settings['enable.idempotence'])

/** Where each record of the log stands first: a retry may have put it there once more. */
function firstOffsets(world: World, partition: TopicPartition): Map<string, number> {
  const offsets = new Map<string, number>()
  for (const batch of judgedLog(world, partition)?.log.batches ?? []) {
    batch.records.forEach(({ id }, index) => {
      if (!offsets.has(id)) offsets.set(id, offsetAt(batch, index))
    })
  }
  return offsets
}

/** The earlier one stood before the later one, too, and was lost there or cleaned away: it was sent again. */
function holeOf(world: World, partition: TopicPartition, earlier: string, below: number): DiskHole {
  if (wasCleaned(world, partition, earlier, below)) return null
  return holeOfLost(world, cutsOf(world), partition, ({ id, offset }) => id === earlier && offset < below)
}

/** Whether a record was committed at an offset below that one, where a cleaner has gone by since. */
function wasCleaned(world: World, partition: TopicPartition, id: string, below: number): boolean {
  const end = Math.min(below, judgedLog(world, partition)?.log.cleanedTo ?? 0)
  const committed = world.ledger.committed[partition] ?? {}
  return Object.keys(committed).some(
    (offset) => Number(offset) < end && committed[Number(offset)]?.some((entry) => entry.id === id) === true,
  )
}

/** Only acknowledged records: one that was given up may still come from a broker that was asleep. */
function disorder(world: World, partition: TopicPartition, producers: readonly string[]): Finding[] {
  const offsets = firstOffsets(world, partition)
  const furthest: Record<string, { readonly id: string; readonly offset: number }> = {}
  const findings: Finding[] = []
  for (const { id, client, partition: sentTo, outcome, value } of Object.values(world.ledger.sent)) {
    const offset = offsets.get(id)
    if (sentTo !== partition || outcome !== 'acked' || offset === undefined || !producers.includes(client)) continue
    const before = own(furthest, client)
    if (before === undefined || offset > before.offset) {
      furthest[client] = { id, offset }
      continue
    }
    const hole = holeOf(world, partition, before.id, offset)
    findings.push({
      partition,
      words: `${id} of ${client} stands at offset ${offset} of ${partition}, before ${before.id} at ${before.offset}, which was sent earlier`,
      evidence: { id, value, offset, before: before.id, beforeOffset: before.offset },
      key: `${partition} ${id}`,
      ...(hole === undefined ? {} : { knownHole: hole }),
    })
  }
  return findings
}

export const PRODUCERS_IN_ORDER: Property = {
  name: 'ProducersInOrder',
  kind: 'finally',
  statement:
    'Acknowledged records of a producer that is idempotent, or has one request in flight, stand in the order in which they were sent.',
  on: [],
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world) => {
    const producers = world.plan.clients.flatMap((it) => (it.kind === 'producer' && keepsOrder(it) ? [it.name] : []))
    const findings =
      producers.length === 0 ? [] : knownPartitions(world).flatMap((it) => disorder(world, it, producers))
    return findings.length === 0 ? null : findings
  },
}
