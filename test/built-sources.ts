/**
 * The sources compiled for the tests: once before they run, as `vitest run` is told in vitest.config.ts. Natively
 * loaded modules start at once and call each other directly; vitest's own module runner compiles all of them anew for
 * each test file and makes every reference between them a look-up, which costs as much as the tests themselves.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Below node_modules, so that packages are found and nobody takes it for the build. */
export const BUILT = join(ROOT, 'node_modules/.cache/highwater-tests')

/** What was compiled from a source that is gone must not be found by a test that still asks for it. */
function removeOrphans(): void {
  if (!existsSync(BUILT)) return
  for (const file of readdirSync(BUILT, { recursive: true, encoding: 'utf8' })) {
    const source = file.replace(/\.js(?:\.map)?$/, '.ts')
    if (source !== file && !existsSync(join(ROOT, 'src', source))) rmSync(join(BUILT, file))
  }
}

const MEMORY = join(BUILT, '.tsbuildinfo')

/** A checkout that was copied by hard links shares its files with the other: what is compiled here would be run there. */
function removeShared(): void {
  if ((statSync(MEMORY, { throwIfNoEntry: false })?.nlink ?? 1) > 1) rmSync(BUILT, { recursive: true })
}

/** vitest calls it before the first test file. The compiler writes only what has changed; types are not its task here. */
export default function build(): void {
  removeShared()
  removeOrphans()
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const memory = ['--incremental', '--tsBuildInfoFile', MEMORY]
  const output = ['--outDir', BUILT, '--noCheck', '--declaration', 'false', '--sourceMap', ...memory]
  execFileSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json'), ...output], { stdio: 'inherit' })
}
