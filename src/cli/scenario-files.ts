/** Finds what `FILE|NAME|GLOB|-` means: a file, a folder, a bundled scenario, a pattern, standard input. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { nearestName } from '../scenario/nearest.ts'
import { fileErrorWords } from './file-errors.ts'
import { filesBelow, globExpression, globFiles, isGlob } from './glob.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'
import { SCENARIOS } from './package-root.ts'

export interface ScenarioFile {
  /** How it is named to the reader and in the command that repeats a run. */
  readonly name: string
  /** null: standard input. */
  readonly path: string | null
  readonly text: string
}

const YAML = /\.ya?ml$/

/** Names of the bundled scenarios, sorted: their paths without the ending. */
export const bundledNames = (): string[] =>
  existsSync(SCENARIOS)
    ? filesBelow(SCENARIOS)
        .filter((name) => YAML.test(name))
        .map((name) => name.replace(YAML, ''))
    : []

const bundledPath = (name: string): string => {
  const path = join(SCENARIOS, `${name}.yaml`)
  return existsSync(path) ? path : join(SCENARIOS, `${name}.yml`)
}

/** Larger files are no scenarios. */
const LARGEST_BYTES = 4_000_000

function readText(path: string): string {
  let size: number
  try {
    size = statSync(path).size
    if (size <= LARGEST_BYTES) return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileErrorWords(error)}`)
  }
  throw new UsageError(`${path} is too large for a scenario: ${size} bytes, at most ${LARGEST_BYTES}`)
}

const fileAt = (name: string, path: string): ScenarioFile => ({ name, path, text: readText(path) })

/** The bundled scenarios that a word means: the whole name, or the last part of it. */
function bundledNamed(word: string, names: readonly string[]): string[] {
  const plain = word.replace(YAML, '').replace(/^scenarios\//, '')
  if (names.includes(plain)) return [plain]
  return names.filter((name) => basename(name) === plain)
}

function notFound(word: string, names: readonly string[]): UsageError {
  const nearest = nearestName(word, [...names, ...names.map((name) => basename(name))])
  const more = nearest === null ? 'see `highwater list scenarios`' : `nearest: ${nearest}`
  return new UsageError(`there is no file and no bundled scenario called ${word}; ${more}`)
}

async function filesOf(word: string, io: Io): Promise<ScenarioFile[]> {
  if (word === '-') return [{ name: '-', path: null, text: await io.readStdin() }]
  const path = resolve(io.cwd, word)
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return [fileAt(word, path)]
    const found = filesBelow(path).filter((name) => YAML.test(name))
    if (found.length === 0) throw new UsageError(`there is no scenario (*.yaml) in the folder ${word}`)
    return found.map((name) => fileAt(join(word, name), join(path, name)))
  }
  const names = bundledNames()
  if (isGlob(word)) {
    const here = globFiles(io.cwd, word).filter((name) => YAML.test(name))
    if (here.length > 0) return here.map((name) => fileAt(name, resolve(io.cwd, name)))
    const pattern = globExpression(word.replace(YAML, '').replace(/^scenarios\//, ''))
    const bundled = names.filter((name) => pattern.test(name))
    if (bundled.length > 0) return bundled.map((name) => fileAt(name, bundledPath(name)))
    throw new UsageError(`no scenario matches ${word}`)
  }
  const bundled = bundledNamed(word, names)
  if (bundled.length > 1) throw new UsageError(`${word} may be ${bundled.join(' or ')}: say which`)
  if (bundled.length === 1) return [fileAt(bundled[0]!, bundledPath(bundled[0]!))]
  throw notFound(word, names)
}

interface FoundFiles {
  readonly files: readonly ScenarioFile[]
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
}

/** Every file that the words mean, each once, in the order of the words. */
export async function findScenarios(words: readonly string[], io: Io): Promise<FoundFiles> {
  const files: ScenarioFile[] = []
  const missing: string[] = []
  for (const word of words) {
    try {
      for (const file of await filesOf(word, io)) {
        if (!files.some(({ path, name }) => path === file.path && name === file.name)) files.push(file)
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      missing.push(error.message)
    }
  }
  return { files, missing }
}
