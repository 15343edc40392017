/** `--verify`: the same run a second time in a fresh process, held against the first event by event. */
import { canonical, digestText, emptyDigest, foldText } from '../kernel/fingerprint.ts'
import type { StepReport } from '../world/context.ts'
import { eventKey } from '../world/world.ts'
import type { Io } from './io.ts'
import type { Bug, Job, JobResult } from './job.ts'
import { doJob } from './job.ts'
import { startWorker } from './pool.ts'
import type { Answer, Request } from './worker.ts'

export type EventLines = readonly string[]

export type VerifyEnd =
  | { readonly ok: true; readonly digest: string; readonly history: string }
  | { readonly ok: false; readonly bug: Bug }

/** Everything that one event was and did, as one line of text. */
export const eventLine = (index: number, { event, facts, draws, completed }: StepReport): string =>
  canonical({
    index,
    atUs: event.atUs,
    id: event.id,
    key: eventKey(event),
    rule: event.rule,
    cause: event.cause,
    body: event.body,
    draws,
    completed,
    facts: facts.map(({ node, fact }) => ({ node, fact })),
  })

/** The first place at which two runs part; null on either side: that run had ended, or nothing was kept of it. */
export interface RunDifference {
  readonly index: number
  readonly first: string | null
  readonly second: string | null
}

/** Fingerprints of the events of a first run, against which the lines of a second are held as they come. */
export class EventPrints {
  #prints: string[] = []
  #compared = 0

  add(line: string): void {
    this.#prints.push(printOf(line))
  }

  /** The first line that is not the one of the first run, with its index. */
  compare(lines: EventLines): { readonly index: number; readonly line: string } | null {
    for (const line of lines) {
      const index = this.#compared
      if (this.#prints[index] !== printOf(line)) return { index, line }
      this.#compared += 1
    }
    return null
  }

  /** The second run has ended: the index of the first event it lacks; null when it lacks none. */
  missing(): number | null {
    return this.#compared < this.#prints.length ? this.#compared : null
  }
}

function printOf(line: string): string {
  const digest = emptyDigest()
  foldText(digest, line)
  return digestText(digest)
}

export type Verified =
  | { readonly result: JobResult; readonly difference: null }
  | { readonly result: JobResult; readonly difference: RunDifference }

/** Runs a job twice. `tell` hears between slices how far the first run has come. */
export async function runTwice(job: Job, io: Io, onSlice: (atUs: number) => void): Promise<Verified> {
  const prints = new EventPrints()
  const result = await doJob(job, {
    interrupted: io.interrupted,
    onSlice: (world) => onSlice(world.nowUs),
    onEvent: (world, report) => prints.add(eventLine(world.index - 1, report)),
  })
  if (!result.ok || io.interrupted.aborted) return { result, difference: null }
  const second =
    io.workerFile === null ? await again(job, prints) : await inFreshProcess(io.workerFile, job, prints, io)
  if (second === null) return { result, difference: null }
  if ('digest' in second) {
    const { digest, history } = result.view
    if (second.digest === digest && second.history === history) return { result, difference: null }
    const words = (a: string, b: string): string => `digest ${a}, history ${b}`
    return {
      result,
      difference: {
        index: result.view.events,
        first: words(digest, history),
        second: words(second.digest, second.history),
      },
    }
  }
  return { result, difference: { ...second, first: await lineAt(job, second.index) } }
}

type Second =
  | { readonly digest: string; readonly history: string }
  | { readonly index: number; readonly second: string | null }
  | null

/** The second run in this process: where there is no other. */
async function again(job: Job, prints: EventPrints): Promise<Second> {
  let parted: { index: number; line: string } | null = null
  const result = await doJob(job, {
    onEvent: (world, report) => {
      parted ??= prints.compare([eventLine(world.index - 1, report)])
    },
  })
  const found = parted as { index: number; line: string } | null
  if (found !== null) return { index: found.index, second: found.line }
  return ended(
    prints,
    result.ok ? { ok: true, digest: result.view.digest, history: result.view.history } : { ok: false, bug: result.bug },
  )
}

function ended(prints: EventPrints, end: VerifyEnd): Second {
  const missing = prints.missing()
  if (!end.ok) return { index: missing ?? 0, second: `the run threw: ${end.bug.message}` }
  if (missing !== null) return { index: missing, second: null }
  return { digest: end.digest, history: end.history }
}

function inFreshProcess(file: string, job: Job, prints: EventPrints, io: Io): Promise<Second> {
  return new Promise((resolve) => {
    const worker = startWorker(file)
    let settled = false
    const settle = (second: Second): void => {
      if (settled) return
      settled = true
      io.interrupted.removeEventListener('abort', stop)
      worker.kill('SIGKILL')
      resolve(second)
    }
    const stop = (): void => settle(null)
    io.interrupted.addEventListener('abort', stop)
    worker.on('message', (answer: Answer) => {
      if (answer.kind === 'lines') {
        const parted = prints.compare(answer.lines)
        if (parted !== null) settle({ index: parted.index, second: parted.line })
      } else if (answer.kind === 'verify') settle(ended(prints, answer.end))
    })
    worker.on('exit', (code, signal) =>
      settle({
        index: prints.missing() ?? 0,
        second: `the second process ended with ${signal ?? `exit code ${code}`}`,
      }),
    )
    worker.send({ id: 0, task: { kind: 'verify', job } } satisfies Request)
  })
}

/** The event of that index, run once more up to it. */
async function lineAt(job: Job, index: number): Promise<string | null> {
  const enough = new AbortController()
  let found: string | null = null
  await doJob(job, {
    interrupted: enough.signal,
    onEvent: (world, report) => {
      if (world.index - 1 !== index) return
      found = eventLine(index, report)
      enough.abort()
    },
  })
  return found
}
