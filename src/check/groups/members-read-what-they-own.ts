import type { TopicPartition } from '../../kafka/ids.ts'
import type { World } from '../../world/world.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

/** Whether the application was told that the member has the partition, and not yet that it has not any more. */
function owns(world: World, client: string, partition: TopicPartition): boolean {
  const { facts } = world.ledger
  for (let i = facts.length - 1; i >= 0; i--) {
    const { fact } = facts[i]!
    if (fact.kind !== 'partitionsAssigned' && fact.kind !== 'partitionsRevoked' && fact.kind !== 'partitionsLost')
      continue
    if (fact.client === client && fact.partitions.includes(partition)) return fact.kind === 'partitionsAssigned'
  }
  return false
}

const isMember = (world: World, client: string): boolean =>
  world.plan.clients.some((it) => it.kind === 'consumer' && it.name === client && it.member !== undefined)

export const MEMBERS_READ_WHAT_THEY_OWN: Property = {
  name: 'MembersReadWhatTheyOwn',
  kind: 'always',
  statement: 'A member of a group is handed records of those partitions only that it was given and has not given back.',
  on: ['recordsPolled'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'recordsPolled' || !isMember(world, fact.client)) continue
      const { client, partition, records } = fact
      if (records.length === 0 || owns(world, client, partition)) continue
      findings.push({
        partition,
        words: `${client} is handed offset ${records[0]!.offset} of ${partition}, which it does not have`,
        evidence: { client, offset: records[0]!.offset },
        key: `${client} ${partition} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
