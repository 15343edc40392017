/** What this is: the story, the verdict, and always which Kafka. */
import { formatTime } from '../kernel/time.ts'
import type { RunOutcome } from '../report/run-view.ts'
import { storyParts } from '../report/story.ts'
import { copyLink, isDark } from './commands.ts'
import { dialog, eventOf, isBoth, isHeld, lecture, main, showView, sides, theme, view } from './store.ts'

const OUTCOMES: Readonly<Record<RunOutcome, readonly [glyph: string, words: string, tone: 'good' | 'bad' | 'warn']>> = {
  held: ['✓', 'everything held', 'good'],
  expected: ['✓', 'broke as the scenario says', 'warn'],
  'known-hole': ['○', 'broke what was never promised', 'warn'],
  violated: ['✗', 'a promise is broken', 'bad'],
  'expectation-missed': ['✗', 'an expectation did not come true', 'bad'],
  'step-not-reached': ['✗', 'a step was not reached', 'bad'],
  'limit-reached': ['✗', 'a limit was reached', 'bad'],
  stopped: ['–', 'stopped early', 'warn'],
  interrupted: ['–', 'interrupted', 'warn'],
}

export function Outcome({ outcome, lost }: { readonly outcome: RunOutcome | undefined; readonly lost: number }) {
  if (outcome === undefined) return null
  const [glyph, words, tone] = OUTCOMES[outcome]
  return (
    <span class={`outcome ${lost > 0 ? 'bad' : tone}`}>
      {glyph} {words}
      {lost > 0 ? `; ${lost} acknowledged ${lost === 1 ? 'record' : 'records'} lost` : ''}
    </span>
  )
}

export function Header() {
  const all = sides.value
  const { plan, sim, repeat } = all[0]!.run.header
  const side = main.value!
  return (
    <header>
      <div class="title">
        <h1>{plan.title}</h1>
        {plan.story === '' ? null : (
          <details class="story">
            <summary>The story</summary>
            {storyParts(plan.story).map((part) => (
              <p key={part}>{part}</p>
            ))}
            {repeat === undefined || repeat === '' ? null : <p class="repeat">Repeat it: {<code>{repeat}</code>}</p>}
          </details>
        )}
      </div>
      <div class="which">
        {all.map((each) => (
          <p key={each.name} class={`version ${isBoth.value || each === side ? '' : 'other'}`}>
            {all.length > 1 ? <b class="letter">{each.name}</b> : null}
            <b>{each.label}</b> <span class="dim">seed {each.run.header.seed}</span>{' '}
            {isHeld(each.run) ? (
              <span class="dim">what came of it is told after the questions</span>
            ) : (
              <Outcome outcome={each.run.footer?.view?.outcome} lost={each.run.footer?.view?.counted.lost ?? 0} />
            )}
          </p>
        ))}
      </div>
      <div class="tools">
        <span class="dim clock" title="virtual time">
          {formatTime(side.run.events[eventOf(side)]?.t ?? 0)}
        </span>
        {all.length > 1 ? (
          <div class="switch" role="group" aria-label="Shown sides">
            {(['both', 'A', 'B'] as const).map((each) => (
              <button type="button" key={each} aria-pressed={view.value === each} onClick={() => showView(each)}>
                {each === 'both' ? 'A | B' : each}
              </button>
            ))}
          </div>
        ) : null}
        <button
          type="button"
          onClick={() => {
            dialog.value = 'export'
          }}
        >
          Export
        </button>
        <button
          type="button"
          aria-pressed={lecture.value}
          onClick={() => {
            lecture.value = !lecture.value
          }}
        >
          Lecture
        </button>
        <button type="button" onClick={() => print()}>
          Print
        </button>
        <button type="button" onClick={() => void copyLink()} title="copy a link to this event">
          Link
        </button>
        <button
          type="button"
          onClick={() => {
            theme.value = isDark() ? 'light' : 'dark'
          }}
          aria-label="Light or dark"
        >
          ◐
        </button>
        <button
          type="button"
          onClick={() => {
            dialog.value = 'help'
          }}
          aria-label="Keys and marks"
        >
          ?
        </button>
        <span class="dim sim">highwater {sim ?? ''}</span>
      </div>
    </header>
  )
}
