/** A bar with the time left, on stderr of a terminal, for what takes more than two seconds. */
import { Presets, SingleBar } from 'cli-progress'
import type { Io } from './io.ts'

/** Shorter waits need no bar. */
const SHOWN_AFTER_MS = 2_000

const timeLeft = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`

export class Progress {
  readonly #io: Io
  readonly #label: string
  readonly #total: number
  readonly #startedMs: number
  #bar: SingleBar | null = null
  #done = false

  constructor(io: Io, label: string, total: number) {
    this.#io = io
    this.#label = label
    this.#total = total
    this.#startedMs = io.nowMs()
  }

  /** So much of the total is done; `words` stand behind the bar. */
  at(value: number, words: string): void {
    if (this.#done || !this.#io.stderr.isTTY) return
    if (this.#bar === null) {
      const elapsedMs = this.#io.nowMs() - this.#startedMs
      if (elapsedMs < SHOWN_AFTER_MS || value >= this.#total) return
      this.#bar = this.#begin()
    }
    this.#bar.update(Math.min(value, this.#total), { words })
  }

  #begin(): SingleBar {
    const format = `${this.#label} {bar} {percentage}%  {eta_formatted}  {words}`
    const stream = this.#io.stderr as unknown as NodeJS.WritableStream
    const options = {
      format,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      etaBuffer: 50,
      // Until something is done nobody knows how long the rest takes.
      formatTime: (seconds: number): string => (Number.isFinite(seconds) ? `${timeLeft(seconds)} left` : ''),
    }
    const bar = new SingleBar(options, Presets.shades_classic)
    bar.start(this.#total, 0, { words: '' })
    return bar
  }

  /** Takes the bar away, so that what comes next has its line. */
  clear(): void {
    this.#bar?.stop()
    this.#bar = null
  }

  stop(): void {
    this.clear()
    this.#done = true
  }
}
