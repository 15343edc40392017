/** The consumers that a record waits for: who still reads a partition, and who cannot, or has not come to it yet. */
import type { ConsumerState } from '../../client/consumer/state.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { Plan, PlanConsumer } from '../../world/plan.ts'
import { subscribes } from '../../world/subscriptions.ts'
import type { World } from '../../world/world.ts'
import { leadershipOf } from '../leadership.ts'
import type { Hole } from '../promises.ts'
import { strandedBy } from '../stranded.ts'

export const consumersOf = (plan: Plan): PlanConsumer[] =>
  plan.clients.flatMap((it) => (it.kind === 'consumer' ? [it] : []))

const memoryOf = (world: World, client: string) =>
  (world.nodes[`consumer-${client}`]?.state as ConsumerState | undefined)?.volatile

const readersOf = (world: World, partition: TopicPartition): PlanConsumer[] =>
  consumersOf(world.plan).filter(
    (client) => client.stopUs === null && (client.partitions?.includes(partition) ?? subscribes(client, partition)),
  )

/** Its application has records of its last poll still to process, so its next poll is to come. */
const isAtWork = (world: World, { name }: PlanConsumer): boolean =>
  (memoryOf(world, name)?.application?.processing ?? null) !== null

/** Somebody leads the partition, and began to before that time: until then there was nobody to read from. */
const isLedSince = (world: World, partition: TopicPartition, atUs: number): boolean =>
  leadershipOf(world, partition)?.kind === 'led' &&
  !world.ledger.facts.some(
    (entry) => entry.atUs > atUs && entry.fact.kind === 'becameLeader' && entry.fact.partition === partition,
  )

/**
 * Somebody polls for records of the partition and has a broker to ask, or had one, and somebody has led it since that
 * time, in us.
 */
export function isStillRead(world: World, partition: TopicPartition, ledSinceUs: number): boolean {
  const readers = readersOf(world, partition).filter((it) => strandedBy(world, it) !== 'bootstrap-servers')
  return readers.length > 0 && !readers.some((it) => isAtWork(world, it)) && isLedSince(world, partition, ledSinceUs)
}

/** Nobody who reads the partition gets past a transaction that is open. */
export const isReadCommitted = (world: World, partition: TopicPartition): boolean =>
  readersOf(world, partition).every(({ settings }) => settings['isolation.level'] === 'read_committed')

/** Whoever reads the partition knows only brokers that are gone. */
export const isStranded = (world: World, partition: TopicPartition): boolean =>
  readersOf(world, partition).every((it) => strandedBy(world, it) !== null)

/** Works at one poll for longer than its group waits for the next one: `max.poll.interval.ms` (KIP-62, 0.10.1), before it the session. */
export function isTooSlow({ member, settings }: PlanConsumer): boolean {
  if (member === undefined || member.handsOff) return false
  const allowedMs = Number(settings['max.poll.interval.ms'] ?? settings['session.timeout.ms'])
  const most = Number(settings['max.poll.records'] ?? Number.POSITIVE_INFINITY)
  return member.processUs > 0 && member.processUs * most > allowedMs * 1000
}

/** A member that is too slow is out before it can commit, and reads the same records again, for ever. */
export const slowPollLoops = (plan: Plan): Hole[] =>
  consumersOf(plan).some(isTooSlow)
    ? [{ because: 'a member may be out of its group before it has processed what a poll gave it', hole: null }]
    : []
