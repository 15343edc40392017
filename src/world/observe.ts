/** What can be seen of a cluster at one moment, as the recordings of real brokers see it. */

import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { offsetAt } from '../kafka/records.ts'
import type { Json } from '../kernel/json.ts'
import { controllerTruth, knownPartitions, partitionTruth, registeredBrokers, registrationsTruth } from './targets.ts'
import type { PartitionTruth, World } from './world.ts'
import { brokerState } from './world.ts'

function replicaView(world: World, id: BrokerId, partition: TopicPartition): Json {
  const state = brokerState(world, id)
  const log = state?.durable.logs[partition]
  if (state === null || log === undefined) return null
  const records: Json[] = []
  for (const batch of log.batches) {
    batch.records.forEach((record, i) => {
      records.push([offsetAt(batch, i), batch.leaderEpoch, record.value])
    })
  }
  const view = state.volatile?.partitions[partition]
  return {
    up: world.processes[`broker-${id}`]?.state !== 'down',
    role: view?.role ?? null,
    logEndOffset: log.logEndOffset,
    logStartOffset: log.logStartOffset,
    records,
    highWatermark: view?.highWatermark ?? null,
    highWatermarkCheckpoint: state.durable.highWatermarkCheckpoint?.[partition] ?? null,
    recoveryPoint: state.durable.recoveryPointCheckpoint?.[partition] ?? null,
    epochCache: log.epochCache.map((entry) => [entry.epoch, entry.startOffset]),
  }
}

const kraftFields = (truth: PartitionTruth): Record<string, Json> => ({
  partitionEpoch: truth.version,
  elr: truth.elr ?? [],
  lastKnownElr: truth.lastKnownElr ?? [],
  recoveryState: truth.recoveryState ?? 0,
})

const registrationView = (registrations: NonNullable<ReturnType<typeof registrationsTruth>>): Json =>
  Object.fromEntries(
    Object.entries(registrations).map(([id, { fenced, inControlledShutdown }]): [string, Json] => [
      id,
      { state: fenced ? 'fenced' : 'active', inControlledShutdown },
    ]),
  )

/** The registered brokers, the controller, and per partition the stored state and every replica's log and files. */
export function observe(world: World): Json {
  const partitions: Record<string, Json> = {}
  for (const partition of knownPartitions(world)) {
    const truth = partitionTruth(world, partition)
    const replicas: Record<string, Json> = {}
    for (const broker of world.plan.brokers) {
      const view = replicaView(world, broker.id, partition)
      if (view !== null) replicas[broker.id] = view
    }
    partitions[partition] = {
      state:
        truth === null
          ? null
          : {
              leader: truth.leader,
              leaderEpoch: truth.leaderEpoch,
              isr: truth.isr,
              controllerEpoch: truth.controllerEpoch,
              version: truth.version,
              ...(truth.elr === undefined ? {} : kraftFields(truth)),
            },
      assignment: truth?.replicas ?? [],
      replicas,
    }
  }
  const processes: Record<string, Json> = {}
  for (const { id } of world.plan.brokers) {
    const process = world.processes[`broker-${id}`]
    if (process === undefined) continue
    const phase = brokerState(world, id)?.volatile?.phase ?? null
    processes[id] = { state: process.state, exitCode: process.exitCode, phase }
  }
  const seen = { live: registeredBrokers(world), controller: controllerTruth(world), partitions, processes }
  const registrations = registrationsTruth(world)
  return registrations === null ? seen : { ...seen, brokers: registrationView(registrations) }
}
