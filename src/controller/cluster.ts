/** Questions about what an acting controller knows of the cluster, and small changes to it. */
import { type BrokerId, comparePartitions, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { StateZnode, TopicZnode } from '../kafka/znodes.ts'
import type { Leadership, Office, PartitionCache } from './state.ts'
import type { Replica } from './step.ts'

const ascending = (a: number, b: number): number => a - b

/** Registered brokers, also those in controlled shutdown, sorted: who is sent requests. */
export const registeredBrokers = (office: Office): BrokerId[] => Object.keys(office.brokers).map(Number).sort(ascending)

/** Registered brokers that are not in controlled shutdown, sorted: who counts as alive. */
export const liveBrokers = (office: Office): BrokerId[] =>
  registeredBrokers(office).filter((id) => !office.shuttingDown.includes(id))

/** Whether the directory that holds the replica has failed, as far as its broker has said (KIP-112). */
export const isInFailedDirectory = (office: Office, broker: BrokerId, partition: TopicPartition): boolean =>
  office.failedReplicas[broker]?.includes(partition) === true

/** Live brokers that can use their replica of a partition (ControllerContext.isReplicaOnline). */
export const liveReplicaBrokers = (office: Office, partition: TopicPartition): BrokerId[] =>
  liveBrokers(office).filter((id) => !isInFailedDirectory(office, id, partition))

export const topicOf = (partition: TopicPartition): string => splitTopicPartition(partition).topic

/** Every partition, by topic and number. */
export const allPartitions = (office: Office): TopicPartition[] =>
  Object.keys(office.partitions).sort(comparePartitions)

export const partitionsOf = (office: Office, topic: string): TopicPartition[] =>
  allPartitions(office).filter((it) => topicOf(it) === topic)

/** Every replica that these brokers are assigned, by partition. */
export const replicasOn = (office: Office, brokers: readonly BrokerId[]): Replica[] =>
  allPartitions(office).flatMap((partition) =>
    office.partitions[partition]!.replicas.filter((broker) => brokers.includes(broker)).map((broker) => ({
      partition,
      broker,
    })),
  )

export const isBeingDeleted = (office: Office, partition: TopicPartition): boolean =>
  office.deletion.topics.includes(topicOf(partition))

function newPartitionCache(replicas: readonly BrokerId[]): PartitionCache {
  return {
    replicas: [...replicas],
    adding: [],
    removing: [],
    target: null,
    phase: 'new',
    leadership: null,
    replicaPhases: {},
  }
}

/** Enters a topic's partitions that are not known yet; their names, sorted. */
export function enterPartitions(office: Office, topic: string, node: TopicZnode): TopicPartition[] {
  const entered: TopicPartition[] = []
  for (const number of Object.keys(node.partitions)) {
    const partition = `${topic}-${number}`
    if (office.partitions[partition] !== undefined) continue
    const cache = newPartitionCache(node.partitions[number] ?? [])
    const adding = node.adding?.[number] ?? []
    const removing = node.removing?.[number] ?? []
    if (adding.length > 0 || removing.length > 0) {
      cache.adding = [...adding]
      cache.removing = [...removing]
      cache.target = cache.replicas.filter((id) => !removing.includes(id))
    }
    office.partitions[partition] = cache
    entered.push(partition)
  }
  return entered.sort(comparePartitions)
}

export const leadershipOf = (state: StateZnode, version: number): Leadership => ({
  leader: state.leader,
  leaderEpoch: state.leaderEpoch,
  isr: [...state.isr],
  controllerEpoch: state.controllerEpoch,
  version,
})

/** A sorted set with one more member. */
export function withMember<T extends number | string>(set: readonly T[], member: T): T[] {
  if (set.includes(member)) return [...set]
  return [...set, member].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
