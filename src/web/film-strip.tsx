/** The run on paper: a frame for each chapter, or for each thing that stands out; what gives answers away comes last. */
import { formatTime } from '../kernel/time.ts'
import { eventWords, whyChain } from '../report/page/event-words.ts'
import type { PageRun } from '../report/page/page-run.ts'
import { storyParts } from '../report/story.ts'
import type { PlanChapter } from '../world/plan.ts'
import { Diagram } from './diagram.tsx'
import { Outcome } from './header.tsx'
import { FirstDifference } from './lesson.tsx'
import { Replicas } from './replicas.tsx'
import type { Side } from './store.ts'
import { eventOf, main, shown, wholeRun } from './store.ts'

const MOST_FRAMES = 24
const MOST_EVENTS = 400
const MOST_CAUSES = 6

/** A moment of each side that is shown, and the chapter that it belongs to, if there is one. */
interface Frame {
  readonly title: string
  /** -1: none. */
  readonly index: number
  readonly chapter: PlanChapter | null
  readonly at: readonly number[]
}

function framesOf(sides: readonly Side[]): Frame[] {
  const { run } = sides[0]!
  const chapters = run.header.plan.chapters ?? []
  if (chapters.length > 0) {
    return chapters.flatMap((chapter, i): Frame[] => {
      const at = sides.map((side) => side.run.footer?.chapters?.[i] ?? -1)
      return at.some((event) => event < 0) ? [] : [{ title: `${i + 1}. ${chapter.title}`, index: i, chapter, at }]
    })
  }
  if (sides.length > 1) return [{ title: 'As it is looked at', index: -1, chapter: null, at: sides.map(eventOf) }]
  const events = [...new Set(run.moments.map(({ event }) => event))]
  // Of too many the last ones: the story comes to its end there.
  return events
    .slice(-MOST_FRAMES)
    .map((event) => ({ title: eventWords(run.events[event]!), index: -1, chapter: null, at: [event] }))
}

export function FilmStrip() {
  const sides = shown.value
  for (const side of sides) wholeRun(side)
  const frames = framesOf(sides)
  const { plan, repeat } = sides[0]!.run.header
  const questions = frames.filter(({ chapter }) => chapter?.ask != null)
  return (
    <section class="strip">
      <h1>{plan.title}</h1>
      {sides.map(({ name, label, run }) => (
        <p key={name}>
          {sides.length > 1 ? <b class="letter">{name}</b> : null}
          <b>{label}</b> seed {run.header.seed}, highwater {run.header.sim ?? ''}{' '}
          {questions.length > 0 ? null : (
            <Outcome outcome={run.footer?.view?.outcome} lost={run.footer?.view?.counted.lost ?? 0} />
          )}
        </p>
      ))}
      {storyParts(plan.story).map((part) => (
        <p class="story" key={part}>
          {part}
        </p>
      ))}
      {repeat === undefined || repeat === '' ? null : (
        <p>
          Repeat it: <code>{repeat}</code>
        </p>
      )}
      {questions.length > 0 ? null : <FirstDifference />}
      {frames.map((frame) => (
        <FrameOf key={frame.title + frame.at.join()} frame={frame} sides={sides} />
      ))}
      {questions.length === 0 ? null : (
        <section class="frame answers">
          <h2>Answers</h2>
          {questions.map(({ title, index }) => (
            <Answers key={title} title={title} sides={sides} index={index} />
          ))}
        </section>
      )}
      <Events run={main.value!.run} />
    </section>
  )
}

function FrameOf({ frame: { title, chapter, at }, sides }: { readonly frame: Frame; readonly sides: readonly Side[] }) {
  const [side] = sides
  const causes = whyChain(side!.run, at[0]!).links.slice(1, MOST_CAUSES + 1)
  return (
    <section class="frame">
      <h2>{title}</h2>
      {chapter === null ? null : <p>{chapter.say}</p>}
      {chapter?.ask == null ? null : (
        <div class="box">
          <p>
            <b>{chapter.ask.question}</b>
          </p>
          {chapter.ask.options.map((option) => (
            <p key={option}>☐ {option}</p>
          ))}
        </div>
      )}
      {sides.map((each, i) => (
        <Replicas key={each.name} side={each} printed={at[i]!} />
      ))}
      <Diagram side={side!} printed={at[0]!} />
      {causes.length === 0 ? null : (
        <p class="small">Why: {causes.map(({ event, words }) => `${words} (@${event})`).join(' ← ')}</p>
      )}
    </section>
  )
}

/** Each side has answers of its own: what is true of one version need not be of the other. */
function Answers({
  title,
  sides,
  index,
}: {
  readonly title: string
  readonly sides: readonly Side[]
  readonly index: number
}) {
  return (
    <>
      <p>
        <b>{title}</b>: {sides[0]!.run.header.plan.chapters?.[index]?.ask?.question}
      </p>
      {sides.map(({ name, label, run }) => {
        const ask = run.header.plan.chapters?.[index]?.ask
        return ask == null ? null : (
          <p key={name}>
            {label}: <b>{ask.options[ask.answer]}</b>. {ask.why}
          </p>
        )
      })}
    </>
  )
}

function Events({ run }: { readonly run: PageRun }) {
  const events = run.events.filter(({ i }) => run.levels[i] === 3)
  return (
    <section class="frame">
      <h2>Events of the story</h2>
      <table class="plain">
        <tbody>
          {events.slice(0, MOST_EVENTS).map((event) => (
            <tr key={event.i}>
              <td>{event.i}</td>
              <td>{formatTime(event.t)}</td>
              <td>{eventWords(event)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {events.length > MOST_EVENTS ? <p>and {events.length - MOST_EVENTS} more</p> : null}
    </section>
  )
}
