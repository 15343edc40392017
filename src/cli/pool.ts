/** Tasks shared among processes: plain messages there and back, results in the order of the tasks. */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Io } from './io.ts'
import { nextTurn } from './job.ts'
import type { Answer, Request, Task } from './worker.ts'

/** As many as the machine does at once. */
export const defaultProcesses = (): number => availableParallelism()

export const startWorker = (file: string): ChildProcess =>
  fork(file, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], serialization: 'json' })

interface PoolOptions<Work extends Task, Result> {
  readonly io: Io
  readonly tasks: readonly Work[]
  readonly processes: number
  /** Even a single task goes to another process: it would keep this one from hearing Ctrl-C. */
  readonly apart?: boolean
  /** Does a task in this process: where there is no other, or only one is asked for. */
  readonly here: (task: Work, index: number) => Promise<Result>
  readonly resultOf: (answer: Answer) => Result | null
  /** When a process died over a task. */
  readonly died: (index: number, words: string) => Result
  /** In the order of the tasks; `done` counts those that are finished, also those still held back. */
  readonly onResult: (index: number, result: Result, done: number) => void
}

/** Does every task, or as many as there is time for before Ctrl-C. */
export async function runPool<Work extends Task, Result>(options: PoolOptions<Work, Result>): Promise<void> {
  const { io, tasks } = options
  const deliver = inOrder(options)
  if (tasks.length === 0 || io.interrupted.aborted) return
  const processes = Math.min(options.processes, tasks.length)
  if (io.workerFile === null || (processes <= 1 && options.apart !== true)) {
    for (const [index, task] of tasks.entries()) {
      // A task may have kept the event loop, and with it Ctrl-C, waiting until it was done.
      if (index > 0) await nextTurn()
      if (io.interrupted.aborted) return
      deliver(index, await options.here(task, index))
    }
    return
  }
  await shared(options, processes, deliver)
}

/** Hands results on in the order of the tasks, whatever the order in which they come. */
function inOrder<Result>({
  onResult,
}: Pick<PoolOptions<Task, Result>, 'onResult'>): (index: number, result: Result) => void {
  const held = new Map<number, Result>()
  let next = 0
  let done = 0
  return (index, result) => {
    held.set(index, result)
    done += 1
    for (let ready = held.get(next); ready !== undefined; ready = held.get(next)) {
      held.delete(next)
      next += 1
      onResult(next - 1, ready, done)
    }
  }
}

function shared<Work extends Task, Result>(
  { io, tasks, resultOf, died }: PoolOptions<Work, Result>,
  processes: number,
  deliver: (index: number, result: Result) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let next = 0
    let left = tasks.length
    const workers = new Set<ChildProcess>()
    const finish = (): void => {
      io.interrupted.removeEventListener('abort', finish)
      for (const worker of workers) worker.kill('SIGKILL')
      workers.clear()
      resolve()
    }
    const begin = (): void => {
      const worker = startWorker(io.workerFile!)
      workers.add(worker)
      let current: number | null = null
      const give = (): void => {
        if (next >= tasks.length) {
          workers.delete(worker)
          worker.disconnect()
          return
        }
        current = next
        next += 1
        worker.send({ id: current, task: tasks[current]! } satisfies Request)
      }
      const settle = (index: number, result: Result): void => {
        deliver(index, result)
        left -= 1
        if (left === 0) finish()
      }
      worker.on('message', (answer: Answer) => {
        const result = resultOf(answer)
        if (result === null) return
        current = null
        settle(answer.id, result)
        give()
      })
      worker.on('exit', (code, signal) => {
        if (!workers.delete(worker) || current === null) return
        settle(current, died(current, `the process that did it ended with ${signal ?? `exit code ${code}`}`))
        if (left > 0 && next < tasks.length) begin()
      })
      give()
    }
    io.interrupted.addEventListener('abort', finish)
    for (let count = 0; count < processes; count++) begin()
  })
}
