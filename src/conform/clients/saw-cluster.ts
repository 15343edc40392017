/** What was seen of brokers and of the state of partitions. */
import type { BrokerId } from '../../kafka/ids.ts'
import { partitionTruth } from '../../world/targets.ts'
import { brokerTarget, registeredNow } from '../conditions.ts'
import { allOf } from '../moments.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf, textOf } from './recording.ts'
import type { SawRule } from './rule.ts'

const brokersOf = (entry: ClientsEntry): readonly BrokerId[] => (listOf(entry, 'brokers') ?? []) as readonly BrokerId[]

const state: SawRule = {
  when: (entry) => {
    const partition = textOf(entry, 'partition')
    const leader = numberOf(entry, 'leader')
    const isr = listOf(entry, 'isr') as readonly BrokerId[] | null
    if (partition === null || leader === null || isr === null) return null
    // Not its version: how often an ISR shrank and grew under a load on the way there is chance.
    return allOf([
      { when: 'leader', partition, is: leader < 0 ? { role: 'none' } : brokerTarget(leader) },
      {
        when: 'isr',
        partition,
        equals: null,
        contains: isr.map(brokerTarget),
        lacks: [],
        size: { equals: isr.length },
      },
    ])
  },
  compare: ({ world, entry, label }, to) => {
    const ours = partitionTruth(world, textOf(entry, 'partition') ?? '')
    to.equal(label, 'leader', entry.leader, ours?.leader ?? null)
    to.equal(label, 'leader epoch', entry.leaderEpoch, ours?.leaderEpoch ?? null)
    // In which order replicas came back into the ISR is chance.
    const sorted = (isr: unknown): unknown => (Array.isArray(isr) ? [...(isr as BrokerId[])].sort() : null)
    to.equal(label, 'isr', sorted(entry.isr), sorted(ours?.isr))
  },
}

export const CLUSTER_SEEN: Readonly<Record<string, SawRule>> = {
  registered: { when: (entry) => registeredNow(brokersOf(entry)) },
  section: {},
  state,
}
