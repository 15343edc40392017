/** The results of a campaign on disk: a header, then one JSON object a seed, each on disk before the next is counted. */
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SeedResult } from '../campaign/seed-result.ts'
import { UsageError } from './io.ts'

export const RESULTS_VERSION = 1

/** What the results are of. Files of the same campaign differ in their shard only. */
export interface ResultsHeader {
  readonly campaign: typeof RESULTS_VERSION
  readonly kafka: string
  readonly profile: string
  readonly first: number
  readonly seeds: number
  /** `2/4`; null: all seeds. */
  readonly shard: string | null
}

export interface Results {
  readonly header: ResultsHeader
  readonly results: readonly SeedResult[]
}

/** Reads whole lines; a last one that was torn by a kill is as if it had never been written. */
export function readResults(file: string): Results & { readonly bytes: number } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole.split('\n').filter((line) => line !== '')
  let header: Partial<ResultsHeader>
  let results: SeedResult[]
  try {
    header = JSON.parse(lines[0] ?? '{}') as Partial<ResultsHeader>
    results = lines.slice(1).map((line) => JSON.parse(line) as SeedResult)
  } catch {
    throw new UsageError(`${file} holds a line that is not JSON: these are no results of a campaign`)
  }
  if (header.campaign !== RESULTS_VERSION)
    throw new UsageError(`${file} does not begin with the header of a campaign ({"campaign":1,…})`)
  return { header: header as ResultsHeader, results, bytes: Buffer.byteLength(whole) }
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

/** Appends results; what it has returned from is on disk. */
export class ResultsFile {
  readonly #file: number
  readonly finished: readonly SeedResult[]

  constructor(name: string, header: ResultsHeader, resume: boolean) {
    mkdirSync(dirname(name), { recursive: true })
    if (resume && existsSync(name)) {
      const known = readResults(name)
      if (!sameCampaign(known.header, header) || known.header.shard !== header.shard) {
        throw new UsageError(
          `${name} is of another campaign (${JSON.stringify(known.header)}) and cannot be resumed by this one`,
        )
      }
      this.finished = known.results
      this.#file = openSync(name, 'r+')
      ftruncateSync(this.#file, known.bytes)
      closeSync(this.#file)
      this.#file = openSync(name, 'a')
    } else {
      this.finished = []
      this.#file = openSync(name, 'w')
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
