/** The list of events: only the rows in sight are in the page. In a comparison, both runs with gaps between. */
import { computed, signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { formatTime } from '../kernel/time.ts'
import { eventWords, shortNode } from '../report/page/event-words.ts'
import type { Level } from '../report/page/moments.ts'
import {
  active,
  bookmarks,
  comparison,
  eventOf,
  goEvent,
  goRow,
  isBoth,
  lastAllowed,
  lastRow,
  level,
  main,
  rows,
  search,
  searchFrom,
  sides,
} from './store.ts'

const ROW_PX = 26
const HEIGHT_PX = 390

const scrolled = signal(0)

/** Events of the main side at the chosen level, ascending. */
const listed = computed<readonly number[]>(() => {
  const side = main.value
  if (side === undefined) return []
  const found: number[] = []
  const last = lastAllowed(side.run)
  for (let at = 0; at <= last; at++) if (side.run.levels[at]! >= level.value) found.push(at)
  return found
})

const LEVELS: readonly (readonly [Level, string])[] = [
  [3, 'the story'],
  [2, 'what changes'],
  [1, 'every event'],
]

export function EventList() {
  const side = main.value!
  const box = useRef<HTMLDivElement>(null)
  const both = isBoth.value
  const count = both ? lastRow.value + 1 : listed.value.length
  const here = both ? rows.value[active.value] : lastAtOrBefore(listed.value, eventOf(side))
  const shownRow = useRef(-1)
  const isSettling = useRef(false)
  // Another row comes into sight; a list that the reader has scrolled stays where it is.
  const top = shownRow.current === here ? scrolled.value : topWith(here, count, scrolled.value)
  useLayoutEffect(() => {
    shownRow.current = here
    if (top === scrolled.peek()) return
    scrolled.value = top
    // Scrolling asks for the layout, and so does asking where the list is scrolled to: once all of the page is drawn.
    isSettling.current = true
    requestAnimationFrame(() => {
      if (box.current !== null) box.current.scrollTop = scrolled.peek()
      isSettling.current = false
    })
  }, [here, top])
  const from = Math.max(0, Math.floor(top / ROW_PX) - 6)
  const to = Math.min(count, from + Math.ceil(HEIGHT_PX / ROW_PX) + 12)
  const indices = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  return (
    <section class="events" aria-label="Events">
      <div class="bar">
        <h2>Events</h2>
        {both ? null : (
          <select
            aria-label="Which events"
            value={String(level.value)}
            onChange={(change) => {
              level.value = Number(change.currentTarget.value) as Level
            }}
          >
            {LEVELS.map(([value, words]) => (
              <option key={value} value={String(value)}>
                {words}
              </option>
            ))}
          </select>
        )}
        <span class="dim">{count}</span>
        <input
          id="search"
          type="search"
          placeholder="search"
          aria-label="Search events"
          value={search.value}
          onInput={(input) => {
            search.value = input.currentTarget.value
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') searchFrom(event.shiftKey ? -1 : 1, (at) => eventWords(side.run.events[at]!))
          }}
        />
      </div>
      <div
        ref={box}
        class="list"
        role="grid"
        aria-rowcount={count}
        aria-label="Events"
        tabIndex={0}
        onScroll={(event) => {
          if (!isSettling.current) scrolled.value = event.currentTarget.scrollTop
        }}
      >
        <div role="presentation" style={{ height: `${count * ROW_PX}px`, position: 'relative' }}>
          {indices.map((index) =>
            both ? (
              <PairRow key={index} index={index} here={index === here} />
            ) : (
              <EventRow key={index} index={index} at={listed.value[index]!} here={index === here} />
            ),
          )}
        </div>
      </div>
    </section>
  )
}

/** Where the list has to be scrolled to so that a row is in sight: as it is, or with the row in the middle. */
function topWith(row: number, count: number, top: number): number {
  const at = row * ROW_PX
  if (at >= top && at <= top + HEIGHT_PX - 2 * ROW_PX) return top
  return Math.max(0, Math.min(at - HEIGHT_PX / 2, count * ROW_PX - HEIGHT_PX))
}

function lastAtOrBefore(list: readonly number[], event: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]! <= event) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

const place = (index: number) => ({ position: 'absolute', top: `${index * ROW_PX}px`, height: `${ROW_PX}px` }) as const

function EventRow({ index, at, here }: { readonly index: number; readonly at: number; readonly here: boolean }) {
  const { run } = main.value!
  const event = run.events[at]!
  const broken = run.breaksAt(at).length > 0
  const words = eventWords(event)
  const hit = search.value !== '' && words.toLowerCase().includes(search.value.toLowerCase())
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      class={`event ${here ? 'here' : ''} ${event.s === undefined ? '' : 'step'} ${broken ? 'breaks' : ''} ${hit ? 'hit' : ''}`}
      style={place(index)}
    >
      <button
        type="button"
        role="gridcell"
        aria-current={here ? 'true' : undefined}
        tabIndex={here ? 0 : -1}
        onClick={() => goEvent(at)}
        title={words}
      >
        <span class="number">{at}</span>
        <span class="time">{formatTime(event.t)}</span>
        <span class="glyph">
          {event.s !== undefined ? '>' : broken ? '✗' : bookmarks.value.includes(at) ? '★' : ''}
        </span>
        <span class="words">{words}</span>
      </button>
    </div>
  )
}

const KIND_GLYPHS = { same: '=', other: '≠', only: '◁', moved: '~' } as const

function PairRow({ index, here }: { readonly index: number; readonly here: boolean }) {
  const pair = comparison.value!.pairs[index]!
  const first = comparison.value!.divergence?.at === index
  const words = (which: 'left' | 'right'): string => {
    const row = pair[which]
    return row === null ? '' : `${row.node === '' ? '' : `${shortNode(row.node)} `}${row.words}`
  }
  const isUntold = (which: 'left' | 'right'): boolean =>
    (pair[which]?.event ?? -1) > lastAllowed(sides.value[which === 'left' ? 0 : 1]!.run)
  const half = (which: 'left' | 'right') => {
    const { label } = sides.value[which === 'left' ? 0 : 1]!
    if (isUntold(which)) return <span class="gap">– after the question –</span>
    if (pair[which] === null) return <span class="gap">– nothing like it in {label} –</span>
    return <span class="words">{words(which)}</span>
  }
  const told = (which: 'left' | 'right'): string => (isUntold(which) ? '' : words(which))
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      class={`event pair ${here ? 'here' : ''} ${pair.kind} ${first ? 'first' : ''}`}
      style={place(index)}
    >
      <button
        type="button"
        role="gridcell"
        aria-current={here ? 'true' : undefined}
        tabIndex={here ? 0 : -1}
        onClick={() => goRow(index)}
        title={`A: ${told('left')}\nB: ${told('right')}`}
      >
        {half('left')}
        <span class="glyph">
          {first ? '▶' : pair.kind === 'only' && pair.left === null ? '▷' : KIND_GLYPHS[pair.kind]}
        </span>
        {half('right')}
      </button>
    </div>
  )
}
