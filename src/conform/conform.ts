/** One recording from its plain data to its report. */
import type { RunResult } from '../driver/simulate.ts'
import { simulate } from '../driver/simulate.ts'
import { RandomStreams } from '../kernel/random.ts'
import type { PinNote } from './check.ts'
import type { RecordingReport } from './compare.ts'
import { compareRun, notModelledReport } from './compare.ts'
import { compileRecording, RECORDER_STREAM } from './compile.ts'
import type { Recording } from './recording.ts'

export interface ConformOptions {
  /** Choose the draws of races so that they come out as recorded. */
  readonly pins: boolean
  /**
   * How many further choices of draws are tried where the pins that a recording gives leave a difference: other phases
   * of timers, other back-offs. Default 40.
   */
  readonly tries?: number
}

const TRIES = 40

interface Tried {
  readonly report: RecordingReport
  readonly result: RunResult | null
}

function replay(recording: Recording, pins: boolean, chosen: readonly PinNote[]): Tried {
  const compiled = compileRecording(recording, { pins, chosen })
  if (!compiled.ok) return { report: notModelledReport(recording, compiled.notModelled), result: null }
  const result = simulate(compiled.plan, { properties: [], digest: false })
  return { report: compareRun(recording, compiled, result), result }
}

/** Fewer differences are better; of equal ones, the replay that came further. */
const isBetter = (a: RecordingReport, b: RecordingReport): boolean =>
  a.notReached < b.notReached || (a.notReached === b.notReached && a.differences.length < b.differences.length)

/**
 * Compiles, runs and compares. Where a race was decided otherwise than the recording shows, other legal draws are tried,
 * and those that give the recorded outcome are reported as pins. A recording that cannot be modelled is reported so.
 */
export function conform(recording: Recording, options: ConformOptions): RecordingReport {
  let best = replay(recording, options.pins, [])
  if (!options.pins || best.result === null || best.report.differences.length === 0) return best.report
  let kept: readonly PinNote[] = []
  const attempt = (more: readonly PinNote[]): void => {
    const tried = replay(recording, true, [...kept, ...more])
    if (!isBetter(tried.report, best.report)) return
    best = tried
    kept = [...kept, ...more]
  }
  for (const pin of requestPins(best.report)) attempt([pin])
  const held = kept
  for (let n = 1; n <= (options.tries ?? TRIES) && best.report.differences.length > 0; n++) {
    if (best.result === null) break
    kept = held
    const before = best
    attempt(otherDraws(best.result, n))
    if (best === before) continue
    for (const pin of requestPins(best.report)) attempt([pin])
  }
  return best.report
}

/** Requests whose answer differs: each may have been handled as late as its answer allows. */
const requestPins = (report: RecordingReport): PinNote[] =>
  [
    ...new Set(
      report.differences.flatMap((difference) => (difference.request === undefined ? [] : [difference.request])),
    ),
  ].map((request) => ({
    stream: `${RECORDER_STREAM}${request}`,
    index: 0,
    value: 1,
    why: 'its answer shows what came only after it was asked',
  }))

/** Another draw for each stream of a run that no pin decides. */
function otherDraws(result: RunResult, n: number): PinNote[] {
  const random = new RandomStreams(`${result.plan.seed}/${n}`)
  const { draws } = result.world
  return Object.keys(draws)
    .sort()
    .flatMap((stream) =>
      Array.from({ length: draws[stream]! + SPARE_DRAWS }, (_, index) => ({ stream, index }))
        .filter(({ index }) => result.plan.pins[`${stream}#${index}`] === undefined)
        .map(({ index }) => ({
          stream,
          index,
          value: Math.floor(random.draw(stream, index) * 1000) / 1000,
          why: `the recorded order comes out with these draws (try ${n})`,
        })),
    )
}

/** A run with other draws may take a few more of them. */
const SPARE_DRAWS = 4
