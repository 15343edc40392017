/** What the reader looks at: runs, cursors and views, as signals. Everything drawn is computed from these. */
import { batch, computed, signal } from '@preact/signals'
import type { PageComparison } from '../report/page/comparison-data.ts'
import type { Level, Moment } from '../report/page/moments.ts'
import type { PageRun } from '../report/page/page-run.ts'
import type { Traffic } from '../report/page/space-time-scene.ts'

export interface Side {
  readonly name: 'A' | 'B'
  readonly label: string
  readonly run: PageRun
}

export type View = 'both' | 'A' | 'B'

/** On a narrow screen: which column of a comparison is seen. */
export const narrowView = signal<View>('A')
export const sides = signal<readonly Side[]>([])
export const comparison = signal<PageComparison | null>(null)
export const view = signal<View>('A')
/** Event looked at, by side; -1: before the first. */
export const events = signal<readonly [number, number]>([0, 0])
/** Row of the comparison, by side: the same one in lockstep. */
export const rows = signal<readonly [number, number]>([0, 0])
export const lockstep = signal(true)
/** The side that keys move when it is the only one, or out of lockstep. */
export const active = signal<0 | 1>(0)
export const partition = signal('')
export const level = signal<Level>(3)
export const traffic = signal<readonly Traffic[]>(['clients', 'replication', 'control'])
export const zoom = signal(28)
export const playing = signal(false)
/** Event at which playing stops; null: at the end, or where a property breaks. */
export const playUntil = signal<number | null>(null)
/** The condition that was asked for last. */
export const untilText = signal('')
/** Steps a second. */
export const speed = signal(2)
export const search = signal('')
export const selectedPath = signal<string | null>(null)
export const ghostsShown = signal(true)
export const keysOn = signal(true)
export const cone = signal(false)
export const tab = signal<'partitions' | 'clients' | 'groups' | 'transactions' | 'verdicts' | 'metrics'>('verdicts')
export const dialog = signal<'none' | 'help' | 'export' | 'goto' | 'bookmarks' | 'palette' | 'until'>('none')
export const theme = signal<'auto' | 'light' | 'dark'>('auto')
export const lecture = signal(false)
export const said = signal('')
/** The page is on its way to paper. */
export const printing = signal(false)
export const bookmarks = signal<readonly number[]>([])
/** First column of the replica tables; null: the newest records. */
export const columnFrom = signal<number | null>(null)
/** Answers of the reader by chapter; -1: skipped. */
export const answers = signal<Readonly<Record<number, number>>>({})

export const shown = computed<readonly Side[]>(() => {
  const all = sides.value
  if (view.value === 'both') return all
  return all.filter(({ name }) => name === view.value)
})

export const isBoth = computed(() => view.value === 'both' && sides.value.length === 2)

/** The side whose events the list and the scrubber show. */
export const main = computed<Side | undefined>(() => {
  if (isBoth.value) return sides.value[active.value]
  return shown.value[0]
})

export const sideIndex = (side: Side): 0 | 1 => (side.name === 'A' ? 0 : 1)

export const eventOf = (side: Side): number => events.value[sideIndex(side)]

/** More of the runs is read: what was drawn of the whole of them is drawn again. */
export function readFurther(): void {
  sides.value = sides.value.map((side) => ({ ...side }))
}

/** The run of a side, read to its end: for what looks beyond the event at hand. */
export function wholeRun(side: Side): PageRun {
  if (!side.run.isWhole) {
    side.run.readAll()
    readFurther()
  }
  return side.run
}

// --- Chapters

interface ChapterAt {
  readonly index: number
  readonly event: number
}

export const chaptersAt = (run: PageRun): ChapterAt[] =>
  (run.footer?.chapters ?? []).map((event, index) => ({ index, event }))

/** The chapter an event lies in; -1: before the first. */
export function chapterOf(run: PageRun, event: number): number {
  let found = -1
  for (const chapter of chaptersAt(run)) if (chapter.event <= event) found = chapter.index
  return found
}

/** The furthest event the reader may see: a question that is not answered holds the run. */
export function lastAllowed(run: PageRun): number {
  for (const { index, event } of chaptersAt(run)) {
    if (run.header.plan.chapters?.[index]?.ask != null && answers.value[index] === undefined) return event
  }
  return run.length - 1
}

/** A question holds the run: what comes after it is not told yet, wherever it would stand. */
export const isHeld = (run: PageRun): boolean => lastAllowed(run) < run.length - 1

// --- Moving

const QUESTION_WAITS = 'Answer the question, or skip it, to go on.'

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

const eventAtRow = (row: number, index: 0 | 1): number => {
  const pairs = comparison.value?.pairs ?? []
  for (let at = Math.min(row, pairs.length - 1); at >= 0; at--) {
    const side = index === 0 ? pairs[at]!.left : pairs[at]!.right
    if (side !== null) return side.event
  }
  return -1
}

const rowAtEvent = (event: number, index: 0 | 1): number => {
  const pairs = comparison.value?.pairs ?? []
  let found = 0
  for (const [at, pair] of pairs.entries()) {
    const side = index === 0 ? pair.left : pair.right
    if (side !== null && side.event <= event) found = at
  }
  return found
}

/** The last row of a comparison that may be told: a question that is not answered holds both runs. */
export const lastRow = computed(() => {
  const last = (comparison.value?.pairs.length ?? 0) - 1
  const held = sides.value.filter(({ run }) => isHeld(run))
  return held.length === 0 ? last : Math.max(...held.map((side) => rowAtEvent(lastAllowed(side.run), sideIndex(side))))
})

/** Events that are read behind the one that is looked at, so that the diagram has what comes next. */
const READ_AHEAD = 1_000

/** An event as near to the wanted one as a question lets the reader go, and read. */
function withinLesson(index: 0 | 1, event: number): number {
  const run = sides.value[index]?.run
  if (run === undefined) return event
  const last = lastAllowed(run)
  if (event > last) said.value = QUESTION_WAITS
  const to = clamp(event, 0, Math.max(0, last))
  run.readTo(to + READ_AHEAD)
  return to
}

/** Brings one side to an event; in lockstep the other follows. */
export function goEvent(event: number, index: 0 | 1 = main.value === undefined ? 0 : sideIndex(main.value)): void {
  const to = withinLesson(index, event)
  batch(() => {
    if (isBoth.value && lockstep.value) {
      const row = rowAtEvent(to, index)
      const other = withinLesson(index === 0 ? 1 : 0, eventAtRow(row, index === 0 ? 1 : 0))
      rows.value = [row, row]
      events.value = index === 0 ? [to, other] : [other, to]
    } else if (index === 0) {
      rows.value = [rowAtEvent(to, 0), rows.value[1]]
      events.value = [to, events.value[1]]
    } else {
      rows.value = [rows.value[0], rowAtEvent(to, 1)]
      events.value = [events.value[0], to]
    }
    columnFrom.value = null
  })
}

/** Brings both sides (one, out of lockstep) to a row of the comparison. */
export function goRow(row: number): void {
  if (row > lastRow.value && sides.value.some(({ run }) => isHeld(run))) said.value = QUESTION_WAITS
  const to = clamp(row, 0, Math.max(0, lastRow.value))
  batch(() => {
    const indices: (0 | 1)[] = lockstep.value ? [0, 1] : [active.value]
    const nextRows: [number, number] = [...rows.value]
    const nextEvents: [number, number] = [...events.value]
    for (const index of indices) {
      nextRows[index] = to
      nextEvents[index] = withinLesson(index, Math.max(0, eventAtRow(to, index)))
    }
    rows.value = nextRows
    events.value = nextEvents
    columnFrom.value = null
  })
}

/** The next event of the level in a direction; the same one when there is none. */
function nextAtLevel(run: PageRun, from: number, direction: 1 | -1, wanted: Level): number {
  for (let at = from + direction; at >= 0 && at < run.length; at += direction) {
    if (run.levels[at]! >= wanted) return at
  }
  return from
}

/** A step in a direction: of one event, or to the next that matters as much as the chosen level. */
export function step(direction: 1 | -1, every = false): void {
  const side = main.value
  if (side === undefined) return
  if (isBoth.value && !every) goRow(rows.value[active.value] + direction)
  else if (every) goEvent(eventOf(side) + direction)
  else goEvent(nextAtLevel(wholeRun(side), eventOf(side), direction, level.value))
}

export function playTo(event: number): void {
  batch(() => {
    playUntil.value = event
    playing.value = true
  })
}

/** The next moment of some kinds in a direction. */
export function jump(direction: 1 | -1, kinds: readonly Moment['kind'][]): void {
  const side = main.value
  if (side === undefined) return
  const at = eventOf(side)
  const found = wholeRun(side).moments.filter(
    ({ event, kind }) => kinds.includes(kind) && (direction > 0 ? event > at : event < at),
  )
  const moment = direction > 0 ? found[0] : found.at(-1)
  if (moment === undefined) said.value = direction > 0 ? 'There is none further on.' : 'There is none before.'
  else goEvent(moment.event)
}

/** The next change of the selected value. */
export function jumpToChange(direction: 1 | -1): void {
  const side = main.value
  const path = selectedPath.value
  if (side === undefined || path === null) {
    said.value = 'Choose a value first: click a figure under a log, or a line of what changed.'
    return
  }
  const at = eventOf(side)
  const found = (wholeRun(side).changes.get(path) ?? []).filter((event) => (direction > 0 ? event > at : event < at))
  const event = direction > 0 ? found[0] : found.at(-1)
  if (event === undefined) said.value = `${path} does not change ${direction > 0 ? 'again' : 'before'}.`
  else goEvent(event)
}

export function jumpToDivergence(direction: 1 | -1): void {
  const pairs = comparison.value?.pairs
  if (pairs === undefined || !isBoth.value) return
  const at = rows.value[active.value]
  for (let row = at + direction; row >= 0 && row < pairs.length; row += direction) {
    if (pairs[row]!.kind === 'only' || pairs[row]!.kind === 'other') {
      goRow(row)
      return
    }
  }
  said.value = 'Both sides do the same from here.'
}

export function nextChapter(direction: 1 | -1): void {
  const side = main.value
  if (side === undefined) return
  const at = chapterOf(side.run, eventOf(side))
  const chapters = chaptersAt(side.run)
  const to = chapters[at + direction]
  if (to !== undefined) goEvent(to.event)
  else if (direction > 0) goEvent(side.run.length - 1)
  else goEvent(0)
}

export function showView(next: View): void {
  if (sides.value.length < 2 && next !== 'A') return
  batch(() => {
    view.value = next
    if (next === 'both') goEvent(events.value[active.value], active.value)
    else active.value = next === 'A' ? 0 : 1
  })
}

/** Events of the main side whose words hold the searched text. */
export function searchFrom(direction: 1 | -1, words: (index: number) => string): void {
  const side = main.value
  const text = search.value.toLowerCase()
  if (side === undefined || text === '') return
  const { length } = wholeRun(side)
  for (let at = eventOf(side) + direction; at >= 0 && at < length; at += direction) {
    if (words(at).toLowerCase().includes(text)) {
      goEvent(at)
      return
    }
  }
  said.value = `“${search.value}” is not found ${direction > 0 ? 'further on' : 'before'}.`
}
