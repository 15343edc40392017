/** What was seen of groups: callbacks of members, states at the coordinator, records in the offsets topic. */
import type { Fact } from '../../kafka/facts.ts'
import { type GroupRecord, parseGroupValue, parseOffsetsKey, parseOffsetValue } from '../../kafka/group-records.ts'
import { comparePartitions } from '../../kafka/ids.ts'
import { groupNow } from '../../world/groups.ts'
import type { Condition } from '../../world/plan.ts'
import { brokerState } from '../../world/world.ts'
import type { Comparison } from '../comparison.ts'
import { byMemberName, memberName } from './group-view.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf, objectOf, textOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'
import { ordinal } from './rule.ts'
import { settledConsumerGroup } from './saw-consumer-group.ts'
import type { ClientsScript } from './script.ts'

/** The last start of the client of an entry. */
const lifeOf = (entry: ClientsEntry, script: ClientsScript): number =>
  script.recording.entries
    .slice(0, script.index + 1)
    .findLastIndex((each) => each.do === 'startConsumer' && each.client === entry.client)

/** Entries of the same client since it was started, of one of these kinds, up to the one in hand. */
function countOfLife(entry: ClientsEntry, script: ClientsScript, kind: string): number {
  const life = script.recording.entries.slice(lifeOf(entry, script) + 1, script.index + 1)
  const cooperative = isCooperative(entry, script)
  return life.filter((each) => each.client === entry.client && each.saw === kind && !(cooperative && isIdle(each)))
    .length
}

/** A cooperative member that is told of nothing new. */
const isIdle = (entry: ClientsEntry): boolean => entry.saw === 'assigned' && listOf(entry, 'partitions')?.length === 0

/**
 * A newcomer whose sync comes when the others are joining again already is told nothing of that generation: which is
 * chance. Of cooperative members callbacks without partitions are therefore not counted.
 */
function isCooperative(entry: ClientsEntry, script: ClientsScript): boolean {
  const settings = script.recording.entries[lifeOf(entry, script)]?.settings as
    | Readonly<Record<string, unknown>>
    | undefined
  return String(settings?.['partition.assignment.strategy'] ?? '').includes('CooperativeSticky')
}

const FACTS: Readonly<Record<string, Fact['kind']>> = {
  assigned: 'partitionsAssigned',
  revoked: 'partitionsRevoked',
  lost: 'partitionsLost',
  pollError: 'pollThrew',
  commitAsyncDone: 'commitAnswered',
}

const said =
  (kind: string) =>
  (entry: ClientsEntry, script: ClientsScript): Condition | null => {
    const client = script.client(textOf(entry, 'client'), 'consumer')
    const cooperative = isCooperative(entry, script)
    if (client === null || (cooperative && isIdle(entry))) return null
    const said = script.said(client, 'consumer', FACTS[kind]!, countOfLife(entry, script, kind))
    return cooperative && kind === 'assigned' ? { ...said, withPartitions: true } : said
  }

/** The fact of a client that belongs to the entry. */
/** Facts of one kind; several kinds may share one form. */
type Of<Kind extends Fact['kind'], Each = Fact> = Each extends Fact ? (Kind extends Each['kind'] ? Each : never) : never

function factOf<K extends Fact['kind']>({ world, script, entry }: Look, kind: string): Of<K> | null {
  const client = script.client(textOf(entry, 'client'), 'consumer')
  const cooperative = isCooperative(entry, script)
  const all = world.ledger.facts.filter(
    ({ fact, node }) =>
      fact.kind === FACTS[kind] &&
      node === `consumer-${client}` &&
      !(cooperative && fact.kind === 'partitionsAssigned' && fact.partitions.length === 0),
  )
  return (all[countOfLife(entry, script, kind) - 1]?.fact ?? null) as Of<K> | null
}

/** Whether a client was handed nothing of that partition before, in this life. */
function isFirstOfLife(entry: ClientsEntry, script: ClientsScript): boolean {
  const partition = textOf(entry, 'partition') ?? ''
  const handed = (each: ClientsEntry): boolean =>
    each.saw === 'consumed'
      ? each.partition === partition
      : each.saw === 'result' && objectOf(each, 'records')?.[partition] !== undefined
  return !script.recording.entries
    .slice(lifeOf(entry, script) + 1, script.index)
    .some((each) => each.client === entry.client && handed(each))
}

const sorted = (partitions: unknown): unknown =>
  Array.isArray(partitions) ? [...(partitions as string[])].sort(comparePartitions) : partitions

/** A callback of the rebalance listener. */
const callback = (kind: 'assigned' | 'revoked' | 'lost'): SawRule => ({
  when: said(kind),
  compare: (look, to) => {
    if (isCooperative(look.entry, look.script) && isIdle(look.entry)) return
    const ours = factOf<'partitionsAssigned'>(look, kind)
    to.equal(look.label, 'partitions', sorted(look.entry.partitions), sorted(ours?.partitions))
    // Where the coordinator assigns (KIP-848) the recorder did not ask for them.
    if (look.entry.generation === undefined) return
    to.equal(look.label, 'generation', look.entry.generation, ours?.generation)
    to.equal(look.label, 'member', look.entry.member, ours === null ? null : memberName(look, ours.member))
  },
})

/** What the client itself says of its membership. */
function compareMember(look: Look, to: Comparison, recorded: readonly [unknown, unknown], client: string): void {
  const { world, script, label } = look
  const state = world.nodes[`consumer-${script.client(client, 'consumer')}`]?.state as {
    readonly volatile: { readonly group?: { readonly generation: number; readonly memberId: string } } | null
  } | null
  const group = state?.volatile?.group
  if (recorded[0] === null) return
  to.equal(label, `generation of ${client}`, recorded[0], group?.generation)
  to.equal(label, `member id of ${client}`, recorded[1], group === undefined ? null : memberName(look, group.memberId))
}

/** States of a group that a poller may have seen: kinds of them, in order. */
const group: SawRule = {
  when: (entry, script) => {
    const state = textOf(entry, 'state')
    const id = textOf(entry, 'group')
    if (id === null || (state !== 'PreparingRebalance' && state !== 'Stable' && state !== 'Empty')) return null
    const members = Array.isArray(entry.members)
      ? entry.members.length
      : Object.keys(objectOf(entry, 'members') ?? {}).length
    const before = script.recording.entries.slice(0, script.index + 1)
    // A group is made by who asks for an id, and is empty until it comes back with it.
    const stable = before.some((each) => each.saw === 'group' && each.group === id && each.state === 'Stable')
    if (state === 'Empty' && !stable) return null
    const same = before.filter((each) => each.saw === 'group' && each.group === id && sameShape(each, entry))
    return { when: 'groupPassed', group: id, state, members, count: distinct(same) }
  },
}

const sameShape = (a: ClientsEntry, b: ClientsEntry): boolean =>
  a.state === b.state && countMembers(a) === countMembers(b)

const countMembers = (entry: ClientsEntry): number =>
  Array.isArray(entry.members) ? entry.members.length : Object.keys(objectOf(entry, 'members') ?? {}).length

/** A state that was only seen again is not another one. */
const distinct = (entries: readonly ClientsEntry[]): number =>
  entries.filter((each, n) => n === 0 || JSON.stringify(each.members) !== JSON.stringify(entries[n - 1]!.members))
    .length

/** A stable group, looked at when nothing moved. */
const snapshot: SawRule = {
  compare: (look, to) => {
    const { world, entry, label } = look
    if (entry.groupEpoch !== undefined) {
      settledConsumerGroup(look, to)
      return
    }
    const ours = groupNow(world, textOf(entry, 'group') ?? '')
    to.equal(label, 'state', entry.state, ours?.phase ?? 'Dead')
    if (entry.protocol !== undefined) to.equal(label, 'protocol', entry.protocol, ours?.protocol ?? '')
    const assigned = Object.fromEntries((ours?.members ?? []).map(({ id, assignment }) => [id, sorted(assignment)]))
    const recorded = Object.entries(objectOf(entry, 'members') ?? {}).map(([id, partitions]) => [
      id,
      sorted(partitions),
    ])
    const named = byMemberName(look, assigned)
    // Two that throw each other out take turns for as long as both poll: whose turn it is now is chance.
    const numbered = (members: object): object =>
      takeTurns(look)
        ? Object.fromEntries(Object.entries(members).map(([id, it]) => [id.replace(/#\d+$/, ''), it]))
        : members
    to.equal(label, 'members', numbered(Object.fromEntries(recorded)), numbered(named))
  },
}

/** Whether members were fenced since the group was last looked at. */
function takeTurns({ script, index }: Look): boolean {
  const before = script.recording.entries.slice(0, index)
  const last = before.findLastIndex((each) => each.saw === 'snapshot')
  return before.slice(last + 1).filter((each) => each.saw === 'pollError').length > 1
}

type Decoded =
  | { readonly groupMetadata: Readonly<Record<string, unknown>> }
  | { readonly control: string }
  | { readonly commit: { readonly group: string; readonly partition: string; readonly offset: number } }

/** Records about a group in the log of the offsets topic, from an offset on. */
function recordsOf(look: Look, group: string, from: number): { readonly records: Decoded[]; readonly end: number } {
  const name = '__consumer_offsets-0'
  const leader = look.world.plan.brokers
    .map(({ id }) => brokerState(look.world, id))
    .find(
      (state) =>
        state?.volatile?.partitions[name]?.role === 'leader' &&
        state.volatile.coordination?.partitions[name] !== undefined,
    )
  const log = leader?.durable.logs[name]
  const records: Decoded[] = []
  for (const batch of log?.batches ?? []) {
    const { producer, control } = batch
    const pid = producer === undefined ? -1 : ordinal(look, 'transactional producer', 'ours', producer.id)
    const by = producer === undefined ? {} : { pid, pepoch: producer.epoch }
    if (control !== undefined) {
      if (batch.baseOffset >= from) records.push({ control: control.type, ...by })
      continue
    }
    batch.records.forEach((record, index) => {
      const key = parseOffsetsKey(record.key)
      if (batch.baseOffset + index < from || key === null || key.group !== group || record.value === null) return
      if (key.kind === 'group') records.push({ groupMetadata: decoded(look, group, parseGroupValue(record.value)) })
      else {
        const { offset } = parseOffsetValue(record.value)
        const transactional = producer === undefined ? {} : { ...by, transactional: true }
        records.push({ ...transactional, commit: { group, partition: key.partition, offset } })
      }
    })
  }
  return { records, end: log?.logEndOffset ?? 0 }
}

function decoded(look: Look, group: string, record: GroupRecord): Readonly<Record<string, unknown>> {
  const { generation, protocol, leader } = record
  const members = Object.fromEntries(Object.entries(record.members).map(([id, it]) => [id, sorted(it.assignment)]))
  const instances = Object.entries(record.members).filter(([, it]) => it.instanceId !== null)
  return {
    group,
    generation,
    protocol,
    leader: leader === null ? null : memberName(look, leader),
    members: byMemberName(look, members),
    ...(instances.length === 0
      ? {}
      : { instances: byMemberName(look, Object.fromEntries(instances.map(([id, it]) => [id, it.instanceId]))) }),
  }
}

const offsetsLog: SawRule = {
  compare: (look, to) => {
    const { entry, label, memory } = look
    const group = textOf(entry, 'group')
    if (group === null) return
    const key = `offsetsLog/${group}`
    const { records, end } = recordsOf(look, group, (memory.get(key) as number | undefined) ?? 0)
    memory.set(key, end)
    const recorded = ((listOf(entry, 'records') ?? []) as Readonly<Record<string, unknown>>[]).map(
      ({ offset: _, ...each }) =>
        typeof each.pid === 'number' && each.pid >= 0
          ? { ...each, pid: ordinal(look, 'transactional producer', 'recorded', each.pid) }
          : each,
    )
    const isMetadata = (each: object): boolean => 'groupMetadata' in each
    to.equal(label, 'groups written', recorded.filter(isMetadata).map(inOrder), records.filter(isMetadata).map(inOrder))
    // How often a loop committed until it was looked at is chance.
    if (isCounted(look)) return
    to.equal(
      label,
      'commits',
      recorded.filter((each) => !isMetadata(each)),
      records.filter((each) => !isMetadata(each)),
    )
  },
}

const inOrder = (each: object): unknown => {
  const { groupMetadata } = each as { readonly groupMetadata: { readonly members: Readonly<Record<string, unknown>> } }
  const members = Object.entries(groupMetadata.members).map(([id, partitions]) => [id, sorted(partitions)])
  return { ...groupMetadata, members: Object.fromEntries(members) }
}

/** Whether the entry belongs to a loop of commits whose number is chance. */
const isCounted = ({ script, entry }: Look): boolean =>
  entry.label !== undefined &&
  script.recording.entries.some((each) => each.saw === 'commitRuns' && each.label === entry.label)

/** OffsetFetch: what the group has committed. */
const committed: SawRule = {
  compare: (look, to) => {
    const { world, entry, label } = look
    const ours = groupNow(world, textOf(entry, 'group') ?? '')?.offsets[textOf(entry, 'partition') ?? '']
    const offset = ours?.committed.offset ?? -1
    if (isCounted(look)) to.holds(label, 'committed', offset >= 0, 'an offset', String(offset))
    else to.equal(label, 'offset', entry.offset, offset)
  },
}

export const GROUPS_SEEN: Readonly<Record<string, SawRule>> = {
  assigned: callback('assigned'),
  revoked: callback('revoked'),
  lost: callback('lost'),
  group,
  snapshot,
  offsetsLog,
  committed,
  member: {
    compare: (look, to) => {
      const { entry } = look
      compareMember(look, to, [entry.generation, entry.member], textOf(entry, 'client') ?? '')
    },
  },
  members: {
    compare: (look, to) => {
      for (const [client, pair] of Object.entries(objectOf(look.entry, 'generationAndMember') ?? {})) {
        compareMember(look, to, pair as [unknown, unknown], client)
      }
    },
  },
  pollError: {
    when: said('pollError'),
    compare: (look, to) => {
      const ours = factOf<'pollThrew'>(look, 'pollError')
      to.equal(look.label, 'error', (listOf(look.entry, 'error') ?? [])[0], ours?.error)
    },
  },
  commitAsyncDone: {
    when: said('commitAsyncDone'),
    compare: (look, to) => {
      const ours = factOf<'commitAnswered'>(look, 'commitAsyncDone')
      to.equal(look.label, 'error', look.entry.error, ours?.error)
    },
  },
  consumed: {
    when: (entry, script) => {
      const client = script.client(textOf(entry, 'client'), 'consumer')
      const partition = textOf(entry, 'partition')
      const last = numberOf(entry, 'lastOffset')
      if (client === null || partition === null || last === null) return null
      return { when: 'position', client, partition, value: { atLeast: last + 1 } }
    },
    compare: ({ world, script, entry, label }, to) => {
      const client = script.client(textOf(entry, 'client'), 'consumer') ?? ''
      const polled = world.ledger.polled[client]?.[textOf(entry, 'partition') ?? ''] ?? []
      const [first, last] = [numberOf(entry, 'firstOffset') ?? 0, numberOf(entry, 'lastOffset') ?? -1]
      const ours = polled.filter(({ offset }) => offset >= first && offset <= last)
      to.holds(label, 'records', ours.length >= last - first + 1, `${first} to ${last}`, `${ours.length} of them`)
      if (isFirstOfLife(entry, script)) to.equal(label, 'first offset', first, polled[0]?.offset ?? null)
    },
  },
}
