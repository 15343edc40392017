// Every check of the project, one after another; a check that fails does not keep the others from running. Prints
// `N passed, N failed` at the end: what vitest counted, and one for each other check. Run by .ci/run after npm ci.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'highwater-ci-'))
const testJson = join(scratch, 'tests.json')

/** In this order; `tests` is the README's test command, whose own counts are taken. */
const CHECKS = [
  ['typecheck', ['npm', 'run', '-s', 'typecheck']],
  ['lint', ['npm', 'run', '-s', 'lint']],
  ['tests', ['npm', 'test']],
  ['pinned digests with the built program', ['npm', 'run', '-s', 'digests']],
  ['picture of the README', ['npm', 'run', '-s', 'picture', '--', '--check']],
  ['table of switches', ['npm', 'run', '-s', 'fidelity', '--', '--check']],
  ['recordings and vectors of real Kafka', ['node', 'dist/cli/main.js', 'conform', 'test/conformance', '--quiet']],
  ['200 random plans raw, recorded and replayed', ['npm', 'run', '-s', 'determinism']],
  ['campaigns killed, resumed and sharded', ['npm', 'run', '-s', 'campaign-files', '--', '--seeds', '60']],
  [
    'bundled scenarios under three seeds each',
    ['node', 'dist/cli/main.js', 'run', 'scenarios/**/*.yaml', '--seed', '1', '--seeds', '3', '--quiet'],
  ],
  ['tour of the README', ['npm', 'run', '-s', 'tour']],
  ['installed from its tarball', ['npm', 'run', '-s', 'tarball']],
]

let passed = 0
let failed = 0
const broken = []
for (const [name, [command, ...words]] of CHECKS) {
  console.log(`\n== ${name}: ${command} ${words.join(' ')}`)
  const started = Date.now()
  const isTests = name === 'tests'
  const env = isTests ? { ...process.env, TEST_JSON: testJson } : process.env
  const { status } = spawnSync(command, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
  const ok = status === 0
  if (!ok) broken.push(name)
  if (isTests && existsSync(testJson)) {
    const counted = JSON.parse(readFileSync(testJson, 'utf8'))
    passed += counted.numPassedTests
    failed += counted.numFailedTests
    // A file that cannot be loaded fails without a failed test in it.
    if (!ok && counted.numFailedTests === 0) failed += 1
  } else if (ok) passed += 1
  else failed += 1
  console.log(`== ${name}: ${ok ? 'passed' : 'failed'} in ${Math.round((Date.now() - started) / 1000)} s`)
}
rmSync(scratch, { recursive: true, force: true })
if (broken.length > 0) console.log(`\nfailed: ${broken.join('; ')}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(broken.length > 0 || failed > 0 ? 1 : 0)
