/** The program of a further process: it does tasks that come as plain messages, one after another. */
import type { MutantResult } from '../campaign/mutant-run.ts'
import { runMutant } from '../campaign/mutant-run.ts'
import type { SeedResult } from '../campaign/seed-result.ts'
import type { Reached, ShrinkOptions, Shrunk } from '../campaign/shrink/shrink.ts'
import { shrink } from '../campaign/shrink/shrink.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import type { SeedsTask } from './campaign-task.ts'
import { doSeeds } from './campaign-task.ts'
import type { ConformResult } from './conform-task.ts'
import { conformText } from './conform-task.ts'
import type { Job, JobResult } from './job.ts'
import { doJob } from './job.ts'
import type { EventLines, VerifyEnd } from './verify.ts'
import { eventLine } from './verify.ts'

/** One planted bug, under seeds from `first` on. */
export interface MutantTask {
  readonly kind: 'mutant'
  readonly name: string
  readonly first: number
  readonly most: number
  readonly catches: number
}

export interface ShrinkTask {
  readonly kind: 'shrink'
  readonly document: ScenarioDocument
  readonly options: Pick<ShrinkOptions, 'origin' | 'signature'>
}

export type Task =
  | { readonly kind: 'run'; readonly job: Job }
  /** The same run once more, told event by event. */
  | { readonly kind: 'verify'; readonly job: Job }
  | { readonly kind: 'conform'; readonly file: string; readonly text: string; readonly pins: boolean }
  | SeedsTask
  | MutantTask
  | ShrinkTask

export interface Request {
  readonly id: number
  readonly task: Task
}

export type Answer =
  | { readonly id: number; readonly kind: 'run'; readonly result: JobResult }
  | { readonly id: number; readonly kind: 'conform'; readonly result: ConformResult }
  | { readonly id: number; readonly kind: 'lines'; readonly lines: EventLines }
  | { readonly id: number; readonly kind: 'verify'; readonly end: VerifyEnd }
  | { readonly id: number; readonly kind: 'mutant'; readonly result: MutantResult }
  | { readonly id: number; readonly kind: 'seeds'; readonly results: readonly SeedResult[] }
  | { readonly id: number; readonly kind: 'shrinking'; readonly reached: Reached }
  | { readonly id: number; readonly kind: 'shrunk'; readonly shrunk: Shrunk | null }

/** Waits until the parent's end has taken it, so that a fast run does not fill the memory. */
const send = (answer: Answer): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send!(answer, undefined, undefined, (error) => (error === null ? resolve() : reject(error)))
  })

/** Events told in one message. */
const BATCH = 500

async function verify(id: number, job: Job): Promise<void> {
  let lines: string[] = []
  let sent = Promise.resolve()
  const flush = (): void => {
    const batch = lines
    lines = []
    if (batch.length > 0) sent = sent.then(() => send({ id, kind: 'lines', lines: batch }))
  }
  const result = await doJob(job, {
    onEvent: (world, report) => {
      lines.push(eventLine(world.index - 1, report))
      if (lines.length >= BATCH) flush()
    },
  })
  flush()
  await sent
  await send({
    id,
    kind: 'verify',
    end: result.ok
      ? { ok: true, digest: result.view.digest, history: result.view.history }
      : { ok: false, bug: result.bug },
  })
}

async function answer({ id, task }: Request): Promise<void> {
  if (task.kind === 'run') await send({ id, kind: 'run', result: await doJob(task.job) })
  else if (task.kind === 'seeds') await send({ id, kind: 'seeds', results: doSeeds(task) })
  else if (task.kind === 'mutant') await send({ id, kind: 'mutant', result: runMutant(task.name, task) })
  else if (task.kind === 'shrink') {
    // Written at once: the event loop does not turn before the search is over.
    const onRun = (reached: Reached): void => void send({ id, kind: 'shrinking', reached })
    await send({ id, kind: 'shrunk', shrunk: shrink(task.document, { ...task.options, onRun }) })
  } else if (task.kind === 'conform')
    await send({ id, kind: 'conform', result: conformText(task.file, task.text, task.pins) })
  else await verify(id, task.job)
}

/** Ctrl-C goes to every process of the terminal: the parent decides when this one ends. */
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))

let queue = Promise.resolve()
process.on('message', (request: Request) => {
  queue = queue
    .then(() => answer(request))
    .catch((error: unknown) => {
      // The parent hears only that this process has ended.
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    })
})
