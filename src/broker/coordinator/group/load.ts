/** Reads groups and offsets out of a partition of the offsets topic: for each key the last record counts. */

import { type GroupRecord, parseGroupValue, parseOffsetsKey, parseOffsetValue } from '../../../kafka/group-records.ts'
import { offsetAt } from '../../../kafka/records.ts'
import { own } from '../../../kernel/own.ts'
import type { ReplicaLog } from '../../../log/replica-log.ts'
import { type GroupState, newGroup } from './state.ts'
import { endTransaction, loadTransactionalOffset } from './transactional-offsets.ts'

/** The log is read to its end, also above the high watermark (GroupMetadataManager.loadGroupsAndOffsets). */
export function loadGroups(log: ReplicaLog, nowMs: number): Record<string, GroupState> {
  const groups: Record<string, GroupState> = {}
  for (const batch of log.batches) {
    if (batch.control !== undefined) {
      const { type } = batch.control
      for (const id of Object.keys(groups).sort()) endTransaction(groups[id]!, batch.producer?.id ?? -1, type)
      continue
    }
    for (const [index, record] of batch.records.entries()) {
      const key = parseOffsetsKey(record.key)
      if (key === null) continue
      if (own(groups, key.group) === undefined) groups[key.group] = newGroup(key.group, nowMs)
      const group = groups[key.group]!
      if (key.kind === 'group') {
        if (record.value === null) groups[key.group] = { ...newGroup(key.group, nowMs), offsets: group.offsets }
        else restore(group, parseGroupValue(record.value), nowMs)
      } else if (record.value === null) delete group.offsets[key.partition]
      else {
        const stored = { committed: parseOffsetValue(record.value), appendedAt: offsetAt(batch, index) }
        if (batch.producer?.transactional !== true) group.offsets[key.partition] = stored
        else loadTransactionalOffset(group, batch.producer.id, key.partition, stored)
      }
    }
  }
  // A group that has neither a generation nor offsets is none.
  for (const id of Object.keys(groups)) {
    const { generation, offsets, transactionalOffsets } = groups[id]!
    const kept = Object.keys(offsets).length + Object.keys(transactionalOffsets ?? {}).length
    if (generation === 0 && kept === 0) delete groups[id]
  }
  return groups
}

/** A group as its last record left it: a rebalance that was under way then is forgotten. */
function restore(group: GroupState, record: GroupRecord, nowMs: number): void {
  const ids = Object.keys(record.members)
  group.phase = ids.length === 0 ? 'Empty' : 'Stable'
  group.phaseSinceMs = record.stateTimestampMs >= 0 ? record.stateTimestampMs : nowMs
  group.generation = record.generation
  group.protocolType = record.protocolType
  group.protocol = record.protocol
  group.leader = record.leader
  group.members = ids.map((id) => {
    const { subscription, ...member } = record.members[id]!
    return {
      ...member,
      id,
      protocols: [{ name: record.protocol ?? '', subscription }],
      isNew: false,
      awaitingJoin: null,
      awaitingSync: null,
    }
  })
}
