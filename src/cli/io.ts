/** Everything a command touches outside of itself, so that a test can stand in for the terminal. */

export interface Output {
  readonly write: (text: string) => void
  readonly isTTY: boolean
  /** Columns of the terminal; null: nobody knows. */
  readonly columns: number | null
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly readStdin: () => Promise<string>
  /** Aborted by Ctrl-C, or with the reason `READER_GONE`: work ends as soon as it can. */
  readonly interrupted: AbortSignal
  /** Does something long that cannot hear Ctrl-C; while it lasts, Ctrl-C ends the program at once. */
  readonly deaf: <Result>(act: () => Result) => Result
  /** The file that a further process runs; null: there is one process only. */
  readonly workerFile: string | null
  /** Wall-clock time in ms, for progress bars and JUnit; never for a run. */
  readonly nowMs: () => number
}

/** Why work is interrupted where nobody pressed Ctrl-C: whoever read stdout has enough (`| head`). */
export const READER_GONE = 'reader gone'

/** What a command returns to the shell; of several the worst. */
export const EXIT = {
  held: 0,
  failed: 1,
  unusable: 2,
  bug: 3,
  interrupted: 130,
  /** What a shell says of a program that a closed pipe has ended (SIGPIPE). */
  unread: 141,
} as const

/** The worse of two exit codes: interrupted, then our own bug, then unusable input, then a failure. */
export const worse = (a: number, b: number): number => Math.max(a, b)

/**
 * The exit code of work that may have been cut short. `found` is the worst of what was done, `complete` says that this
 * was everything. Whoever pressed Ctrl-C knows that there is no verdict; behind a closed pipe the shell still asks for it.
 */
export function exitAfter(io: Io, found: number, complete = false): number {
  if (!io.interrupted.aborted) return found
  if (io.interrupted.reason !== READER_GONE) return EXIT.interrupted
  return complete || found !== EXIT.held ? found : EXIT.unread
}

/** Says how far interrupted work came; where the reader has gone, nobody asked. */
export function tellInterrupted(io: Io, words: string): void {
  if (io.interrupted.reason !== READER_GONE) io.stderr.write(`interrupted ${words}\n`)
}

/** Words for a person who gave something that cannot be used (exit 2). */
export class UsageError extends Error {
  override name = 'UsageError'
}
