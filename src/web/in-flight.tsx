/** On a narrow screen in place of the diagram: messages that are under way, as a list. */
import { shortNode } from '../report/page/event-words.ts'
import { trafficOf } from '../report/page/space-time-scene.ts'
import { TrafficChoice } from './diagram.tsx'
import type { Side } from './store.ts'
import { eventOf, goEvent, isBoth, lastAllowed, sideIndex, traffic } from './store.ts'

const MOST = 60

export function InFlight({ side }: { readonly side: Side }) {
  const at = eventOf(side)
  const messages = side.run.inFlight(at, MOST).filter((message) => traffic.value.includes(trafficOf(message)))
  // A question holds what comes after it: not even how a message ends is told.
  const isTold = (ended: number | null): ended is number => ended !== null && ended <= lastAllowed(side.run)
  return (
    <section class="diagram" aria-label="Messages under way">
      <div class="bar">
        <h2>Under way{isBoth.value ? ` in ${side.name}` : ''}</h2>
        <TrafficChoice />
      </div>
      {messages.length === 0 ? <p class="dim">No message of these kinds is under way.</p> : null}
      <ul class="in-flight">
        {messages.map(({ key, from, to, type, words, sent, ended, fate }) => (
          <li key={key}>
            <button type="button" onClick={() => goEvent(sent, sideIndex(side))}>
              @{sent}
            </button>{' '}
            <b>
              {shortNode(from)} → {shortNode(to)}
            </b>{' '}
            {type} <span class="dim">{words}</span>{' '}
            {isTold(ended) ? (
              <>
                {fate === 'lost' ? '✗ lost' : 'arrives'}{' '}
                <button type="button" onClick={() => goEvent(ended, sideIndex(side))}>
                  @{ended}
                </button>
              </>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
