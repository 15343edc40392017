/** Brokers that come, go and stop: the records for them and for every partition they are part of. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { comparePartitions, NO_LEADER, splitTopicPartition } from '../kafka/ids.ts'
import type { MetadataRecord, PartitionRegistration } from '../kafka/metadata-log.ts'
import { isActiveBroker } from '../kafka/metadata-log.ts'
import { type BuiltChange, buildChange } from './partition-change.ts'
import { isElrOn, isUncleanOn, rulesFor } from './partition-rules.ts'
import { type Given, imageOf } from './state.ts'

interface Moved {
  /** Leaves every ISR and may not lead; -1: nobody. */
  readonly remove?: BrokerId
  /** May lead although it is still registered as fenced. */
  readonly add?: BrokerId
  /** Leaves every ISR and ELR. */
  readonly unclean?: BrokerId
}

const namesWhere = (given: Given, test: (partition: PartitionRegistration) => boolean): TopicPartition[] => {
  const { partitions } = imageOf(given.state)
  return Object.keys(partitions)
    .filter((name) => test(partitions[name]!))
    .sort(comparePartitions)
}

/** Says what an election came to. */
export function tellElection(given: Given, built: BuiltChange, before: PartitionRegistration, election: string): void {
  const { record, unclean } = built
  const { partition, leader } = record
  if (leader === undefined || leader === before.leader) return
  const isr = [...(record.isr ?? before.isr)]
  if (leader === NO_LEADER) {
    given.ctx.fact({ kind: 'noLeaderPossible', partition, isr, reason: 'no eligible replica is active' })
    return
  }
  const leaderEpoch = before.leaderEpoch + 1
  given.ctx.fact({ kind: 'leaderElected', partition, leader, leaderEpoch, isr, election, unclean })
}

/** Says that a reassignment is over, when the change that was made is its last: where nobody is added, it is the first. */
export function tellCompletedReassignment(given: Given, partition: TopicPartition, after: PartitionRegistration): void {
  if (after.adding.length + after.removing.length > 0) return
  given.ctx.fact({ kind: 'reassignmentCompleted', partition, replicas: [...after.replicas] })
}

/** 3.5 ReplicationControlManager.generateLeaderAndIsrUpdates. */
function partitionChanges(
  given: Given,
  names: readonly TopicPartition[],
  moved: Moved,
  election: string,
): MetadataRecord[] {
  const image = imageOf(given.state)
  const records: MetadataRecord[] = []
  const { remove, add, unclean } = moved
  const isAcceptable = (id: BrokerId): boolean =>
    id !== remove && id !== unclean && (id === add || isActiveBroker(image, id))
  for (const name of names) {
    const before = image.partitions[name]!
    const wanted = {
      isr: before.isr.filter((id) => id !== remove && id !== unclean),
      election: isUncleanOn(given, splitTopicPartition(name).topic) ? ('unclean' as const) : ('online' as const),
      ...(unclean === undefined ? {} : { uncleanShutdown: unclean }),
    }
    const built = buildChange(name, before, wanted, rulesFor(given, name, isAcceptable))
    if (built === null) continue
    tellElection(given, built, before, election)
    records.push(built.record)
  }
  return records
}

/** The broker leaves every ISR, then it is fenced: one batch. */
export function fencing(given: Given, id: BrokerId): MetadataRecord[] {
  const registration = imageOf(given.state).brokers[id]
  if (registration === undefined) return []
  const { brokerEpoch } = registration
  const inIsr = namesWhere(given, ({ isr }) => isr.includes(id))
  given.ctx.fact({ kind: 'brokerGone', broker: id })
  return [
    ...partitionChanges(given, inIsr, { remove: id }, 'offline'),
    { type: 'BrokerRegistrationChange', broker: id, brokerEpoch, fenced: 1, inControlledShutdown: 0 },
  ]
}

/** The broker is unfenced, then partitions without a leader are looked at: it, or by now another one, may lead them. */
export function unfencing(given: Given, id: BrokerId, brokerEpoch: number): MetadataRecord[] {
  const leaderless = namesWhere(given, ({ leader }) => leader === NO_LEADER)
  given.ctx.fact({ kind: 'brokerJoined', broker: id })
  return [
    { type: 'BrokerRegistrationChange', broker: id, brokerEpoch, fenced: -1, inControlledShutdown: 0 },
    ...partitionChanges(given, leaderless, { add: id }, 'offline'),
  ]
}

/** It stays unfenced and leaves every ISR and leadership (3.3: persisted, KIP-841). */
export function controlledShutdown(given: Given, id: BrokerId, brokerEpoch: number): MetadataRecord[] {
  const image = imageOf(given.state)
  const inIsr = namesWhere(given, ({ isr }) => isr.includes(id))
  const records: MetadataRecord[] = []
  if (image.brokers[id]?.inControlledShutdown === false) {
    records.push({ type: 'BrokerRegistrationChange', broker: id, brokerEpoch, fenced: 0, inControlledShutdown: 1 })
  }
  return [...records, ...partitionChanges(given, inIsr, { remove: id }, 'controlled-shutdown')]
}

/** KIP-966: a broker whose last life did not end cleanly may have lost records and has no claim to lead. */
export function afterUncleanShutdown(given: Given, id: BrokerId): MetadataRecord[] {
  if (!isElrOn(given)) return []
  given.ctx.probe('registration after an unclean shutdown')
  const names = namesWhere(given, ({ isr, elr }) => isr.includes(id) || elr.includes(id))
  return partitionChanges(given, names, { unclean: id }, 'offline')
}
