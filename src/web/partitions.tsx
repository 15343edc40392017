/** The tables an operator knows: partitions, and how topics lie on brokers. */
import { type PlacedPartition, topicBalance } from '../report/page/topic-balance.ts'
import { truthPath } from '../report/page/view-state.ts'
import type { Side } from './store.ts'
import { eventOf, partition } from './store.ts'

/** As `kafka-topics --describe` prints it. */
export function Partitions({ side }: { readonly side: Side }) {
  const state = side.run.stateAt(eventOf(side))
  return (
    <>
      <table class="plain">
        <thead>
          <tr>
            {['Topic', 'Partition', 'Leader', 'Replicas', 'Isr', 'Epoch', 'Trouble'].map((word) => (
              <th scope="col" key={word}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {side.run.partitions.map((name) => {
            const hyphen = name.lastIndexOf('-')
            const leader = state.get(truthPath(name, 'leader')) as number | undefined
            const replicas = (state.get(truthPath(name, 'replicas')) as number[] | undefined) ?? []
            const isr = (state.get(truthPath(name, 'isr')) as number[] | undefined) ?? []
            const under = isr.length < replicas.length
            return (
              <tr key={name}>
                <td>{name.slice(0, hyphen)}</td>
                <td>
                  <button
                    type="button"
                    onClick={() => {
                      partition.value = name
                    }}
                  >
                    {name.slice(hyphen + 1)}
                  </button>
                </td>
                <td>{leader === undefined ? '' : leader < 0 ? 'none' : leader}</td>
                <td>{replicas.join(',')}</td>
                <td>{isr.join(',')}</td>
                <td>{state.get(truthPath(name, 'leaderEpoch')) as number | undefined}</td>
                <td>
                  {leader !== undefined && leader < 0 ? (
                    <b class="bad">offline</b>
                  ) : under ? (
                    <b class="warn">under-replicated</b>
                  ) : null}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <Balance side={side} />
    </>
  )
}

/** How evenly topics lie on brokers, as the Kafka consoles show it. */
function Balance({ side }: { readonly side: Side }) {
  const state = side.run.stateAt(eventOf(side))
  const topics = new Map<string, PlacedPartition[]>()
  for (const name of side.run.partitions) {
    const replicas = state.get(truthPath(name, 'replicas')) as number[] | undefined
    if (replicas === undefined) continue
    const topic = name.slice(0, name.lastIndexOf('-'))
    const leader = (state.get(truthPath(name, 'leader')) as number | undefined) ?? -1
    topics.set(topic, [...(topics.get(topic) ?? []), { replicas, leader }])
  }
  const brokers = side.run.header.plan.brokers.length
  return (
    <table class="plain">
      <thead>
        <tr>
          {['Topic', 'Partitions', 'Brokers', 'Brokers spread', 'Brokers skew', 'Leader skew'].map((word) => (
            <th scope="col" key={word}>
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...topics].map(([topic, placed]) => {
          const balance = topicBalance(placed, brokers)
          return (
            <tr key={topic}>
              <td>{topic}</td>
              <td>{balance.partitions}</td>
              <td>{balance.brokers}</td>
              <td>{balance.spreadPercent} %</td>
              <td>{balance.skewPercent} %</td>
              <td>{balance.leaderSkewPercent} %</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
