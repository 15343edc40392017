/** Where the package is installed: its scenarios and its version. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert } from '../kernel/assert.ts'

function findRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    assert(folder !== dirname(folder), 'the program lies inside its package')
  }
}

export const PACKAGE_ROOT = findRoot()

/** The scenarios that come with the package. */
export const SCENARIOS = join(PACKAGE_ROOT, 'scenarios')

/** Where an editor that has a file open finds the schema of scenarios. */
export const schemaFor = (cwd: string, file: string): string =>
  relative(dirname(resolve(cwd, file)), join(PACKAGE_ROOT, 'schema', 'scenario.schema.json'))
    .split(sep)
    .join('/')

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version
