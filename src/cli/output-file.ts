/** Files that flags name to be written. */
import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { fileErrorWords } from './file-errors.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'

/** Makes a folder and those above it. Not by `recursive`: below /proc that never ends. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

/** Writes a file, and the folders on the way to it; returns why that cannot be done, null: it is done. */
export function tryToWrite(io: Io, file: string, text: string): string | null {
  const path = resolve(io.cwd, file)
  try {
    makeFolder(dirname(path))
    writeFileSync(path, text)
    return null
  } catch (error) {
    return `${file} cannot be written: ${fileErrorWords(error)}`
  }
}

/** The same; a place that cannot be written is a mistake of who named it. */
export function writeFile(io: Io, file: string, text: string): void {
  const problem = tryToWrite(io, file, text)
  if (problem !== null) throw new UsageError(problem)
}

/** The same for a page, with a word on stderr: what a page is for is to be opened. */
export function writePage(io: Io, file: string, html: string): void {
  writeFile(io, file, html)
  io.stderr.write(`wrote ${file}; open it in a browser\n`)
}

function refuse(why: string): never {
  throw new InvalidArgumentError(`it cannot be written: ${why}`)
}

/** The folder above a place, or the nearest one that is there, must take new files. */
function checkFolder(folder: string): void {
  if (!existsSync(folder)) checkFolder(dirname(folder))
  else if (!statSync(folder).isDirectory()) refuse(`${folder} is a file and no folder`)
  else checkWritable(folder)
}

function checkWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK)
  } catch (error) {
    refuse(fileErrorWords(error))
  }
}

/** The value of a flag that names a file to write: found out before the work whose result it is to hold. */
export const outputFile =
  (io: Io) =>
  (text: string): string => {
    if (text === '') throw new InvalidArgumentError('expected the name of a file')
    const path = resolve(io.cwd, text)
    if (!existsSync(path)) checkFolder(dirname(path))
    else if (statSync(path).isDirectory()) refuse('it is a folder')
    else checkWritable(path)
    return text
  }

/** The same for a flag that names a folder to write into. */
export const outputFolder =
  (io: Io) =>
  (text: string): string => {
    if (text === '') throw new InvalidArgumentError('expected the name of a folder')
    checkFolder(resolve(io.cwd, text))
    return text
  }
