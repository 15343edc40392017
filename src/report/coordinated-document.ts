/** Groups and transactions at the end of a run, as tables. A run without any has none. */
import { formatDuration, formatTime } from '../kernel/time.ts'
import { isUnderWay } from '../world/coordinated-truth.ts'
import type { GroupView } from './coordinated-view.ts'
import type { Block, Line } from './document.ts'
import { GAP, heading, line, paragraph, span, table } from './document.ts'
import type { RunView } from './run-view.ts'
import { plural } from './words.ts'

const left = { align: 'left' as const }
const right = { align: 'right' as const }

/** -1 is "not known" in views, and nothing to look at in a table. */
const figure = (value: number): string => (value < 0 ? '–' : String(value))

const PROTOCOL_WORDS: Readonly<Record<GroupView['protocol'], string>> = {
  classic: 'classic',
  consumer: 'consumer (KIP-848)',
  registry: 'registry (0.8)',
}

const totalLag = ({ offsets }: GroupView): number => offsets.reduce((sum, { lag }) => sum + Math.max(0, lag), 0)

function groupRow(group: GroupView): Line[] {
  const { id, protocol, state, generation, assignor, coordinator, members } = group
  return [
    line(id, 'strong'),
    line(PROTOCOL_WORDS[protocol]),
    line(state, state === 'Stable' || state === '–' ? 'plain' : 'warn'),
    line(figure(generation)),
    line(assignor ?? '–'),
    line(coordinator < 0 ? 'the registry' : `broker ${coordinator}`),
    line(String(members.length)),
    line(String(totalLag(group)), totalLag(group) > 0 ? 'warn' : 'plain'),
  ]
}

/** A row a partition, and one for each member that owns none, as kafka-consumer-groups has them. */
function offsetRows({ id, members, offsets }: GroupView): Line[][] {
  const member = (of: string | null): Line[] => {
    const found = members.find((each) => each.id === of)
    return [line(found?.id ?? '–'), line(found?.instanceId ?? '–'), line(found?.clientId ?? '–')]
  }
  const idle = members.filter(({ assigned }) => assigned.length === 0)
  return [
    ...offsets.map((each) => [
      line(id, 'strong'),
      line(each.partition),
      line(figure(each.committed)),
      line(figure(each.logEnd)),
      line(figure(each.lag), each.lag > 0 ? 'warn' : 'plain'),
      ...member(each.member),
    ]),
    ...idle.map((each) => [line(id, 'strong'), line('–'), line('–'), line('–'), line('–'), ...member(each.id)]),
  ]
}

export function groupBlocks({ groups }: Pick<RunView, 'groups'>): Block[] {
  if (groups.length === 0) return []
  const summary = [
    { title: 'Group', ...left, keep: 9 },
    { title: 'Protocol', ...left, keep: 4 },
    { title: 'State', ...left, keep: 8 },
    { title: 'Generation', ...right, keep: 7 },
    { title: 'Assignor', ...left, keep: 3 },
    { title: 'Coordinator', ...left, keep: 5 },
    { title: 'Members', ...right, keep: 6 },
    { title: 'Lag', ...right, keep: 8 },
  ]
  const offsets = [
    { title: 'Group', ...left, keep: 5 },
    { title: 'Partition', ...left, keep: 9 },
    { title: 'Committed', ...right, keep: 8 },
    { title: 'Log end', ...right, keep: 6 },
    { title: 'Lag', ...right, keep: 8 },
    { title: 'Member', ...left, keep: 7 },
    { title: 'Instance', ...left, keep: 3 },
    { title: 'Client', ...left, keep: 4 },
  ]
  const rows = groups.flatMap(offsetRows)
  return [
    heading('Groups at the end'),
    table(summary, groups.map(groupRow)),
    ...(rows.length === 0 ? [] : [GAP, table(offsets, rows)]),
    paragraph(
      line('Log end is the high watermark of the leader, as Kafka’s tools have it. Lag: not yet committed.', 'dim'),
    ),
  ]
}

export function transactionBlocks({ transactions: { ids, stray }, partitions }: RunView): Block[] {
  const open = ids.filter(isUnderWay)
  const aborted = partitions.filter((each) => each.aborted.length > 0)
  if (ids.length === 0 && stray.length === 0 && aborted.length === 0) return []
  const blocks: Block[] = [heading('Transactions at the end')]
  if (open.length > 0) {
    const columns = [
      { title: 'Transactional id', ...left, keep: 9 },
      { title: 'Producer', ...right, keep: 7 },
      { title: 'Epoch', ...right, keep: 7 },
      { title: 'State', ...left, keep: 8 },
      { title: 'Partitions', ...left, keep: 6, wrapsTo: 16 },
      { title: 'Since', ...left, keep: 5 },
      { title: 'Timeout', ...right, keep: 4 },
      { title: 'Coordinator', ...left, keep: 3 },
    ]
    const rows = open.map((each): Line[] => [
      line(each.transactionalId, 'strong'),
      line(String(each.producerId)),
      line(String(each.producerEpoch)),
      line(each.status, 'warn'),
      line(each.partitions.join(' ')),
      line(each.startMs < 0 ? '–' : formatTime(each.startMs * 1000)),
      line(formatDuration(each.timeoutMs * 1000)),
      line(`broker ${each.coordinator}`),
    ])
    blocks.push(table(columns, rows))
  }
  const idle = ids.length - open.length
  if (idle > 0) {
    const words = plural(idle, 'transactional id has', 'transactional ids have')
    blocks.push(paragraph(line(`${words} no open transaction.`, 'dim')))
  }
  for (const { partition, producerId, firstOffset } of stray) {
    blocks.push(
      paragraph([
        span('Open and unknown to any coordinator: ', 'bad'),
        span(`${partition} from offset ${firstOffset}, producer ${producerId}.`),
      ]),
    )
  }
  for (const { partition, aborted: ranges } of aborted) {
    const words = ranges.map(
      ({ producerId, firstOffset, lastOffset }) => `${firstOffset}..${lastOffset} (${producerId})`,
    )
    blocks.push(
      paragraph([span(`Aborted in ${partition}`, 'strong'), span(`, by producer: ${words.join(', ')}.`)], 0, 2),
    )
  }
  return blocks
}
