import { comparePartitions } from '../../kafka/ids.ts'
import type { Plan, PlanConsumer, PlanProducer } from '../../world/plan.ts'
import { cleanupHoles, type Hole, isDisturbed, lossHoles, unlessHoles } from '../promises.ts'
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

/** Consume, transform, produce: what KIP-98 calls exactly once. */
export const MADE_ONCE: Property = {
  name: 'MadeOnce',
  kind: 'finally',
  statement:
    'Of each record that an application transforms readers of committed records see one result: none twice, none passed over.',
  on: [],
  promised: (plan) =>
    unlessHoles([
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
          findings.push({
            partition,
            words: `${group}: offset ${offset} of ${partition} ${words}`,
            evidence: { group, offset, results: [...results] },
            key: `${group} ${partition} ${offset}`,
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
