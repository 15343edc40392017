/** Help with every key and mark, going to an event, bookmarks, exports. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { eventWords } from '../report/page/event-words.ts'
import { chromeTrace, eventsCsv, mermaidSequence, shivizLog } from '../report/page/exports.ts'
import { COMMANDS, keyWords } from './commands.ts'
import { Palette } from './palette.tsx'
import { bookmarks, dialog, eventOf, ghostsShown, goEvent, keysOn, main, wholeRun, zoom } from './store.ts'
import { Until } from './until.tsx'

const DIALOG_WORDS: Readonly<Record<typeof dialog.value, string>> = {
  none: '',
  help: 'Keys and marks',
  export: 'Export',
  goto: 'Go to event',
  bookmarks: 'Bookmarks',
  palette: 'Commands',
  until: 'Run until',
}

export function Dialogs() {
  const box = useRef<HTMLDialogElement>(null)
  const open = dialog.value
  // Before the browser paints: what is typed right after the key that opened a dialog belongs to the dialog.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    if (open === 'none') element.close()
    else if (!element.open) {
      element.showModal()
      element.querySelector<HTMLElement>('input:not([type=checkbox])')?.focus()
    }
  }, [open])
  return (
    <dialog
      ref={box}
      aria-label={DIALOG_WORDS[open]}
      // Escape. Not the close event: it comes late, and would shut a dialog that was opened meanwhile.
      onCancel={() => {
        dialog.value = 'none'
      }}
    >
      <button
        type="button"
        class="close"
        aria-label="Close"
        onClick={() => {
          dialog.value = 'none'
        }}
      >
        ✕
      </button>
      {open === 'help' ? <Help /> : null}
      {open === 'goto' ? <GoTo /> : null}
      {open === 'bookmarks' ? <Bookmarks /> : null}
      {open === 'export' ? <Exports /> : null}
      {open === 'palette' ? <Palette /> : null}
      {open === 'until' ? <Until /> : null}
    </dialog>
  )
}

const MARKS: readonly (readonly [string, string])[] = [
  ['dashed border', 'not committed: at or above the high watermark of the leader'],
  ['✓ in the corner', 'a client was told that it is in'],
  ['small digit and tint', 'the leader epoch the record carries (since 0.11)'],
  ['struck through, @n', 'cut away by event n'],
  ['≠ and thick border', 'another replica has another record at this offset'],
  ['✗ X LOST', 'acknowledged, and not in the log of the last leader; where a copy is left is said'],
  ['◌ ● ⊘ in the corner', 'a record of a transaction that is open, committed or aborted, as this log tells'],
  ['commit, abort', 'the marker that ends a transaction: applications never see it'],
  ['▴ LSO', 'last stable offset: readers of committed transactions come no further'],
  ['▴ HW, LEO', 'high watermark and log end: they stand before the offset they name'],
  ['▴ b2 thinks b1 is at 2', 'what the leader believes of a follower: it can be old'],
  ['★', 'the leader the registry (or the metadata log) names'],
  ['hatched row', 'the process is down, paused or hangs'],
]

function Help() {
  return (
    <>
      <h2>Keys</h2>
      <label>
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={() => {
            keysOn.value = !keysOn.value
          }}
        />{' '}
        keys of one letter are on
      </label>
      <table class="plain keys">
        <tbody>
          {COMMANDS.map(({ keys, words }) => (
            <tr key={words}>
              <td>
                {keys.map((key) => (
                  <kbd key={key}>{keyWords(key)}</kbd>
                ))}
              </td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Marks</h2>
      <table class="plain">
        <tbody>
          {MARKS.map(([mark, words]) => (
            <tr key={mark}>
              <td>{mark}</td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label>
        <input
          type="checkbox"
          checked={ghostsShown.value}
          onChange={() => {
            ghostsShown.value = !ghostsShown.value
          }}
        />{' '}
        show cut records
      </label>
    </>
  )
}

function GoTo() {
  const side = main.value!
  return (
    <form
      onSubmit={(submit) => {
        submit.preventDefault()
        const asked = new FormData(submit.currentTarget).get('event')
        dialog.value = 'none'
        goEvent(Number(asked))
      }}
    >
      <h2>Go to event</h2>
      <label>
        Number, 0 to {side.run.length - 1}:{' '}
        <input name="event" type="number" min={0} max={side.run.length - 1} defaultValue={String(eventOf(side))} />
      </label>
      <button type="submit">Go</button>
    </form>
  )
}

function Bookmarks() {
  const { run } = main.value!
  return (
    <>
      <h2>Bookmarks</h2>
      {bookmarks.value.length === 0 ? <p>There are none: m sets one.</p> : null}
      <ul>
        {bookmarks.value.map((event) => (
          <li key={event}>
            <button
              type="button"
              onClick={() => {
                dialog.value = 'none'
                goEvent(event)
              }}
            >
              @{event}
            </button>{' '}
            {eventWords(run.events[event]!)}
          </li>
        ))}
      </ul>
    </>
  )
}

function save(name: string, text: string, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

function Exports() {
  const side = main.value!
  const { run } = side
  const name = (run.header.plan.source ?? 'run').replace(/.*\//, '').replace(/[^A-Za-z0-9._-]/g, '-')
  const from = Math.max(0, eventOf(side) - zoom.value * 10)
  return (
    <>
      <h2>Export</h2>
      <ul class="exports">
        <li>
          <button
            type="button"
            onClick={() => save(`${name}.perfetto.json`, chromeTrace(wholeRun(side)), 'application/json')}
          >
            Perfetto
          </button>{' '}
          the whole run for ui.perfetto.dev
        </li>
        <li>
          <button type="button" onClick={() => save(`${name}.shiviz.log`, shivizLog(wholeRun(side)), 'text/plain')}>
            ShiViz
          </button>{' '}
          events with vector clocks
        </li>
        <li>
          <button
            type="button"
            onClick={() => save(`${name}.mmd`, mermaidSequence(run, from, eventOf(side)), 'text/plain')}
          >
            Mermaid
          </button>{' '}
          a sequence diagram up to this event
        </li>
        <li>
          <button type="button" onClick={() => save(`${name}.csv`, eventsCsv(wholeRun(side)), 'text/csv')}>
            CSV
          </button>{' '}
          a line an event
        </li>
      </ul>
    </>
  )
}
