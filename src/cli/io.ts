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
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
  /** Does something long that cannot hear Ctrl-C; while it lasts, Ctrl-C ends the program at once. */
  readonly deaf: <Result>(act: () => Result) => Result
  /** The file that a further process runs; null: there is one process only. */
  readonly workerFile: string | null
  /** Wall-clock time in ms, for progress bars and JUnit; never for a run. */
  readonly nowMs: () => number
}

/** What a command returns to the shell; of several the worst. */
export const EXIT = {
  held: 0,
  failed: 1,
  unusable: 2,
  bug: 3,
  interrupted: 130,
} as const

/** The worse of two exit codes: interrupted, then our own bug, then unusable input, then a failure. */
export const worse = (a: number, b: number): number => Math.max(a, b)

/** Words for a person who gave something that cannot be used (exit 2). */
export class UsageError extends Error {
  override name = 'UsageError'
}
