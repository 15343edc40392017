/** A member's standing in its group: none at first, given up on many errors, and what it keeps then. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { comparePartitions } from '../../../kafka/ids.ts'
import type { GroupMemberIdentity } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import { noLinks } from '../../links.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { COORDINATOR_CHANNEL } from './coordinator.ts'
import { initialFetchOrder } from './fetch-order.ts'
import type { GroupMembership, SentGeneration } from './state.ts'

/** Nobody yet: what `groupMetadata` gives before the first assignment. */
export const noMetadata = (instanceId: string | null): GroupMemberIdentity => ({
  generation: -1,
  memberId: '',
  instanceId,
})

export const newMembership = (id: string, instanceId: string | null, nowUs: number): GroupMembership => ({
  id,
  instanceId,
  links: noLinks(COORDINATOR_CHANNEL),
  coordinator: null,
  finding: false,
  findAgainAtUs: 0,
  memberId: '',
  generation: -1,
  protocol: null,
  metadata: noMetadata(instanceId),
  state: 'unjoined',
  rejoinNeeded: true,
  joinedTopics: null,
  freshSinceUs: null,
  needsJoinPrepare: true,
  stage: 'idle',
  joinOut: false,
  joinAgainAtUs: 0,
  assignment: null,
  toAssign: null,
  leads: false,
  dividedOver: null,
  owned: [],
  lastAssignment: { partitions: [], generation: -1 },
  unpositioned: [],
  askingOffsets: false,
  offsetsAgainAtUs: 0,
  heartbeatAtUs: 0,
  heartbeatOut: false,
  heardAtUs: nowUs,
  polledAtUs: nowUs,
  failed: null,
  heartbeatStopped: false,
  commits: {},
  nextCommit: 1,
})

/**
 * It is in no generation any more, and joins again. Where its id may still be good (ILLEGAL_GENERATION) it is kept from
 * 3.2 on; from then on what it has is also given up when the generation is lost in the middle of a join.
 */
export function resetGeneration(group: GroupMembership, config: ConsumerConfig, idIsGood = false): void {
  const { memberIdKept } = config.mechanisms
  group.generation = -1
  if (!idIsGood || !memberIdKept) group.memberId = ''
  group.protocol = null
  group.state = 'unjoined'
  group.rejoinNeeded = true
  if (memberIdKept) group.needsJoinPrepare = true
}

/** `groupMetadata` tells from now on who it is now. A reset of the generation does not change what it tells. */
export function describeAsNow(group: GroupMembership): void {
  const { generation, memberId, instanceId } = group
  group.metadata = { generation, memberId, instanceId }
}

export const presentGeneration = ({ memberId, generation }: GroupMembership): SentGeneration => ({
  memberId,
  generation,
})

/** Whether a refusal is about who the member is now. To 2.5 each is taken to be so (KAFKA-9823, 2.6). */
export const concernsPresent = (
  group: GroupMembership,
  sent: SentGeneration,
  { mechanisms }: ConsumerConfig,
): boolean =>
  !mechanisms.sentGenerationRemembered || (sent.memberId === group.memberId && sent.generation === group.generation)

/** Whether what it has was taken from it: it is in no generation, and what it had may be another's. */
export const hasLostMembership = (group: GroupMembership): boolean => group.generation < 0

/** Has exactly these partitions from now on. What it had before it goes on reading where it was. */
export function own(
  memory: ConsumerVolatile,
  group: GroupMembership,
  partitions: readonly TopicPartition[],
  config: ConsumerConfig,
): void {
  const owned = [...partitions].sort(comparePartitions)
  for (const name of group.owned) {
    if (owned.includes(name) || isMutant(config, 'revoked-partitions-read-on')) continue
    delete memory.partitions[name]
    if (memory.buffered !== undefined) delete memory.buffered[name]
  }
  group.owned = owned
  if (config.mechanisms.claimsInFetchOrder) group.fetchOrder = initialFetchOrder(partitions)
  group.unpositioned = owned.filter((name) => memory.partitions[name] === undefined)
}
