// Does what the README says: every `console` block of it, line by line, in a copy of what a user has. A line that
// begins with `$ ` is run; the lines below it have to be in its output, in that order, `…` standing for anything.
//   node scripts/tour.mjs [FILE]     README.md by default
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = process.argv[2] ?? 'README.md'

/** What a clean clone has after the first command of the README. Installing again is left to .ci/run. */
const INSTALLED = /^npm (ci|cit|test)\b/

/** The commands of a page with what it says about their output. `# exit N` behind a command is its exit code. */
function commandsOf(text) {
  const commands = []
  for (const [, block] of text.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const line of block.split('\n')) {
      if (line.startsWith('$ ')) {
        const [, command, exit] = line.slice(2).match(/^(.*?)(?:\s+# exit (\d+))?$/)
        commands.push({ command, exit: Number(exit ?? 0), lines: [] })
      } else if (line.trim() !== '') commands.at(-1).lines.push(line.trim())
    }
  }
  return commands
}

const words = (line) => line.replace(/\s+/g, ' ').trim()

/** The first line that is not in the output behind the ones before it; null when all are there. */
function missing(lines, output) {
  const said = output.split('\n').map(words)
  let at = 0
  for (const line of lines.map(words)) {
    if (line === '…') continue
    const parts = line.split('…').map((part) => part.trim())
    const found = said.findIndex((text, index) => {
      if (index < at) return false
      let from = 0
      return parts.every((part) => {
        const place = text.indexOf(part, from)
        from = place + part.length
        return place >= 0
      })
    })
    if (found < 0) return line
    at = found + 1
  }
  return null
}

const folder = mkdtempSync(join(tmpdir(), 'highwater-tour-'))
for (const name of ['package.json', 'dist', 'scenarios', 'schema', 'docs', 'test', 'scripts']) {
  cpSync(join(root, name), join(folder, name), { recursive: true })
}
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))

let failed = 0
const commands = commandsOf(readFileSync(join(root, file), 'utf8'))
for (const { command, exit, lines } of commands) {
  if (INSTALLED.test(command) && !command.includes('&&')) continue
  const run = command.replace(/^npm ci && /, '')
  const env = {
    ...process.env,
    COLUMNS: '100',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    npm_config_cache: join(folder, '.npm'),
  }
  const result = spawnSync('bash', ['-c', run], { cwd: folder, encoding: 'utf8', env, input: '' })
  const lost = missing(lines, result.stdout + result.stderr)
  const ok = result.status === exit && lost === null
  console.log(`${ok ? 'as it says' : 'NOT as it says'}: ${run}`)
  if (ok) continue
  failed += 1
  if (result.status !== exit) console.log(`  exit ${result.status}, expected ${exit}`)
  if (lost !== null) console.log(`  not in its output: ${lost}`)
  console.log((result.stdout + result.stderr).replace(/^/gm, '  | '))
}
rmSync(folder, { recursive: true, force: true })
console.log(`${commands.length - failed} of ${commands.length} commands of ${file} do what it says`)
if (failed > 0 || commands.length === 0) process.exitCode = 1
