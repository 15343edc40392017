/** One recording from its plain data to its report. */
import type { RunResult } from '../driver/simulate.ts'
import { simulate } from '../driver/simulate.ts'
import { RandomStreams } from '../kernel/random.ts'
import { countsByName } from '../kernel/tally.ts'
import type { PinNote } from './check.ts'
import type { RecordingReport } from './compare.ts'
import { compareRun, notModelledReport } from './compare.ts'
import { compileRecording } from './compile.ts'
import { RECORDER_STREAM } from './queued.ts'
import type { Recording } from './recording.ts'

interface ConformOptions {
  /** Choose the draws of races so that they come out as recorded. */
  readonly pins: boolean
  /**
   * How many further choices of draws are tried where the pins that a recording gives leave a difference: other phases
   * of timers, other back-offs. Default 200.
   */
  readonly tries?: number
  /** The seed of the replay. */
  readonly seed?: string
}

const TRIES = 200

/** Events and records of all tries together: a recording of a heavy load gets fewer. */
const MOST_EFFORT = 1_000_000
const effort = ({ events, world }: RunResult): number => events + Object.keys(world.ledger.sent).length

interface Tried {
  readonly report: RecordingReport
  readonly result: RunResult | null
}

function replay(recording: Recording, { pins, seed }: ConformOptions, chosen: readonly PinNote[]): Tried {
  const compiled = compileRecording(recording, { pins, chosen, ...(seed === undefined ? {} : { seed }) })
  if (!compiled.ok) return { report: notModelledReport(recording, compiled.notModelled), result: null }
  const result = simulate(compiled.plan, { properties: [], digest: false })
  return { report: compareRun(recording, compiled, result), result }
}

/** A point that was not reached weighs more than one that differs: everything at it is unknown. */
const score = (report: RecordingReport): number => report.differences.length + 2 * report.notReached

/**
 * Compiles, runs and compares. Where a race was decided otherwise than the recording shows, other legal draws are tried,
 * and those that give the recorded outcome are reported as pins. A recording that cannot be modelled is reported so.
 */
export function conform(recording: Recording, options: ConformOptions): RecordingReport {
  let best = replay(recording, options, [])
  if (!options.pins || best.result === null) return best.report
  let kept: readonly PinNote[] = []
  const attempt = (chosen: readonly PinNote[], atMost: number): void => {
    const tried = replay(recording, options, chosen)
    if (score(tried.report) > atMost) return
    best = tried
    kept = chosen
  }
  const better = (): number => score(best.report) - 1
  const each = Math.max(1, effort(best.result))
  const tries = Math.min(options.tries ?? TRIES, Math.floor(MOST_EFFORT / each))
  for (let n = 0; n <= tries && best.report.differences.length > 0; n++) {
    if (n > 0) attempt(redrawn(best.result!, kept, n), better())
    for (const pin of requestPins(best.report, kept)) attempt([...kept, pin], better())
  }
  // What was drawn again and did not matter is left to chance.
  for (const stream of new Set(kept.map((pin) => pin.stream))) {
    attempt(
      kept.filter((pin) => pin.stream !== stream),
      score(best.report),
    )
  }
  return best.report
}

/** Requests whose answer differs: each may have been handled as late as its answer allows. */
function requestPins(report: RecordingReport, kept: readonly PinNote[]): PinNote[] {
  const requests = new Set(report.differences.flatMap(({ request }) => (request === undefined ? [] : [request])))
  return [...requests]
    .map((request) => ({
      stream: `${RECORDER_STREAM}${request}`,
      index: 0,
      value: 1,
      why: 'its answer shows what came only after it was asked',
    }))
    .filter(({ stream }) => !kept.some((pin) => pin.stream === stream))
}

/** `session.reconnect` of `session.reconnect/broker-1`. */
const familyOf = (stream: string): string => stream.split('/')[0] ?? stream

/**
 * What was chosen so far, with other draws for the streams that the recording itself does not pin: in turn for one kind
 * of stream and for all of them.
 */
function redrawn(result: RunResult, kept: readonly PinNote[], n: number): PinNote[] {
  const random = new RandomStreams(`${result.plan.seed}/${n}`)
  const isChosen = (stream: string, index: number): boolean =>
    kept.some((pin) => pin.stream === stream && pin.index === index)
  const draws = countsByName(result.world.draws)
  const streams = Object.keys(draws).sort()
  const families = [...new Set(streams.map(familyOf))]
  const family = n % 2 === 0 ? null : families[((n - 1) / 2) % families.length]
  const again = streams
    .filter((stream) => family === null || familyOf(stream) === family)
    .flatMap((stream) => Array.from({ length: draws[stream]! + SPARE_DRAWS }, (_, index) => ({ stream, index })))
    .filter(({ stream, index }) => isChosen(stream, index) || result.plan.pins[`${stream}#${index}`] === undefined)
    .map(({ stream, index }) => ({
      stream,
      index,
      value: Math.floor(random.draw(stream, index) * 1000) / 1000,
      why: 'the recorded order comes out with these draws',
    }))
  const isAgain = (pin: PinNote): boolean =>
    again.some(({ stream, index }) => stream === pin.stream && index === pin.index)
  return [...kept.filter((pin) => !isAgain(pin)), ...again]
}

/** A run with other draws may take a few more of them. */
const SPARE_DRAWS = 4
