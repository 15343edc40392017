/** Files that flags name. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'

/** Writes a file, and the folders on the way to it. A place that cannot be written is a mistake of who named it. */
export function writeFile(io: Io, file: string, text: string): void {
  const path = resolve(io.cwd, file)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`)
  }
}
