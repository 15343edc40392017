/** The whole run in one line: how much happens where, faults and breaks, and where the reader is. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Moment } from '../report/page/moments.ts'
import type { PageRun } from '../report/page/page-run.ts'
import { isDark } from './commands.ts'
import { Preview } from './preview.tsx'
import { pageWidth } from './size.ts'
import {
  active,
  comparison,
  eventOf,
  goEvent,
  goRow,
  isBoth,
  jump,
  jumpToDivergence,
  lastAllowed,
  lockstep,
  main,
  nextChapter,
  playing,
  rows,
  sideIndex,
  speed,
  step,
  theme,
} from './store.ts'

const HEIGHT = 34

/** Events in each pixel, twice: all of them, and those of the story. */
function bins(run: PageRun, width: number): { readonly all: Uint32Array; readonly story: Uint32Array } {
  const all = new Uint32Array(width)
  const story = new Uint32Array(width)
  const scale = width / Math.max(1, run.length)
  for (let at = 0; at < run.length; at++) {
    const bin = Math.min(width - 1, Math.floor(at * scale))
    all[bin]! += run.levels[at]! >= 2 ? 1 : 0
    story[bin]! += run.levels[at]! >= 3 ? 1 : 0
  }
  return { all, story }
}

const ORDER: readonly Moment['kind'][] = ['election', 'truncation', 'fault', 'break', 'chapter']

export function Scrubber() {
  const side = main.value!
  const canvas = useRef<HTMLCanvasElement>(null)
  const { run } = side
  const dark = theme.value === 'dark' || isDark()
  const width = Math.max(200, pageWidth.value - 32)
  // A question holds what comes after it: neither marks nor a look ahead give it away.
  const last = lastAllowed(run)
  const hovered = useSignal<{ readonly at: number; readonly leftPx: number } | null>(null)
  const hover = (pointer: PointerEvent, element: HTMLElement): void => {
    if (pointer.pointerType !== 'mouse') return
    const { left, width: wide } = element.getBoundingClientRect()
    const share = Math.max(0, Math.min(1, (pointer.clientX - left) / wide))
    const at = Math.round(share * (run.length - 1))
    if (at <= last) run.readTo(at)
    hovered.value = at > last ? null : { at, leftPx: pointer.clientX }
  }
  useEffect(() => {
    const element = canvas.current
    const pen = element?.getContext('2d')
    if (element === null || pen === null || pen === undefined) return
    element.width = width * devicePixelRatio
    element.height = HEIGHT * devicePixelRatio
    pen.scale(devicePixelRatio, devicePixelRatio)
    const { all, story } = bins(run, width)
    const most = Math.max(1, ...all)
    pen.fillStyle = dark ? '#555' : '#bbb'
    for (let bin = 0; bin < width; bin++) {
      const height = (all[bin]! / most) * (HEIGHT - 14)
      if (height > 0) pen.fillRect(bin, HEIGHT - Math.max(1, height), 1, Math.max(1, height))
    }
    pen.fillStyle = dark ? '#56B4E9' : '#0072B2'
    for (let bin = 0; bin < width; bin++) if (story[bin]! > 0) pen.fillRect(bin, HEIGHT - 3, 1, 3)
    pen.font = '700 12px system-ui, sans-serif'
    pen.textAlign = 'center'
    const ends = new Map<string, number>()
    const told = run.moments.filter(({ event, kind }) => event <= last || kind === 'chapter')
    for (const moment of told.sort((a, b) => ORDER.indexOf(b.kind) - ORDER.indexOf(a.kind))) {
      const at = (moment.event / Math.max(1, run.length - 1)) * (width - 1)
      const row = moment.kind === 'chapter' || moment.kind === 'break' ? 'top' : 'middle'
      const near = `${row} ${Math.round(at / 9)}`
      if (ends.has(near)) continue
      ends.set(near, at)
      pen.fillStyle = moment.kind === 'break' ? (dark ? '#ff8a4d' : '#b34700') : dark ? '#eee' : '#111'
      pen.fillText(moment.glyph, Math.max(6, Math.min(width - 6, at)), row === 'top' ? 11 : 24)
    }
  }, [side, width, dark, last])
  const at = eventOf(side)
  const both = isBoth.value
  const pairs = comparison.value?.pairs.length ?? 0
  const locked = last < run.length - 1
  return (
    <footer class="scrubber">
      {hovered.value === null ? null : <Preview side={side} at={hovered.value.at} leftPx={hovered.value.leftPx} />}
      <div
        class="overview"
        onPointerMove={(pointer) => hover(pointer, pointer.currentTarget)}
        onPointerLeave={() => {
          hovered.value = null
        }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${run.moments.length} moments: faults, elections, truncations, broken properties`}
        />
        <input
          type="range"
          aria-label={both ? `Row of the comparison, side ${side.name}` : 'Event'}
          aria-valuetext={both ? `row ${rows.value[active.value]} of ${pairs}` : `event ${at} of ${run.length - 1}`}
          min={0}
          max={run.length - 1}
          value={at}
          data-arrows="own"
          onInput={(input) => goEvent(Number(input.currentTarget.value), sideIndex(side))}
        />
      </div>
      <div class="controls">
        <button type="button" aria-label="First event" onClick={() => goEvent(0)}>
          |‹
        </button>
        <button
          type="button"
          aria-label="Previous fault, election or truncation"
          onClick={() => jump(-1, ['fault', 'election', 'truncation'])}
        >
          [
        </button>
        <button
          type="button"
          aria-label="Step back"
          onClick={() => (both ? goRow(rows.value[active.value] - 1) : step(-1))}
        >
          ‹
        </button>
        <button
          type="button"
          class="play"
          aria-label={playing.value ? 'Pause' : 'Play'}
          onClick={() => {
            playing.value = !playing.value
          }}
        >
          {playing.value ? '❚❚' : '▶'}
        </button>
        <button type="button" aria-label="Step" onClick={() => (both ? goRow(rows.value[active.value] + 1) : step(1))}>
          ›
        </button>
        <button
          type="button"
          aria-label="Next fault, election or truncation"
          onClick={() => jump(1, ['fault', 'election', 'truncation'])}
        >
          ]
        </button>
        <button type="button" aria-label="Last event" onClick={() => goEvent(run.length - 1)}>
          ›|
        </button>
        <span class="dim">{speed.value}/s</span>
        {both ? (
          <>
            <button type="button" onClick={() => jumpToDivergence(-1)}>
              ⇧d ≠
            </button>
            <button type="button" onClick={() => jumpToDivergence(1)}>
              ≠ d
            </button>
            <label>
              <input
                type="checkbox"
                checked={lockstep.value}
                onChange={() => {
                  lockstep.value = !lockstep.value
                }}
              />{' '}
              lockstep
            </label>
          </>
        ) : null}
        {(run.header.plan.chapters ?? []).length > 0 ? (
          <>
            <button type="button" onClick={() => nextChapter(-1)}>
              ‹ chapter
            </button>
            <button type="button" onClick={() => nextChapter(1)}>
              chapter ›
            </button>
          </>
        ) : null}
        <span class="where">
          event {at} of {run.length - 1}
          {locked ? ' · a question waits' : ''}
          {run.isWhole ? '' : ' · the rest is being read'}
        </span>
        <span class="dim legend">{'! ^ // faults · E election · x cut · ✗ broken'}</span>
      </div>
    </footer>
  )
}
