import type { BrokerId } from '../kafka/ids.ts'
import { partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { isDisturbed } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { type StateWrite, stateWrites } from './state-writes.ts'

/** The replicas of a partition as of a record of the metadata log. */
function replicasAsOf(world: World, { partition, czxid }: StateWrite): readonly BrokerId[] {
  for (let offset = czxid; offset >= 0; offset--) {
    const record = world.ledger.metadataLog[offset]?.record
    if (record?.type !== 'Partition' && record?.type !== 'PartitionChange') continue
    if (record.partition === partition && record.replicas !== undefined) return record.replicas
  }
  return []
}

/** Several records of a metadata log can become committed at once: what is true now belongs to the last of them. */
const replicasOf = (world: World, write: StateWrite, writes: readonly StateWrite[]): readonly BrokerId[] =>
  writes.findLast(({ path }) => path === write.path) === write
    ? (partitionTruth(world, write.partition)?.replicas ?? [])
    : replicasAsOf(world, write)

export const ISR_WITHIN_ASSIGNMENT: Property = {
  name: 'IsrWithinAssignment',
  kind: 'always',
  statement: 'Every member of an ISR that is written is an assigned replica, named once.',
  on: ['registryWrite'],
  promised: (plan) =>
    !plan.mechanisms.isrJoinMustBeAssigned && isDisturbed(plan)
      ? { promised: false, because: 'a late fetch of a replica that was moved away brings it back', hole: 'KAFKA-1097' }
      : PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    const writes = stateWrites(step)
    for (const write of writes) {
      const { partition, path, version, state, by } = write
      const replicas = replicasOf(world, write, writes)
      const strangers = state.isr.filter((id, index) => !replicas.includes(id) || state.isr.indexOf(id) !== index)
      if (strangers.length === 0) continue
      findings.push({
        partition,
        words: `${by} writes ISR [${state.isr.join(', ')}] of ${partition}, whose replicas are [${replicas.join(', ')}]`,
        evidence: { by, isr: state.isr, replicas, strangers, version },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
