/** When a settling cluster has come to rest, so that its run may end. */
import type { ConsumerState } from '../client/consumer/state.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { holds } from './conditions.ts'
import { restlessGroups } from './restless-groups.ts'
import { clientNode, isRegistered, knownPartitions, partitionTruth } from './targets.ts'
import { unfinishedTransactions } from './unfinished-transactions.ts'
import type { PartitionTruth, World } from './world.ts'
import { brokerState } from './world.ts'

/** A leader that has yet to hear of its office, or that is not there and still has its session: both are about to change. */
function isLeaderInHand(world: World, partition: TopicPartition, { leader, leaderEpoch }: PartitionTruth): boolean {
  if (world.processes[`broker-${leader}`]?.state !== 'up') return isRegistered(world, leader)
  return brokerState(world, leader)?.volatile?.partitions[partition]?.leaderEpoch !== leaderEpoch
}

/** A broker or controller that is on its way up has yet to say what it finds. */
const isSomebodyStarting = (world: World): boolean =>
  Object.values(world.processes).some(({ loading }) => loading === true)

/** A consumer has a position below what the leader of the partition shows. */
function isReaderBehind(world: World): boolean {
  for (const { kind, name } of world.plan.clients) {
    if (kind !== 'consumer') continue
    const memory = (world.nodes[clientNode(world, name)]?.state as ConsumerState | undefined)?.volatile
    for (const [partition, { phase, position }] of Object.entries(memory?.partitions ?? {})) {
      const leader = partitionTruth(world, partition)?.leader
      if (phase === 'failed' || leader === undefined) continue
      if (position < (brokerState(world, leader)?.volatile?.partitions[partition]?.highWatermark ?? 0)) return true
    }
  }
  return false
}

/**
 * Quiet: nobody is about to start, every leader knows of its office, every replica that runs is in the ISR, the logs of
 * every ISR are equal, and every send has its answer. Where everything was healed, consumers have read to the end as
 * well, groups have divided their partitions, and decided transactions are told everywhere.
 */
export function isQuiet(world: World): boolean {
  if (isSomebodyStarting(world) || !holds(world, { when: 'converged', partition: null }, 0)) return false
  for (const partition of knownPartitions(world)) {
    const truth = partitionTruth(world, partition)
    if (truth === null) continue
    if (isLeaderInHand(world, partition, truth)) return false
    const absent = truth.replicas.filter((id) => !truth.isr.includes(id))
    if (absent.some((id) => world.processes[`broker-${id}`]?.state === 'up')) return false
  }
  for (const sent of Object.values(world.ledger.sent)) if (sent.outcome === null && sent.acks !== 0) return false
  if (!world.plan.healAtEnd) return true
  return !isReaderBehind(world) && restlessGroups(world).length === 0 && unfinishedTransactions(world).length === 0
}
