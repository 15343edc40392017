/** Whether a property was put to the test by a run at all: one that nothing could have broken has held for want of a test. */
import type { ProducerState } from '../client/producer/state.ts'
import { countPartitions } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import type { Property } from './property.ts'

const happened = (world: World, kind: string): boolean => (world.ledger.counts[kind] ?? 0) > 0

const anyAcked = (world: World, is: (acks: number) => boolean): boolean =>
  Object.values(world.ledger.sent).some(({ outcome, acks }) => outcome === 'acked' && is(acks))

/** More than the first elections, one of which every new partition has. */
const movedOn = (world: World): boolean => {
  const elected = world.ledger.counts.leaderElected ?? 0
  return elected > 1 && elected > countPartitions(world)
}

const read = (world: World): boolean => happened(world, 'recordsPolled')

const transacted = (world: World): boolean => happened(world, 'transactionTold')

const transformed = ({ plan }: World): boolean =>
  plan.clients.some((client) => client.kind === 'consumer' && client.transforms !== undefined)

/** Producers that have an id of their own by now. */
const plainProducers = ({ nodes }: World): number =>
  Object.keys(nodes).filter(
    (node) =>
      node.startsWith('producer-') && ((nodes[node]!.state as ProducerState).volatile?.identity?.producerId ?? -1) >= 0,
  ).length

const grouped = (world: World): boolean => happened(world, 'groupStable')

/** What must have happened for a property to have been at stake, where the facts that it is judged on do not say. */
const AT_STAKE: Readonly<Record<string, (world: World) => boolean>> = {
  ConsistentCommittedData: (world) => movedOn(world) && Object.keys(world.ledger.committed).length > 0,
  AckedAtAllNotLost: (world) => movedOn(world) && anyAcked(world, (acks) => acks === -1),
  AckedAtOneNotLost: (world) => movedOn(world) && anyAcked(world, (acks) => acks > 0),
  OneRecordPerCommittedOffset: movedOn,
  ReplicasConverge: (world) => happened(world, 'isrChanged'),
  PartitionsHaveLeaders: movedOn,
  NoLostWrites: read,
  NoUnseenWrites: read,
  NoAbortedReads: (world) =>
    read(world) && Object.values(world.ledger.sent).some(({ outcome }) => outcome === 'failed'),
  NoDuplicates: (world) => read(world) && happened(world, 'clientRetried'),
  NoInconsistentOffsets: (world) => read(world) && movedOn(world),
  NoPollSkips: (world) => read(world) && movedOn(world),
  NoNonmonotonicPolls: (world) => read(world) && movedOn(world),
  ReadCommittedSeesOnlyCommitted: (world) => read(world) && transacted(world),
  TransactionsAtomic: transacted,
  TransactionsEnd: transacted,
  NoAbortedTransactionReads: (world) => read(world) && transacted(world),
  NoIntermediateReads: (world) => read(world) && transacted(world),
  NoCircularInformation: (world) => read(world) && transacted(world) && transformed(world),
  CommitToldAfterDecision: transacted,
  OneProducerPerEpoch: (world) => happened(world, 'producerInitialized') || plainProducers(world) > 1,
  MadeOnce: (world) => transacted(world) && transformed(world),
  NoOffsetsOfAbortedTransactions: (world) => transacted(world) && happened(world, 'coordinatorLoaded'),
  OneMemberPerInstance: (world) => grouped(world) && happened(world, 'groupMemberReplaced'),
  MembersReadWhatTheyOwn: (world) => grouped(world) && read(world),
  CommittedOffsetsKept: (world) => happened(world, 'commitAnswered') && happened(world, 'positionReset'),
  ProducersInOrder: (world) => happened(world, 'clientRetried'),
  NoNonmonotonicSends: (world) => happened(world, 'clientRetried'),
}

/** Whether something has happened in a run so far that could have broken the property. */
export function premiseHeld(world: World, { name, on }: Property): boolean {
  const premise = AT_STAKE[name]
  return premise === undefined ? on.length === 0 || on.some((kind) => happened(world, kind)) : premise(world)
}
