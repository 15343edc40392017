/** The chapter that is told, its question, and the first difference of two runs in words. */
import { useSignal } from '@preact/signals'
import type { PlanQuestion } from '../world/plan.ts'
import type { Side } from './store.ts'
import {
  answers,
  chapterOf,
  chaptersAt,
  comparison,
  eventOf,
  goEvent,
  goRow,
  isBoth,
  lastRow,
  lecture,
  main,
  nextChapter,
  rows,
  shown,
  sideIndex,
} from './store.ts'

export function Lesson() {
  const side = main.value!
  const chapters = side.run.header.plan.chapters ?? []
  return (
    <>
      <FirstDifference />
      {chapters.length === 0 ? null : <Chapter side={side} />}
    </>
  )
}

export function FirstDifference() {
  const compared = comparison.value
  if (compared === null || !isBoth.value) return null
  const { divergence, pairs } = compared
  const [a, b] = shown.value
  if (divergence === null || a === undefined || b === undefined)
    return <p class="difference">Both runs do the same from beginning to end.</p>
  if (divergence.at > lastRow.value)
    return <p class="difference">Where the two part for the first time is told after the question.</p>
  const passed = rows.value[0] >= divergence.at
  return (
    <p class="difference">
      <button type="button" onClick={() => goRow(divergence.at)}>
        First difference
      </button>{' '}
      {passed ? '' : '(ahead) '}
      <b>{a.label}</b>: {divergence.left}. <b>{b.label}</b>: {divergence.right}.{' '}
      <span class="dim">
        row {divergence.at + 1} of {pairs.length}
      </span>
    </p>
  )
}

function Chapter({ side }: { readonly side: Side }) {
  const { plan } = side.run.header
  const at = eventOf(side)
  const index = chapterOf(side.run, at)
  const all = plan.chapters ?? []
  const chapter = all[index]
  const reached = chaptersAt(side.run).length
  return (
    <section class="chapter" aria-label="Lesson">
      <p class="dim">
        Chapter{' '}
        <select
          aria-label="Chapter"
          value={String(index)}
          onChange={(change) =>
            goEvent(chaptersAt(side.run)[Number(change.currentTarget.value)]?.event ?? 0, sideIndex(side))
          }
        >
          <option value="-1">before the first</option>
          {all.map((each, i) => (
            <option key={i} value={String(i)} disabled={i >= reached}>
              {i + 1}. {each.title}
            </option>
          ))}
        </select>{' '}
        of {all.length}
      </p>
      {chapter === undefined ? (
        <p>The story has not begun. Press . or “chapter ›”.</p>
      ) : (
        <>
          <h2>{chapter.title}</h2>
          {chapter.say.split(/\n\s*\n/).map((paragraph, i) => (
            <p key={i} class="say">
              {paragraph}
            </p>
          ))}
          {chapter.mark.length === 0 ? null : <p class="marks">Look at: {chapter.mark.join(', ')}</p>}
          {lecture.value && chapter.notes !== '' ? <p class="notes">{chapter.notes}</p> : null}
          {chapter.ask === null ? null : <Question ask={chapter.ask} index={index} side={side} />}
        </>
      )}
      {chapter === undefined || chapter.ask === null || answers.value[index] !== undefined ? (
        <button type="button" class="onward" onClick={() => nextChapter(1)}>
          {index + 1 < reached ? 'Next chapter ›' : 'To the end ›'}
        </button>
      ) : null}
    </section>
  )
}

function Question({ ask, index, side }: { readonly ask: PlanQuestion; readonly index: number; readonly side: Side }) {
  const chosen = useSignal(-1)
  const given = answers.value[index]
  const answer = (option: number): void => {
    answers.value = { ...answers.value, [index]: option }
  }
  if (given !== undefined) return <Reveal ask={ask} given={given} side={side} index={index} />
  return (
    <form
      class="question"
      onSubmit={(submit) => {
        submit.preventDefault()
        if (chosen.value >= 0) answer(chosen.value)
      }}
    >
      <fieldset>
        <legend>
          <b>PREDICT</b> {ask.question}
        </legend>
        {ask.options.map((option, i) => (
          <label key={option}>
            <input
              type="radio"
              name="answer"
              checked={chosen.value === i}
              onChange={() => {
                chosen.value = i
              }}
            />{' '}
            <b>{'ABCDEFGH'[i]}</b> {option}
          </label>
        ))}
        <button type="submit" disabled={chosen.value < 0}>
          Commit answer
        </button>
        <button type="button" onClick={() => answer(-1)}>
          Skip
        </button>
      </fieldset>
    </form>
  )
}

/** What was guessed stays beside the truth. */
function Reveal({
  ask,
  given,
  side,
  index,
}: {
  readonly ask: PlanQuestion
  readonly given: number
  readonly side: Side
  readonly index: number
}) {
  const right = given === ask.answer
  const checked = side.run.footer?.checks?.[index]
  return (
    <div class={`reveal ${right ? 'right' : 'wrong'}`} role="status">
      <p>
        {ask.question}{' '}
        {given < 0 ? (
          'You skipped it.'
        ) : (
          <>
            You said <b>{ask.options[given]}</b>.
          </>
        )}{' '}
        {right ? (
          <b class="good">✓ So it is.</b>
        ) : (
          <>
            In {side.label} it is <b>{ask.options[ask.answer]}</b>.
          </>
        )}
      </p>
      <p>{ask.why}</p>
      {checked === true ? <p class="dim">The run itself was checked for this.</p> : null}
    </div>
  )
}
