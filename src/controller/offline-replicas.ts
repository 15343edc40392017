/** Replicas that can be used no more, because their broker is gone or the log directory under them has failed. */
import { allPartitions, isBeingDeleted, topicOf, withMember } from './cluster.ts'
import { next, office, type Scope } from './scope.ts'
import type { Replica, Step } from './step.ts'

/**
 * 1.1.1, 2.4.1 KafkaController.onReplicasBecomeOffline (onBrokerFailure before): leaders first, then the replicas leave
 * every ISR they are still in.
 */
export function replicasBecomeOffline(scope: Scope, replicas: readonly Replica[]): void {
  const cluster = office(scope)
  const isOffline = new Set(replicas.map(({ partition, broker }) => `${broker}/${partition}`))
  const leaderless = allPartitions(cluster).filter((it) => {
    const leader = cluster.partitions[it]!.leadership?.leader
    return leader !== undefined && isOffline.has(`${leader}/${it}`) && !isBeingDeleted(cluster, it)
  })
  for (const partition of leaderless) cluster.partitions[partition]!.phase = 'offline'
  const toDelete = replicas.filter((it) => isBeingDeleted(cluster, it.partition))
  for (const { partition, broker } of toDelete) {
    const phases = cluster.partitions[partition]!.replicaPhases
    if (phases[broker] !== 'deletion-successful') phases[broker] = 'deletion-ineligible'
    cluster.deletion.ineligible = withMember(cluster.deletion.ineligible, topicOf(partition))
  }
  const steps: Step[] = [
    { do: 'electOffline', topic: null },
    { do: 'replicasOffline', replicas: replicas.filter((it) => !isBeingDeleted(cluster, it.partition)) },
  ]
  // With an election the brokers have been told who is alive already.
  if (leaderless.length === 0) {
    const partitions = scope.config.mechanisms.brokerEpoch ? [] : null
    steps.push({ do: 'updateMetadata', brokers: null, partitions })
  }
  next(scope, ...steps)
}
