/** Where the package is installed: its scenarios and its version. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version
