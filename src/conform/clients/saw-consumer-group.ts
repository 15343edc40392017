/**
 * What was seen of a group of KIP-848: its description, polled each 15 ms, and the records that its coordinator wrote.
 *
 * Members beat independently of each other, so how their steps interleave is chance; what each member and the group go
 * through is not. Recorded and ours are held against each other member by member, in order.
 */
import type { ConsumerGroupRecord } from '../../kafka/consumer-group-records.ts'
import { parseConsumerGroupRecord } from '../../kafka/consumer-group-records.ts'
import { comparePartitions, type TopicPartition } from '../../kafka/ids.ts'
import { OFFSETS_TOPIC } from '../../kafka/internal-topics.ts'
import { canonical } from '../../kernel/fingerprint.ts'
import type { Json } from '../../kernel/json.ts'
import { partitionTruth } from '../../world/targets.ts'
import { brokerState, type World } from '../../world/world.ts'
import type { Comparison } from '../comparison.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, objectOf, textOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'

interface Written {
  readonly type: string
  /** The client id of the member; null: about the group. */
  readonly member: string | null
  readonly value: Json
}

interface Described {
  readonly state: string
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly members: Readonly<Record<string, { epoch: number; assigned: Json; target: Json }>>
}

const sorted = (names: readonly TopicPartition[]): TopicPartition[] => [...names].sort(comparePartitions)

/** Records of all groups of this protocol in the log of the offsets topic, members by the client ids that they gave. */
function writtenIn(world: World): { readonly records: Written[]; readonly states: Described[] } {
  const name = `${OFFSETS_TOPIC}-0`
  const log = brokerState(world, partitionTruth(world, name)?.leader ?? -1)?.durable.logs[name]
  const clients = new Map<string, string>()
  const group = new GroupReader()
  const records: Written[] = []
  const states: Described[] = []
  for (const batch of log?.batches ?? []) {
    for (const { key, value } of batch.records) {
      const parsed = parseConsumerGroupRecord(key, value)
      if (parsed === null) continue
      const { record } = parsed
      if (record.type === 'memberMetadata' && record.value !== null) clients.set(record.member, record.value.clientId)
      const member = 'member' in record ? (clients.get(record.member) ?? record.member) : null
      records.push({ type: record.type, member, value: asRecorded(record) })
      group.take(record, member)
    }
    const now = group.described()
    if (now !== null && canonical(now as unknown as Json) !== canonical((states.at(-1) ?? null) as unknown as Json))
      states.push(now)
  }
  return { records, states }
}

/** A group as its records leave it, read by itself: not by the coordinator that is held against the recording. */
class GroupReader {
  #epoch = 0
  #assignmentEpoch = 0
  readonly #members = new Map<
    string,
    { epoch: number; state: string; assigned: TopicPartition[]; target: TopicPartition[] }
  >()

  take(record: ConsumerGroupRecord, member: string | null): void {
    if (record.type === 'groupEpoch') this.#epoch = record.value?.epoch ?? 0
    if (record.type === 'targetAssignmentEpoch') this.#assignmentEpoch = record.value?.assignmentEpoch ?? 0
    if (member === null) return
    if (record.type === 'memberMetadata' && record.value === null) {
      this.#members.delete(member)
      return
    }
    const known = this.#members.get(member) ?? { epoch: 0, state: 'STABLE', assigned: [], target: [] }
    this.#members.set(member, known)
    if (record.type === 'memberTarget') known.target = sorted(record.value ?? [])
    if (record.type !== 'memberCurrent' || record.value === null) return
    known.epoch = record.value.epoch
    known.state = record.value.state
    known.assigned = sorted(record.value.assigned)
  }

  described(): Described | null {
    if (this.#epoch === 0) return null
    const members = [...this.#members].sort(([a], [b]) => (a < b ? -1 : 1))
    const settled = members.every(([, it]) => it.state === 'STABLE' && it.epoch === this.#assignmentEpoch)
    return {
      state: this.#phase(members.length, settled),
      groupEpoch: this.#epoch,
      assignmentEpoch: this.#assignmentEpoch,
      members: Object.fromEntries(
        members.map(([name, { epoch, assigned, target }]) => [
          name,
          { epoch, assigned: [...assigned], target: [...target] },
        ]),
      ),
    }
  }

  #phase(members: number, settled: boolean): string {
    if (members === 0) return 'Empty'
    if (this.#epoch > this.#assignmentEpoch) return 'Assigning'
    return settled ? 'Stable' : 'Reconciling'
  }
}

/** The value in the form in which the recording has it. */
function asRecorded({ type, value }: ConsumerGroupRecord): Json {
  if (value === null) return null
  switch (type) {
    case 'memberMetadata': {
      const { clientId, topics, rebalanceTimeoutMs, assignor } = value
      return { clientId, subscribedTopicNames: [...topics], rebalanceTimeoutMs, serverAssignor: assignor }
    }
    case 'groupEpoch':
      return { epoch: value.epoch }
    case 'memberTarget':
      return { topicPartitions: sorted(value) }
    case 'memberCurrent': {
      const { epoch, previousEpoch, state, assigned, pendingRevocation } = value
      return {
        memberEpoch: epoch,
        previousMemberEpoch: previousEpoch,
        state,
        assignedPartitions: sorted(assigned),
        partitionsPendingRevocation: sorted(pendingRevocation),
      }
    }
    default:
      return { ...value } as Json
  }
}

const recordedRecords = (entry: ClientsEntry): Written[] =>
  ((listOf(entry, 'records') ?? []) as readonly ClientsEntry[]).map((each) => ({
    type: textOf(each, 'type') ?? '',
    member: textOf(each, 'member'),
    value: each.value as Json,
  }))

/** Records of one member, or of the group, in their order. */
const track = (records: readonly Written[], member: string | null): Json =>
  records.filter((each) => each.member === member).map(({ type, value }) => ({ type, value }))

const offsetsLogRecords: SawRule = {
  compare: ({ world, entry, label }, to) => {
    const recorded = recordedRecords(entry)
    const ours = writtenIn(world).records
    const members = new Set([...recorded, ...ours].map(({ member }) => member))
    for (const member of members) {
      const whose = member === null ? 'records of the group' : `records of ${member}`
      to.equal(label, whose, track(recorded, member), track(ours, member))
    }
  },
}

const fieldsOf = (entry: ClientsEntry): Described => ({
  state: textOf(entry, 'state') ?? '',
  groupEpoch: Number(entry.groupEpoch),
  assignmentEpoch: Number(entry.assignmentEpoch),
  members: (objectOf(entry, 'members') ?? {}) as Described['members'],
})

/** A settled group must look as recorded. */
function compareConsumerGroup({ world, entry, label }: Look, to: Comparison): void {
  const ours = writtenIn(world).states.at(-1) ?? null
  to.equal(label, 'group', fieldsOf(entry) as unknown as Json, ours as unknown as Json)
}

/**
 * States on the way: at the next settled point every state that a member, and the group, were seen in must have been there,
 * in this order. The poller missed some.
 */
function compareWay(look: Look, to: Comparison, until: readonly Described[]): void {
  const seen = look.script.recording.entries
    .slice(0, look.index + 1)
    .filter((entry) => entry.saw === 'consumerGroup')
    .map(fieldsOf)
  const group = ({ state, groupEpoch, assignmentEpoch }: Described): string =>
    canonical({ state, groupEpoch, assignmentEpoch })
  inOrder(look, to, 'states of the group', seen.map(group), until.map(group))
  const members = new Set(seen.flatMap(({ members }) => Object.keys(members)))
  for (const name of members) {
    const of = (each: Described): string[] => (each.members[name] === undefined ? [] : [canonical(each.members[name])])
    inOrder(look, to, `states of ${name}`, seen.flatMap(of), until.flatMap(of))
  }
}

function inOrder(
  look: Look,
  to: Comparison,
  field: string,
  recorded: readonly string[],
  ours: readonly string[],
): void {
  let at = 0
  for (const state of recorded) {
    const found = ours.indexOf(state, at)
    if (found < 0) {
      to.holds(look.label, field, false, state, ours.slice(at).join(' then ') || 'nothing more')
      return
    }
    at = found
  }
  to.holds(look.label, field, true, '', '')
}

/** A settled point: the group as it is, and the way to it. */
export const settledConsumerGroup = (look: Look, to: Comparison): void => {
  compareConsumerGroup(look, to)
  compareWay(look, to, writtenIn(look.world).states)
}

export const CONSUMER_GROUP_SEEN: Readonly<Record<string, SawRule>> = {
  // Compared at the next settled point: see compareWay.
  consumerGroup: {},
  revokedReturns: {},
  offsetsLogRecords,
}
