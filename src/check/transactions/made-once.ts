import type { RemovedRecord } from '../../kafka/facts/log.ts'
import { comparePartitions, type TopicPartition } from '../../kafka/ids.ts'
import type { Plan, PlanConsumer, PlanProducer } from '../../world/plan.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { type Cuts, cutsOf } from '../cuts.ts'
import type { DiskHole } from '../disk-holes.ts'
import { lastNamedLeader } from '../loss.ts'
import { replacedHole } from '../loss-holes.ts'
import { holeOfLost, isMarkerOf, numberIn, offsetsPartitionOf, transactionsPartitionOf } from '../lost-for.ts'
import { cleanupHoles, type Hole, isDisturbed, lossHoles, unlessToldHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'
import { lateMessageHoles } from './holes.ts'
import { madeIn, passedOver } from './made.ts'

const groupOf = ({ settings }: PlanConsumer): string => String(settings['group.id'])

/** The transactional ids under which an application works at each input partition. */
function idsOf({ clients }: Plan, application: PlanConsumer): string {
  const own = clients.filter(
    (client): client is PlanProducer => client.kind === 'producer' && client.serves?.application === application.name,
  )
  return JSON.stringify(own.map(({ serves, settings }) => [serves!.partition, settings['transactional.id']]))
}

/**
 * Who loses a partition must not be able to commit for it: whoever gets it has the same transactional id, or the
 * coordinator of the group fences the generation.
 */
function zombieHoles(plan: Plan): Hole[] {
  if (!isDisturbed(plan)) return []
  const applications = plan.clients.flatMap((client) =>
    client.kind === 'consumer' && client.transforms !== undefined ? [client] : [],
  )
  const fenced = applications.every((one) =>
    one.transforms!.producers === 'per-instance'
      ? plan.mechanisms.transactionalOffsetsFenced ||
        applications.every((it) => it === one || groupOf(it) !== groupOf(one))
      : applications.every((it) => groupOf(it) !== groupOf(one) || idsOf(plan, it) === idsOf(plan, one)),
  )
  return fenced ? [] : [{ because: 'who has lost a partition may still commit what it made of it', hole: 'KIP-447' }]
}

/** A consumer without a committed offset begins at the end. */
const resetHoles = ({ clients }: Plan): Hole[] =>
  clients.every(
    (client) =>
      client.kind === 'producer' ||
      client.transforms === undefined ||
      client.settings['auto.offset.reset'] === 'earliest',
  )
    ? []
    : [{ because: 'an application begins to read at the end', hole: null }]

/** What a finding is about: a record of the input of a group. */
interface Input {
  readonly group: string
  readonly partition: TopicPartition
  readonly offset: number
}

/**
 * The hole through which a record of the input has no result, or two: it was lost itself and another one came in its
 * place, a result was, or an offset of the group, a marker, or what the coordinator had written of a transaction.
 */
function holeOfInput(world: World, cuts: Cuts, { group, partition, offset }: Input): DiskHole {
  const inputs = world.ledger.committed[partition]?.[offset] ?? []
  const lastLeader = lastNamedLeader(world, partition)
  if (inputs.length > 1 && lastLeader !== null) {
    const ids = inputs.map(({ id }) => id)
    const hole = replacedHole(world, cuts, { partition, offset, ids, lastLeader })
    if (hole !== undefined) return hole
  }
  const applications = world.plan.clients.flatMap((client) =>
    client.kind === 'consumer' && groupOf(client) === group ? [client.name] : [],
  )
  const producers = world.plan.clients.filter(
    (client): client is PlanProducer =>
      client.kind === 'producer' && client.serves !== undefined && applications.includes(client.serves.application),
  )
  const names = producers.map(({ name }) => name)
  const producerIds = new Set(
    world.ledger.facts.flatMap(({ fact }) =>
      fact.kind === 'producerInitialized' && names.includes(fact.client) ? [fact.producerId] : [],
    ),
  )
  const isMarker = (record: RemovedRecord): boolean => [...producerIds].some((id) => isMarkerOf(record, id))
  const isResult = ({ id }: RemovedRecord): boolean => {
    const madeOf = world.ledger.sent[id]?.madeOf
    return madeOf?.partition === partition && madeOf.offset === offset
  }
  const isOffset = (record: RemovedRecord): boolean => (numberIn(record, 'offset') ?? -1) > offset
  const isDecision = (record: RemovedRecord): boolean => producerIds.has(numberIn(record, 'producerId') ?? -1)
  const places: [TopicPartition | null, (record: RemovedRecord) => boolean][] = [
    ...knownPartitions(world).map((it): [TopicPartition, (record: RemovedRecord) => boolean] => [
      it,
      (record) => isResult(record) || isMarker(record),
    ]),
    [offsetsPartitionOf(world, group), isOffset],
    ...producers.map(({ settings }): [TopicPartition | null, (record: RemovedRecord) => boolean] => [
      transactionsPartitionOf(world, String(settings['transactional.id'])),
      isDecision,
    ]),
  ]
  for (const [place, isMeant] of places) {
    const hole = holeOfLost(world, cuts, place, isMeant)
    if (hole !== undefined) return hole
  }
  return undefined
}

/** Consume, transform, produce: what KIP-98 calls exactly once. */
export const MADE_ONCE: Property = {
  name: 'MadeOnce',
  kind: 'finally',
  statement:
    'Of each record that an application transforms readers of committed records see one result: none twice, none passed over.',
  on: [],
  promised: (plan) =>
    unlessToldHoles([
      ...lossHoles(plan),
      ...lateMessageHoles(plan),
      ...cleanupHoles(plan),
      ...zombieHoles(plan),
      ...resetHoles(plan),
    ]),
  check: (world) => {
    const findings: Finding[] = []
    const made = madeIn(world)
    for (const group of Object.keys(made).sort()) {
      for (const partition of Object.keys(made[group]!).sort(comparePartitions)) {
        const found = (offset: number, words: string, results: readonly string[]): void => {
          const hole = holeOfInput(world, cutsOf(world), { group, partition, offset })
          findings.push({
            partition,
            words: `${group}: offset ${offset} of ${partition} ${words}`,
            evidence: { group, offset, results: [...results] },
            key: `${group} ${partition} ${offset}`,
            ...(hole === undefined ? {} : { knownHole: hole }),
          })
        }
        for (const [offset, results] of Object.entries(made[group]![partition]!)) {
          if (results.length > 1) found(Number(offset), `has results at ${results.join(' and ')}`, results)
        }
        for (const offset of passedOver(world, group, partition, made)) {
          found(offset, 'has no result, and later ones have', [])
        }
      }
    }
    return findings.length === 0 ? null : findings
  },
}
