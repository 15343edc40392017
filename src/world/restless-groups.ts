/** Groups whose running members have not divided the partitions among them, each exactly once. */
import type { ConsumerState } from '../client/consumer/state.ts'
import { comparePartitions, type TopicPartition } from '../kafka/ids.ts'
import type { PlanConsumer } from './plan.ts'
import { subscribes } from './subscriptions.ts'
import { clientNode, clientProcess, knownPartitions } from './targets.ts'
import type { World } from './world.ts'

interface RestlessGroup {
  readonly group: string
  /** The first that has not just one owner, and who has it. */
  readonly partition: TopicPartition
  /** Names of the members that have it. */
  readonly owners: readonly string[]
  readonly words: string
}

const groupOf = ({ settings }: PlanConsumer): string => String(settings['group.id'])

/** What a member has now; null: it does not run, or has been closed. */
function ownedBy(world: World, name: string): readonly string[] | null {
  if (world.processes[clientProcess(world, name)]?.state !== 'up') return null
  const memory = (world.nodes[clientNode(world, name)]?.state as ConsumerState | undefined)?.volatile ?? null
  return memory === null ? null : (memory.group?.owned ?? [])
}

/** Two that claim one instance id fence each other for as long as they run (KIP-345). */
function hasTwins(members: readonly PlanConsumer[]): boolean {
  const instances = members.map(({ settings }) => settings['group.instance.id'] ?? '').filter((id) => id !== '')
  return new Set(instances).size < instances.length
}

export function restlessGroups(world: World): RestlessGroup[] {
  const members = world.plan.clients.flatMap((it) => (it.kind === 'consumer' && it.member !== undefined ? [it] : []))
  return [...new Set(members.map(groupOf))].sort().flatMap((group) => {
    const own = members.filter((it) => groupOf(it) === group)
    const unrest = hasTwins(own) ? null : unrestOf(world, own)
    return unrest === null ? [] : [{ group, ...unrest }]
  })
}

function unrestOf(world: World, members: readonly PlanConsumer[]): Omit<RestlessGroup, 'group'> | null {
  const running = members.flatMap((member) => {
    const owned = ownedBy(world, member.name)
    return owned === null ? [] : [{ name: member.name, member, owned }]
  })
  if (running.length === 0) return null
  const partitions = knownPartitions(world).filter((name) => running.some(({ member }) => subscribes(member, name)))
  for (const partition of partitions.sort(comparePartitions)) {
    const owners = running.filter(({ owned }) => owned.includes(partition)).map(({ name }) => name)
    if (owners.length === 1) continue
    const whose = owners.length === 0 ? 'to nobody' : `to ${owners.join(' and ')}`
    const words = `${partition} belongs ${whose} although ${running.map(({ name }) => name).join(', ')} run`
    return { partition, owners, words }
  }
  return null
}
