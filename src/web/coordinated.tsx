/** Groups with their lag, and transactions, at the moment that is looked at: as Kafka's own tools describe them. */
import { formatDuration, formatTime } from '../kernel/time.ts'
import type { ShownTransaction } from '../report/page/coordinated-look.ts'
import type { GroupScene } from '../report/page/coordinated-scene.ts'
import { groupScenes, strayTransactions, transactionScenes } from '../report/page/coordinated-scene.ts'
import { replicaScene } from '../report/page/replica-scene.ts'
import type { GroupMemberTruth } from '../world/coordinated-truth.ts'
import type { Side } from './store.ts'
import { eventOf, partition } from './store.ts'

const PROTOCOLS = { classic: 'classic', consumer: 'consumer (KIP-848)', registry: 'registry (0.8)' } as const

const figure = (value: number): string => (value < 0 ? '–' : String(value))

export function Heads({ of }: { readonly of: readonly string[] }) {
  return (
    <thead>
      <tr>
        {of.map((word) => (
          <th scope="col" key={word}>
            {word}
          </th>
        ))}
      </tr>
    </thead>
  )
}

export function Groups({ side }: { readonly side: Side }) {
  return (
    <>
      {groupScenes(side.run, eventOf(side)).map((scene) => (
        <Group key={scene.id} scene={scene} />
      ))}
    </>
  )
}

const memberWords = (member: GroupMemberTruth | undefined): string =>
  member === undefined ? '–' : `${member.id}${member.instanceId === null ? '' : `, instance ${member.instanceId}`}`

function Group({ scene: { id, group, offsets } }: { readonly scene: GroupScene }) {
  if (group === null) {
    return (
      <p>
        Group <b>{id}</b>: <span class="dim">nobody coordinates it at this moment.</span>
      </p>
    )
  }
  const { state, generation, assignor, coordinator, members, protocol } = group
  const clientOf = (member: string | null): string => members.find((each) => each.id === member)?.clientId ?? ''
  const idle = members.filter(({ assigned }) => assigned.length === 0)
  const settled = state === 'Stable' || protocol === 'registry'
  return (
    <>
      <h3>
        Group {id}: <span class={settled ? '' : 'warn'}>{state}</span>
      </h3>
      <p class="dim">
        {PROTOCOLS[protocol]}
        {generation < 0 ? '' : ` · ${protocol === 'consumer' ? 'epoch' : 'generation'} ${generation}`}
        {assignor === null ? '' : ` · ${assignor}`} ·{' '}
        {coordinator < 0 ? 'in the registry' : `coordinator b${coordinator}`} · {members.length}{' '}
        {members.length === 1 ? 'member' : 'members'}
      </p>
      <table class="plain">
        <Heads of={['Partition', 'Committed', 'End', 'Lag', 'Client', 'Member']} />
        <tbody>
          {offsets.map((each) => (
            <tr key={each.partition}>
              <td>{each.partition}</td>
              <td>{figure(each.committed)}</td>
              <td>{figure(each.logEnd)}</td>
              <td class={each.lag > 0 ? 'warn' : ''}>{figure(each.lag)}</td>
              <td>{clientOf(each.member)}</td>
              <td>{memberWords(members.find(({ id: member }) => member === each.member))}</td>
            </tr>
          ))}
          {idle.map((member) => (
            <tr key={member.id}>
              <td class="dim" colSpan={4}>
                owns nothing{member.state === null ? '' : `, ${member.state}`}
              </td>
              <td>{member.clientId}</td>
              <td>{memberWords(member)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

const progressWords = ({ pending, unmarked, startMs, timeoutMs }: ShownTransaction): string =>
  [
    startMs < 0 ? '' : `since ${formatTime(startMs * 1000)}, for ${formatDuration(timeoutMs * 1000)} at most`,
    unmarked === null ? '' : `${unmarked.length} ${unmarked.length === 1 ? 'marker' : 'markers'} to go`,
    pending === null ? '' : `${pending} is being written`,
  ]
    .filter((part) => part !== '')
    .join('; ')

export function Transactions({ side }: { readonly side: Side }) {
  const at = eventOf(side)
  const scenes = transactionScenes(side.run, at)
  const stray = strayTransactions(side.run, at)
  return (
    <>
      <table class="plain">
        <Heads of={['Id', 'Producer', 'State', 'Partitions']} />
        <tbody>
          {scenes.map(({ id, transaction, underWay }) => (
            <tr key={id}>
              <td>
                {id} <small>{transaction === null ? '' : `at b${transaction.coordinator}`}</small>
              </td>
              {transaction === null ? (
                <td class="dim" colSpan={3}>
                  nobody coordinates it at this moment
                </td>
              ) : (
                <>
                  <td>
                    {transaction.producerId} epoch {transaction.producerEpoch}
                  </td>
                  <td class={underWay ? 'warn' : ''}>
                    {transaction.status} <small>{progressWords(transaction)}</small>
                  </td>
                  <td>{transaction.partitions.join(' ')}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {stray.map(({ partition: where, producerId, firstOffset }) => (
        <p key={`${where} ${producerId}`} class="bad">
          ✗ {where}: open from offset {firstOffset} by producer {producerId}, and no coordinator knows of it
        </p>
      ))}
      <Ranges side={side} />
    </>
  )
}

/** Aborted and open transactions in the part of the leader's log that is shown. */
function Ranges({ side }: { readonly side: Side }) {
  const { rows, partition: name } = replicaScene(side.run, eventOf(side), partition.value)
  const marked = (rows.find(({ named }) => named)?.cells ?? []).flatMap((cell) =>
    cell?.transaction == null ? [] : [{ offset: cell.offset, ...cell.transaction }],
  )
  if (marked.length === 0) return null
  const words = (fate: 'open' | 'aborted'): string => {
    const records = marked.filter((each) => each.fate === fate && each.kind === 'record')
    return records.map(({ offset, producer }) => `${offset} (producer ${producer})`).join(', ')
  }
  return (
    <p>
      In {name}, as its leader has it: aborted {words('aborted') || 'none'}; open {words('open') || 'none'}.
    </p>
  )
}
