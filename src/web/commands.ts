/** One table of commands: it feeds keys, palette and help. */
import { eventWords } from '../report/page/event-words.ts'
import {
  active,
  bookmarks,
  comparison,
  cone,
  dialog,
  eventOf,
  ghostsShown,
  goEvent,
  isBoth,
  jump,
  jumpToChange,
  jumpToDivergence,
  keysOn,
  lecture,
  lockstep,
  main,
  nextChapter,
  playing,
  said,
  search,
  searchFrom,
  showView,
  sides,
  speed,
  step,
  theme,
  view,
  zoom,
} from './store.ts'

export interface Command {
  readonly keys: readonly string[]
  readonly words: string
  readonly run: () => void
}

const wordsAt = (index: number): string => {
  const event = main.value?.run.events[index]
  return event === undefined ? '' : eventWords(event)
}

const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus()

/** The fragment that brings a reader to the same place of the same page. */
export function linkHere(): string {
  const side = main.value
  const parts = [`e=${side === undefined ? 0 : eventOf(side)}`, `v=${view.value}`]
  return `${location.href.replace(/#.*/, '')}#${parts.join('&')}`
}

export async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(linkHere())
    said.value = 'The link to this event is copied.'
  } catch {
    said.value = `The link to this event: ${linkHere()}`
  }
}

const cycleView = (): void => {
  if (sides.value.length < 2) return
  showView(view.value === 'both' ? 'A' : view.value === 'A' ? 'B' : 'both')
}

function toggleBookmark(): void {
  const side = main.value
  if (side === undefined) return
  const at = eventOf(side)
  const known = bookmarks.value.includes(at)
  bookmarks.value = known
    ? bookmarks.value.filter((each) => each !== at)
    : [...bookmarks.value, at].sort((a, b) => a - b)
  said.value = known ? `Bookmark at event ${at} removed.` : `Event ${at} is bookmarked.`
}

export const COMMANDS: readonly Command[] = [
  { keys: ['ArrowRight'], words: 'next event', run: () => step(1, true) },
  { keys: ['ArrowLeft'], words: 'previous event', run: () => step(-1, true) },
  { keys: ['ArrowDown', 'j'], words: 'next step of the chosen level', run: () => step(1) },
  { keys: ['ArrowUp', 'k'], words: 'previous step of the chosen level', run: () => step(-1) },
  { keys: ['PageDown', '.'], words: 'next chapter', run: () => nextChapter(1) },
  { keys: ['PageUp', ','], words: 'previous chapter', run: () => nextChapter(-1) },
  { keys: ['Home'], words: 'first event', run: () => goEvent(0) },
  { keys: ['End'], words: 'last event', run: () => goEvent((main.value?.run.length ?? 1) - 1) },
  {
    keys: [' '],
    words: 'play, pause',
    run: () => {
      playing.value = !playing.value
    },
  },
  {
    keys: ['+'],
    words: 'faster',
    run: () => {
      speed.value = Math.min(32, speed.value * 2)
    },
  },
  {
    keys: ['-'],
    words: 'slower',
    run: () => {
      speed.value = Math.max(0.5, speed.value / 2)
    },
  },
  {
    keys: ['Shift++', 'Shift+='],
    words: 'diagram: fewer events',
    run: () => {
      zoom.value = Math.max(8, Math.round(zoom.value / 1.5))
    },
  },
  {
    keys: ['Shift+_', 'Shift+-'],
    words: 'diagram: more events',
    run: () => {
      zoom.value = Math.min(120, Math.round(zoom.value * 1.5))
    },
  },
  { keys: [']'], words: 'next fault, election or truncation', run: () => jump(1, ['fault', 'election', 'truncation']) },
  {
    keys: ['['],
    words: 'previous fault, election or truncation',
    run: () => jump(-1, ['fault', 'election', 'truncation']),
  },
  { keys: ['}'], words: 'next change of the chosen value', run: () => jumpToChange(1) },
  { keys: ['{'], words: 'previous change of the chosen value', run: () => jumpToChange(-1) },
  { keys: ['!'], words: 'next broken property', run: () => jump(1, ['break']) },
  {
    keys: ['u'],
    words: 'run until a condition comes true',
    run: () => {
      dialog.value = 'until'
    },
  },
  { keys: ['d'], words: 'next difference of the two runs', run: () => jumpToDivergence(1) },
  { keys: ['Shift+D'], words: 'previous difference of the two runs', run: () => jumpToDivergence(-1) },
  { keys: ['v'], words: 'A only, B only, side by side', run: cycleView },
  {
    keys: ['l'],
    words: 'lockstep on, off',
    run: () => {
      if (comparison.value !== null) lockstep.value = !lockstep.value
    },
  },
  {
    keys: ['x'],
    words: 'out of lockstep: move the other side',
    run: () => {
      if (isBoth.value) active.value = active.value === 0 ? 1 : 0
    },
  },
  {
    keys: ['w'],
    words: 'why: light up what led to it',
    run: () => {
      cone.value = !cone.value
    },
  },
  {
    keys: ['o'],
    words: 'show, hide cut records',
    run: () => {
      ghostsShown.value = !ghostsShown.value
    },
  },
  {
    keys: ['g'],
    words: 'go to an event by number',
    run: () => {
      dialog.value = 'goto'
    },
  },
  { keys: ['/'], words: 'search events', run: () => focus('#search') },
  { keys: ['n'], words: 'next hit', run: () => searchFrom(1, wordsAt) },
  { keys: ['Shift+N'], words: 'previous hit', run: () => searchFrom(-1, wordsAt) },
  { keys: ['m'], words: 'bookmark this event', run: toggleBookmark },
  {
    keys: ['Shift+M'],
    words: 'list of bookmarks',
    run: () => {
      dialog.value = 'bookmarks'
    },
  },
  { keys: ['p'], words: 'to the question', run: () => focus('.question input') },
  {
    keys: ['f'],
    words: 'lecture: big type',
    run: () => {
      lecture.value = !lecture.value
    },
  },
  {
    keys: ['t'],
    words: 'light, dark',
    run: () => {
      theme.value = isDark() ? 'light' : 'dark'
    },
  },
  {
    keys: ['s'],
    words: 'copy a link to this event',
    run: () => {
      void copyLink()
    },
  },
  {
    keys: ['e'],
    words: 'export',
    run: () => {
      dialog.value = 'export'
    },
  },
  { keys: ['Shift+P'], words: 'print as a film strip', run: () => print() },
  {
    keys: ['Ctrl+K'],
    words: 'commands by name',
    run: () => {
      dialog.value = 'palette'
    },
  },
  {
    keys: ['?'],
    words: 'this list',
    run: () => {
      dialog.value = 'help'
    },
  },
  {
    keys: ['Escape'],
    words: 'close, clear the search',
    run: () => {
      dialog.value = 'none'
      playing.value = false
      search.value = ''
    },
  },
]

const KEY_WORDS: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

export const keyWords = (key: string): string => {
  const plain = key.replace(/^Shift\+(?=.$)/, '')
  const shown = KEY_WORDS[plain] ?? plain
  return key.startsWith('Shift+') ? `⇧ ${shown}` : shown
}
export const isDark = (): boolean =>
  theme.value === 'dark' || (theme.value === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)

const BY_KEY = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command] as const)))

/** Fields that take letters; boxes to tick and the scrubber take none. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement
    ? !/^(checkbox|radio|range)$/.test(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement

/** Keys that mean something to what has the focus keep their meaning there. */
function belongsToFocus(event: KeyboardEvent): boolean {
  const { target, key } = event
  if (!(target instanceof HTMLElement)) return false
  if (key === ' ' || key === 'Enter') return /^(BUTTON|A|SUMMARY|INPUT)$/.test(target.tagName)
  if (!key.startsWith('Arrow')) return false
  return target.closest('[data-arrows]') !== null || (target instanceof HTMLInputElement && target.type === 'radio')
}

export function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    if (dialog.value === 'none') BY_KEY.get('Ctrl+K')?.run()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { key } = event
  if (key !== 'Escape' && (isTyping(event.target) || belongsToFocus(event))) return
  if (dialog.value !== 'none' && key !== 'Escape') return
  if (!keysOn.value && key.length === 1) return
  const command = BY_KEY.get(event.shiftKey ? `Shift+${key}` : key) ?? BY_KEY.get(key)
  if (command === undefined) return
  event.preventDefault()
  command.run()
}
