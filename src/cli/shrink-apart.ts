/** A search for a smaller scenario in a process of its own, so that this one hears Ctrl-C and keeps what has been found by then. */
import type { Reached, ShrinkOptions, Shrunk } from '../campaign/shrink/shrink.ts'
import { cutShort, MOST_RUNS, shrink } from '../campaign/shrink/shrink.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import type { Io } from './io.ts'
import { startWorker } from './pool.ts'
import { Progress } from './progress.ts'
import type { Answer, Request, ShrinkTask } from './worker.ts'

/**
 * The smallest failing document that there was time for; null when the given one does not fail, or Ctrl-C came before
 * its first run was over.
 */
export async function shrinkApart(
  io: Io,
  document: ScenarioDocument,
  options: Pick<ShrinkOptions, 'origin' | 'signature'>,
): Promise<Shrunk | null> {
  if (io.interrupted.aborted) return null
  const progress = new Progress(io, 'shrinking', MOST_RUNS)
  const onRun = ({ runs }: Reached): void => progress.at(runs, `${runs} runs`)
  try {
    if (io.workerFile === null) return io.deaf(() => shrink(document, { ...options, onRun }))
    return await searched(io, io.workerFile, { kind: 'shrink', document, options }, onRun)
  } finally {
    progress.stop()
  }
}

function searched(io: Io, file: string, task: ShrinkTask, onRun: (reached: Reached) => void): Promise<Shrunk | null> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(file)
    let reached: Reached | null = null
    const settle = (act: () => void): void => {
      io.interrupted.removeEventListener('abort', stop)
      worker.removeAllListeners()
      worker.kill('SIGKILL')
      act()
    }
    const stop = (): void => settle(() => resolve(reached === null ? null : cutShort(reached, task.options.origin)))
    io.interrupted.addEventListener('abort', stop)
    worker.on('message', (answer: Answer) => {
      if (answer.kind === 'shrinking') {
        reached = answer.reached
        onRun(reached)
      } else if (answer.kind === 'shrunk') settle(() => resolve(answer.shrunk))
    })
    worker.on('exit', (code, signal) =>
      settle(() => reject(new Error(`the process that shrank ended with ${signal ?? `exit code ${code}`}`))),
    )
    worker.send({ id: 0, task } satisfies Request)
  })
}
