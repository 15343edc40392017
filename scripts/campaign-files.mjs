// What the files of campaigns promise, shown with the built program: a campaign that is killed (SIGKILL) in the middle
// and resumed has the same result for every seed as one that ran through, and the shards of a campaign put together are
// the campaign. Run after the build: npm run campaign-files [-- --seeds N --profile P]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const given = (name, absent) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? absent : process.argv[at + 1]
}
const seeds = Number(given('seeds', '120'))
const folder = mkdtempSync(join(tmpdir(), 'highwater-campaign-'))
const file = (name) => join(folder, `${name}.jsonl`)
const words = (name, ...more) => [
  program,
  ...['fuzz', '--kafka', '2.4', '--profile', given('profile', 'smoke'), '--seeds', String(seeds)],
  ...['--no-shrink', '--quiet', '--out', file(name), ...more],
]

const linesOf = (name) => {
  try {
    return readFileSync(file(name), 'utf8').split('\n')
  } catch {
    return []
  }
}
/** Results by seed as text; a torn last line is none. */
function resultsOf(name) {
  const bySeed = new Map()
  for (const line of linesOf(name).slice(1, -1)) bySeed.set(JSON.parse(line).seed, line)
  return bySeed
}

function whole(name, ...more) {
  const { status } = spawnSync(process.execPath, words(name, ...more), { stdio: 'ignore' })
  if (status === null || status > 1) throw new Error(`the campaign ${name} ended with ${status}`)
}

/** Starts a campaign and kills it, workers and all, once some seeds are on the disk. */
function killed(name) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words(name, '--jobs', '2'), { stdio: 'ignore', detached: true })
    const look = setInterval(() => {
      if (linesOf(name).length < seeds / 4) return
      clearInterval(look)
      process.kill(-child.pid, 'SIGKILL')
    }, 20)
    child.on('exit', (_, signal) => {
      clearInterval(look)
      resolve(signal)
    })
  })
}

function compare(what, found, expected) {
  const different = [...expected.keys()].filter((seed) => found.get(seed) !== expected.get(seed))
  const ok = found.size === expected.size && different.length === 0
  console.log(
    `${ok ? 'same' : 'DIFFERENT'}: ${what} (${found.size} of ${expected.size} seeds, ${different.length} differ)`,
  )
  if (!ok) process.exitCode = 1
}

try {
  whole('whole', '--jobs', '2')
  const expected = resultsOf('whole')
  const signal = await killed('killed')
  const kept = resultsOf('killed')
  console.log(`killed by ${signal} with ${kept.size} of ${seeds} seeds on the disk`)
  if (signal !== 'SIGKILL' || kept.size === 0 || kept.size >= seeds) throw new Error('it was not killed in the middle')
  whole('killed', '--resume')
  const again = linesOf('killed').length - 2
  compare('killed and resumed, each seed once', resultsOf('killed'), expected)
  if (again !== seeds) throw new Error(`${again} results for ${seeds} seeds: finished seeds were run again`)
  whole('first', '--shard', '1/2')
  whole('second', '--shard', '2/2')
  const merged = spawnSync(
    process.execPath,
    [program, 'merge', file('first'), file('second'), '--out', file('merged')],
    { stdio: 'ignore' },
  )
  if (merged.status === null || merged.status > 1) throw new Error(`merge ended with ${merged.status}`)
  compare('two shards merged', resultsOf('merged'), expected)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
