/** What becomes committed: replayed into this controller's picture, and told once by the leader. */
import type { MetadataRecord } from '../kafka/metadata-log.ts'
import { replayRecord } from '../kafka/metadata-log.ts'
import { statePath } from '../kafka/znodes.ts'
import type { Json } from '../kernel/json.ts'
import type { Given } from './state.ts'

/** Replays what has become committed. The leader tells it; others have it from the leader. */
export function commitUpTo(given: Given, end: number, tells: boolean): void {
  const { durable } = given.state
  for (let offset = durable.committedEnd; offset < end; offset++) {
    const { record } = durable.log[offset]!
    replayRecord(durable.committed, record, offset)
    durable.committedEnd = offset + 1
    if (tells) tell(given, record, offset)
  }
}

function tell({ state, ctx }: Given, record: MetadataRecord, offset: number): void {
  const { log, committed } = state.durable
  const { epoch } = log[offset]!
  ctx.fact({ kind: 'metadataRecord', offset, epoch, record })
  if (record.type === 'BrokerRegistrationChange' && record.fenced !== 0) {
    const { broker, brokerEpoch } = record
    ctx.fact({ kind: record.fenced === 1 ? 'brokerFenced' : 'brokerUnfenced', broker, brokerEpoch })
  }
  if (record.type !== 'Partition' && record.type !== 'PartitionChange') return
  const now = committed.partitions[record.partition]
  if (now === undefined) return
  // A partition's state, told in the words of a state znode so that both kinds of metadata are looked at alike.
  const { leader, leaderEpoch, isr, partitionEpoch, elr, lastKnownElr, recoveryState } = now
  const data = { leader, leaderEpoch, isr, controllerEpoch: epoch, partitionEpoch, elr, lastKnownElr, recoveryState }
  ctx.fact({
    kind: 'registryWrite',
    path: statePath(record.partition),
    write: record.type === 'Partition' ? 'create' : 'set',
    version: partitionEpoch,
    czxid: offset,
    data: data as unknown as Json,
    sessionId: 0,
    by: ctx.self,
    ephemeral: false,
  })
}
