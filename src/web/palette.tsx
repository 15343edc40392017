/** Every command, chapter and bookmark by its name: type a few letters, choose, Enter. */
import { useSignal } from '@preact/signals'
import { COMMANDS, keyWords } from './commands.ts'
import { bookmarks, chaptersAt, dialog, goEvent, main } from './store.ts'

interface Entry {
  readonly words: string
  readonly keys: string
  readonly run: () => void
}

function entries(): Entry[] {
  const { run } = main.value!
  const chapters = chaptersAt(run).map(({ index, event }): Entry => {
    const title = run.header.plan.chapters?.[index]?.title ?? ''
    return { words: `chapter ${index + 1}: ${title}`, keys: '', run: () => goEvent(event) }
  })
  const marked = bookmarks.value.map(
    (event): Entry => ({ words: `bookmark at event ${event}`, keys: '', run: () => goEvent(event) }),
  )
  const commands = COMMANDS.map(
    ({ keys, words, run: act }): Entry => ({
      words,
      keys: keys.map(keyWords).join(' '),
      run: act,
    }),
  )
  return [...commands, ...chapters, ...marked]
}

/** Every typed word is somewhere in the entry. */
const matches = ({ words }: Entry, typed: string): boolean =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.toLowerCase().includes(part))

export function Palette() {
  const typed = useSignal('')
  const chosen = useSignal(0)
  const found = entries().filter((entry) => matches(entry, typed.value))
  const at = Math.min(chosen.value, found.length - 1)
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    // First closed: a command may open another dialog.
    dialog.value = 'none'
    entry.run()
  }
  const move = (by: number): void => {
    chosen.value = Math.max(0, Math.min(found.length - 1, at + by))
    document.getElementById(`command-${chosen.value}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <>
      <h2>Commands</h2>
      <input
        class="wide"
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={at < 0 ? undefined : `command-${at}`}
        placeholder="type a few letters"
        value={typed.value}
        onInput={(input) => {
          typed.value = input.currentTarget.value
          chosen.value = 0
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            move(event.key === 'ArrowDown' ? 1 : -1)
          } else if (event.key === 'Enter') {
            event.preventDefault()
            choose(found[at])
          }
        }}
      />
      <div id="commands" class="palette" role="listbox" aria-label="Commands">
        {found.map((entry, i) => (
          <div
            key={entry.words}
            id={`command-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onClick={() => choose(entry)}
          >
            <span>{entry.words}</span> <kbd hidden={entry.keys === ''}>{entry.keys}</kbd>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p>No command has these letters.</p> : null}
    </>
  )
}
