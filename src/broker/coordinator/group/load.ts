/** Reads groups and offsets out of a partition of the offsets topic: for each key the last record counts. */
import { parseOffsetsKey, parseOffsetValue } from '../../../kafka/group-records.ts'
import { offsetAt } from '../../../kafka/records.ts'
import type { ReplicaLog } from '../../../log/replica-log.ts'
import { type GroupState, newGroup } from './state.ts'

/** The log is read to its end, also above the high watermark (GroupMetadataManager.loadGroupsAndOffsets). */
export function loadGroups(log: ReplicaLog): Record<string, GroupState> {
  const groups: Record<string, GroupState> = {}
  for (const batch of log.batches) {
    if (batch.control !== undefined) continue
    for (const [index, record] of batch.records.entries()) {
      const key = parseOffsetsKey(record.key)
      if (key?.kind !== 'offset') continue
      groups[key.group] ??= newGroup(key.group)
      const { offsets } = groups[key.group]!
      if (record.value === null) delete offsets[key.partition]
      else {
        offsets[key.partition] = { committed: parseOffsetValue(record.value), appendedAt: offsetAt(batch, index) }
      }
    }
  }
  return groups
}
