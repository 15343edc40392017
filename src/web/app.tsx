/** The frame: who and which Kafka, the lesson, the logs, the diagram, one event, the scrubber. */
import { Diagram } from './diagram.tsx'
import { Dialogs } from './dialogs.tsx'
import { EventList } from './event-list.tsx'
import { Header } from './header.tsx'
import { Inspector } from './inspector.tsx'
import { Lesson } from './lesson.tsx'
import { Replicas } from './replicas.tsx'
import { Scrubber } from './scrubber.tsx'
import { isBoth, main, said, shown } from './store.ts'
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
          {shown.value.map((each) => (
            <Replicas key={each.name} side={each} />
          ))}
        </section>
        <Diagram side={side} />
        <div class={`below ${isBoth.value ? 'both' : ''}`}>
          <EventList />
          <Inspector side={side} />
          <Tabs side={side} />
        </div>
      </main>
      <Scrubber />
      <p class="live" role="status" aria-live="polite">
        {said.value}
      </p>
      <Dialogs />
    </>
  )
}
