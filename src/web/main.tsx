/** The page starts: reads the runs that are in it, and draws. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { TraceText } from '../driver/trace.ts'
import { splitTopicPartition } from '../kafka/ids.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import type { PageComparison } from '../report/page/comparison-data.ts'
import { PageRun } from '../report/page/page-run.ts'
import { logPath } from '../report/page/view-state.ts'
import { App } from './app.tsx'
import { linkHere, onKey } from './commands.ts'
import { blocks } from './decode.ts'
import type { Side, View } from './store.ts'
import {
  answers,
  comparison,
  eventOf,
  events,
  goEvent,
  lastAllowed,
  lecture,
  main,
  partition,
  playing,
  playUntil,
  printing,
  readFurther,
  showView,
  sides,
  speed,
  step,
  theme,
  view,
} from './store.ts'
import './style.css'

/** Events that are read before anything is drawn. */
const READ_FIRST = 2_000

/** How long the page reads on before it lets the browser draw, in ms. */
const SLICE_MS = 12

/** Reads what is left of the runs, a slice at a time. */
function readOn(): void {
  const runs = sides.value.map(({ run }) => run).filter(({ isWhole }) => !isWhole)
  if (runs.length === 0) return
  const slice = (): void => {
    const until = performance.now() + SLICE_MS
    for (const run of runs) while (!run.isWhole && performance.now() < until) run.readOn()
    if (runs.some(({ isWhole }) => !isWhole)) setTimeout(slice)
    else readFurther()
  }
  setTimeout(slice)
}

/** The first partition of a topic of clients that gets records, else the first one. */
function openingPartition({ partitions, changes, header }: PageRun): string {
  const of = partitions.filter((name) => !isInternalTopic(splitTopicPartition(name).topic))
  const written = of.find((name) => header.plan.brokers.some(({ id }) => changes.has(logPath(name, id))))
  return written ?? of[0] ?? partitions[0] ?? ''
}

async function readSides(): Promise<Side[]> {
  if (typeof DecompressionStream === 'undefined')
    throw new Error('This browser is too old for the page: it cannot unpack it.')
  const texts = await blocks('run')
  if (texts.length === 0) throw new Error('There is no run in this page.')
  return texts.map((text, index) => {
    const run = new PageRun(new TraceText(text))
    run.readTo(READ_FIRST)
    if (run.changes.size === 0) throw new Error('The trace in this page was written without what a page shows.')
    return { name: index === 0 ? 'A' : 'B', label: `Kafka ${run.header.kafka}`, run }
  })
}

/** Where the story gets going: its first chapter, else its first step if it comes soon, else its first event. */
function openingEvent(run: PageRun): number {
  const chapter = run.footer?.chapters?.[0]
  if (chapter !== undefined) return chapter
  const first = run.moments.find(({ kind }) => kind === 'fault')?.event
  return first ?? 0
}

const isView = (text: string | null): text is View => text === 'A' || text === 'B' || text === 'both'

/** The fragment says where to begin: `#e=412&v=both`. What cannot be read is left alone. */
function openFragment(): void {
  const asked = new URLSearchParams(location.hash.slice(1))
  const wanted = asked.get('v')
  if (isView(wanted) && (wanted === 'A' || sides.value.length === 2)) showView(wanted)
  const event = Number(asked.get('e'))
  if (asked.has('e') && Number.isInteger(event)) goEvent(event)
}

function play(): void {
  let timer = 0
  effect(() => {
    clearInterval(timer)
    if (!playing.value) {
      playUntil.value = null
      return
    }
    timer = window.setInterval(() => {
      const side = main.peek()
      const before = events.peek()
      step(1)
      const target = playUntil.peek()
      const arrived = side !== undefined && target !== null && eventOf(side) >= target
      if (arrived) goEvent(target)
      const now = events.peek()
      const stopped = arrived || (now[0] === before[0] && now[1] === before[1])
      const broke = now.some((event) => (side?.run.breaksAt(event).length ?? 0) > 0)
      if (stopped || broke) playing.value = false
    }, 1000 / speed.value)
  })
}

/** On paper the page is a film strip. Dialogs of browsers and tools that print without one tell it differently. */
function followPrinting(): void {
  const media = matchMedia('print')
  const look = (): void => {
    printing.value = media.matches
  }
  media.addEventListener('change', look)
  addEventListener('beforeprint', () => {
    printing.value = true
  })
  addEventListener('afterprint', () => {
    printing.value = false
  })
  look()
}

/** Answers stay in this browser, under the title of the lesson. */
function keepAnswers(run: PageRun): void {
  const key = `highwater answers ${run.header.plan.title}`
  try {
    answers.value = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Record<number, number>
    effect(() => sessionStorage.setItem(key, JSON.stringify(answers.value)))
  } catch {
    // A browser that keeps nothing for files shows the questions again.
  }
}

/** How long the address waits for the reader to stay at an event, in ms: browsers let it change only so often. */
const ADDRESS_MS = 200

function keepAddress(): void {
  let timer = 0
  effect(() => {
    const link = linkHere()
    clearTimeout(timer)
    timer = window.setTimeout(() => {
      try {
        history.replaceState(null, '', link)
      } catch {
        // Some viewers of files keep the address to themselves.
      }
    }, ADDRESS_MS)
  })
}

async function start(): Promise<void> {
  const page = document.getElementById('page')!
  try {
    const read = await readSides()
    const compared = (await blocks('comparison'))[0]
    comparison.value = compared === undefined ? null : (JSON.parse(compared) as PageComparison)
    const named = comparison.value
    sides.value = named === null ? read : read.map((side, i) => ({ ...side, label: sideLabel(named, i, side.label) }))
    const { run } = read[0]!
    partition.value = openingPartition(run)
    if ((run.header.plan.chapters ?? []).length > 0) keepAnswers(run)
    if (read.length === 2 && comparison.value !== null) {
      view.value = 'both'
      goEvent(openingEvent(run), 0)
    } else goEvent(Math.min(openingEvent(run), lastAllowed(run)), 0)
    openFragment()
    page.replaceChildren()
    render(<App />, page)
    addEventListener('keydown', onKey)
    effect(() => {
      const root = document.documentElement
      // Paper is light.
      const wanted = printing.value ? 'light' : theme.value
      if (wanted === 'auto') delete root.dataset.theme
      else root.dataset.theme = wanted
      root.classList.toggle('lecture', lecture.value)
    })
    keepAddress()
    play()
    followPrinting()
    readOn()
    document.documentElement.dataset.ready = 'yes'
  } catch (error) {
    const words = document.createElement('p')
    words.className = 'broken'
    words.textContent = error instanceof Error ? error.message : String(error)
    page.prepend(words)
    document.documentElement.dataset.ready = 'no'
  }
}

/** Versions are said as such; values of a setting with it. */
const sideLabel = ({ labels, varied }: PageComparison, index: number, kafka: string): string =>
  varied === null ? kafka : `${kafka}, ${varied}=${labels[index]}`

void start()
