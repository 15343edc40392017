/** The frame: who and which Kafka, the lesson, the logs, the diagram, one event, the scrubber. */
import { Diagram } from './diagram.tsx'
import { Dialogs } from './dialogs.tsx'
import { EventList } from './event-list.tsx'
import { FilmStrip } from './film-strip.tsx'
import { Header } from './header.tsx'
import { InFlight } from './in-flight.tsx'
import { Inspector } from './inspector.tsx'
import { Lesson } from './lesson.tsx'
import { Replicas } from './replicas.tsx'
import { Scrubber } from './scrubber.tsx'
import { isNarrow } from './size.ts'
import { isBoth, main, narrowView, printing, said, shown } from './store.ts'
import { Tabs } from './tabs.tsx'

export function App() {
  const side = main.value
  if (side === undefined) return null
  return (
    <>
      <a class="skip" href="#replicas">
        To the replicas
      </a>
      <Header />
      <main>
        <Lesson />
        <section id="replicas" class={isBoth.value ? 'columns' : ''} aria-label="Replica logs" tabIndex={-1}>
          {isBoth.value && isNarrow.value ? <NarrowTabs /> : null}
          {shown.value
            .filter(({ name }) => !isBoth.value || !isNarrow.value || ['both', name].includes(narrowView.value))
            .map((each) => (
              <Replicas key={each.name} side={each} />
            ))}
        </section>
        {isNarrow.value ? <InFlight side={side} /> : <Diagram side={side} />}
        <div class={`below ${isBoth.value ? 'both' : ''}`}>
          <EventList />
          <Inspector side={side} />
          <Tabs side={side} />
        </div>
      </main>
      <Scrubber />
      {printing.value ? <FilmStrip /> : null}
      <p class="live" role="status" aria-live="polite">
        {said.value}
      </p>
      <Dialogs />
    </>
  )
}

/** Two columns have no room side by side: one at a time, or one under the other. */
function NarrowTabs() {
  return (
    <div class="bar" role="group" aria-label="Shown column">
      {(['A', 'B', 'both'] as const).map((each) => (
        <button
          type="button"
          key={each}
          aria-pressed={narrowView.value === each}
          onClick={() => {
            narrowView.value = each
          }}
        >
          {each === 'both' ? 'A and B' : each}
        </button>
      ))}
    </div>
  )
}
