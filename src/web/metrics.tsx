/** Kafka's own gauges at the moment that is looked at, elections with was and now, and values over the run as lines. */
import { metricsScene } from '../report/page/metrics-scene.ts'
import { Charts } from './charts.tsx'
import { Heads } from './coordinated.tsx'
import type { Side } from './store.ts'
import { eventOf, goEvent, sideIndex } from './store.ts'

/** Elections that are listed. */
const MOST = 12

const brokerWords = (id: number): string => (id < 0 ? 'nobody' : `b${id}`)

export function Metrics({ side }: { readonly side: Side }) {
  const { underReplicated, underMinIsr, offline, shrinks, expands, leaderChanges } = metricsScene(
    side.run,
    eventOf(side),
  )
  const gauges: readonly (readonly [string, number, string])[] = [
    ['UnderReplicatedPartitions', underReplicated.length, underReplicated.join(' ')],
    ['UnderMinIsrPartitionCount', underMinIsr.length, underMinIsr.join(' ')],
    ['OfflinePartitionsCount', offline.length, offline.join(' ')],
    ['IsrShrinks, so far', shrinks, ''],
    ['IsrExpands, so far', expands, ''],
    ['Leader changes, so far', leaderChanges.length, ''],
  ]
  return (
    <>
      <table class="plain">
        <Heads of={['Metric', 'Now', 'Which']} />
        <tbody>
          {gauges.map(([name, value, which], i) => (
            <tr key={name}>
              <td>{name}</td>
              <td class={i < 3 && value > 0 ? 'warn' : ''}>{value}</td>
              <td>{which}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {leaderChanges.length === 0 ? null : (
        <ul class="elections">
          {leaderChanges.slice(0, MOST).map(({ event, partition, from, to }) => (
            <li key={`${event} ${partition}`}>
              <button type="button" onClick={() => goEvent(event, sideIndex(side))}>
                @{event}
              </button>{' '}
              {partition}: was {brokerWords(from)}, now <b>{brokerWords(to)}</b>
            </li>
          ))}
        </ul>
      )}
      {leaderChanges.length > MOST ? <p class="dim">and {leaderChanges.length - MOST} before</p> : null}
      <Charts side={side} />
    </>
  )
}
