/** Traces as files: plain, or gzipped when the name ends in `.gz`. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Trace } from '../driver/trace.ts'
import { parseTrace } from '../driver/trace.ts'
import { fileErrorWords } from './file-errors.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'
import type { Job, JobHooks } from './job.ts'
import { makeFolder } from './output-file.ts'
import { PageLines } from './page-file.ts'

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** Reads and parses a trace. Throws in words when the file is none. */
export function readTraceFile(io: Io, file: string): { readonly text: string; readonly trace: Trace } {
  let text: string
  try {
    const bytes = readFileSync(resolve(io.cwd, file))
    text = (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${fileErrorWords(error)}`)
  }
  const parsed = parseTrace(text)
  if (!parsed.ok) throw new UsageError(`${file}: ${parsed.message}`)
  return { text, trace: parsed.trace }
}

/** Does something with a trace; where that throws over one that was changed or cut off, the file is to blame. */
export function withTrace<Result>(trace: Trace, file: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (error instanceof UsageError || trace.asWritten) throw error
    throw new UsageError(
      `${file} is not as it was written (cut off, or changed since), and cannot be used: ${(error as Error).message}`,
    )
  }
}

/** Lines that are written at once. */
const LINES_AT_ONCE = 1_000

/** The trace of one run, written while it goes on. */
export class TraceFile {
  readonly #file: number
  readonly #gzip: boolean
  readonly #lines: PageLines
  readonly #page: PageLines | null

  /** `page` is given the same lines. */
  constructor(io: Io, name: string, job: Job, page: PageLines | null) {
    try {
      makeFolder(dirname(resolve(io.cwd, name)))
      this.#file = openSync(resolve(io.cwd, name), 'w')
    } catch (error) {
      throw new UsageError(`${name} cannot be written: ${fileErrorWords(error)}`)
    }
    this.#gzip = name.endsWith('.gz')
    this.#page = page
    this.#lines = page ?? new PageLines(job)
  }

  hooks(): JobHooks {
    const { onEvent, onResult } = this.#lines.hooks()
    return {
      onEvent: (world, report, verdicts) => {
        onEvent?.(world, report, verdicts)
        // A page keeps its lines, so they are written at the end.
        if (this.#page === null && this.#lines.count >= LINES_AT_ONCE) this.#write(this.#lines.take())
      },
      ...(onResult === undefined ? {} : { onResult }),
    }
  }

  end(): void {
    this.#write(this.#page === null ? this.#lines.take() : this.#page.text)
    closeSync(this.#file)
  }

  /** Gzipped, every stretch is a member of its own: together they are one file. */
  #write(text: string): void {
    writeSync(this.#file, this.#gzip ? gzipSync(Buffer.from(text, 'utf8'), { level: 9 }) : Buffer.from(text, 'utf8'))
  }
}
