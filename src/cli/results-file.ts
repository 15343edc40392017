/** The results of a campaign on disk: a header, then one JSON object a seed, each on disk before the next is counted. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { SeedResult } from '../campaign/seed-result.ts'
import type { ResultsHeader } from './campaign-forms.ts'
import { readHeader, readResult } from './campaign-forms.ts'
import { fileErrorWords } from './file-errors.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'
import { makeFolder } from './output-file.ts'

export interface Results {
  readonly header: ResultsHeader
  readonly results: readonly SeedResult[]
}

/** Reads whole lines; a last one that was torn by a kill is as if it had never been written. */
export function readResults(io: Io, file: string): Results & { readonly bytes: number } {
  let text: string
  try {
    text = readFileSync(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${fileErrorWords(error)}`)
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole.split('\n').filter((line) => line !== '')
  if (lines.length === 0) throw new UsageError(`${file} has no results: not one whole line`)
  const header = readHeader(jsonOf(file, lines[0]!))
  if (!header.ok)
    throw new UsageError(
      `${file} does not begin with the header of a campaign ({"campaign":1,…}): ${header.problems.join('; ')}`,
    )
  const results: SeedResult[] = []
  const problems: string[] = []
  for (const [index, line] of lines.slice(1).entries()) {
    const result = readResult(jsonOf(file, line), index + 2)
    if (result.ok && !isOf(header.value, result.value.seed))
      problems.push(`${file}: line ${index + 2}.seed: ${result.value.seed} is no seed of this campaign`)
    else if (result.ok) results.push(result.value)
    else problems.push(...result.problems.map((problem) => `${file}: ${problem}`))
  }
  if (problems.length > 0) throw new UsageError(problems.slice(0, MOST_PROBLEMS).join('\n'))
  return { header: header.value, results, bytes: Buffer.byteLength(whole) }
}

const isOf = ({ first, seeds }: ResultsHeader, seed: number): boolean => seed >= first && seed < first + seeds

/** Problems of one file that are told. */
const MOST_PROBLEMS = 20

function jsonOf(file: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new UsageError(`${file} holds a line that is not JSON: these are no results of a campaign`)
  }
}

export const resultsText = ({ header, results }: Results): string =>
  [header, ...results].map((line) => `${JSON.stringify(line)}\n`).join('')

const sameCampaign = (a: ResultsHeader, b: ResultsHeader): boolean =>
  a.kafka === b.kafka && a.profile === b.profile && a.first === b.first && a.seeds === b.seeds

/** One campaign out of several files of it, in the order of the seeds; a seed that two files have must be the same. */
export function mergeResults(files: readonly Results[]): Results {
  const first = files[0]!.header
  const bySeed = new Map<number, SeedResult>()
  for (const { header, results } of files) {
    if (!sameCampaign(first, header)) {
      throw new UsageError(
        `these are results of different campaigns: ${JSON.stringify(first)} and ${JSON.stringify(header)}`,
      )
    }
    for (const result of results) {
      const known = bySeed.get(result.seed)
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(result)) {
        throw new UsageError(`seed ${result.seed} has two different results: they were made by different programs`)
      }
      bySeed.set(result.seed, result)
    }
  }
  const results = [...bySeed.values()].sort((a, b) => a.seed - b.seed)
  return { header: { ...first, shard: files.length === 1 ? first.shard : null }, results }
}

function opened(io: Io, name: string, flags: 'r+' | 'a' | 'w'): number {
  const path = resolve(io.cwd, name)
  try {
    makeFolder(dirname(path))
    return openSync(path, flags)
  } catch (error) {
    throw new UsageError(`${name} cannot be written: ${fileErrorWords(error)}`)
  }
}

/** A device does not: what is written to it is gone anyway. */
function holdsSomething(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 0
}

/** Appends results; what it has returned from is on disk. Nothing that is there is written over. */
export class ResultsFile {
  readonly #file: number
  readonly finished: readonly SeedResult[]

  constructor(io: Io, name: string, header: ResultsHeader, resume: boolean) {
    const isThere = holdsSomething(resolve(io.cwd, name))
    if (resume && isThere) {
      const known = readResults(io, name)
      if (!sameCampaign(known.header, header) || known.header.shard !== header.shard) {
        throw new UsageError(
          `${name} is of another campaign (${JSON.stringify(known.header)}) and cannot be resumed by this one`,
        )
      }
      this.finished = known.results
      this.#file = opened(io, name, 'r+')
      ftruncateSync(this.#file, known.bytes)
      closeSync(this.#file)
      this.#file = opened(io, name, 'a')
    } else {
      if (isThere)
        throw new UsageError(`${name} is there already: go on where it ends with --resume, or name another file`)
      this.finished = []
      this.#file = opened(io, name, 'w')
      writeSync(this.#file, `${JSON.stringify(header)}\n`)
      fsyncSync(this.#file)
    }
  }

  add(results: readonly SeedResult[]): void {
    if (results.length === 0) return
    writeSync(this.#file, results.map((result) => `${JSON.stringify(result)}\n`).join(''))
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
