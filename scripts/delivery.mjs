// Counts what each way to commit gives: records processed again and records skipped, over many moments of a crash.
// Writes reports/delivery.md. Run after the build.
//   node scripts/delivery.mjs [--runs 40] [--check]     --check only says whether every way gives what its name says
import { readFileSync, writeFileSync } from 'node:fs'
import { countOf } from '../dist/check/counts.js'
import { simulate } from '../dist/driver/simulate.js'
import { compileScenario } from '../dist/scenario/compile.js'
import { parseScenario } from '../dist/scenario/scenario.js'

const root = new URL('../', import.meta.url)
const argument = (name, absent) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? absent : Number(process.argv[at + 1])
}
const RUNS = argument('--runs', 40)

/** Scenario, what it is, and what may not happen. */
const WAYS = [
  ['at-least-once-auto-commit', 'auto-commit, processed before the next poll', 'skipped'],
  ['at-least-once-sync-after', 'commitSync after the work', 'skipped'],
  ['at-least-once-async-after', 'commitAsync after the work', 'skipped'],
  ['at-most-once-sync-before', 'commitSync before the work', 'again'],
  ['at-most-once-hand-off', 'auto-commit, work handed to another thread', 'again'],
  ['external-store-offset-last', 'external store, result before offset', 'skipped'],
  ['external-store-offset-first', 'external store, offset before result', 'again'],
  ['exactly-once-external-store', 'external store, one transaction', 'both'],
]

/** The scenario with the crash so much later. */
function planOf(name, laterMs) {
  const file = `scenarios/delivery/${name}.yaml`
  const source = readFileSync(new URL(file, root), 'utf8').replace(/- at: [\d.]+s/, `- at: ${10000 + laterMs}ms`)
  const parsed = parseScenario(source, file)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, {}) : parsed
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems?.slice(0, 2)))
  return compiled.plan
}

const range = (values) => {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? String(least) : `${least} to ${most}`
}

let broken = 0
const rows = WAYS.map(([name, words, never]) => {
  const again = []
  const skipped = []
  let processed = 0
  for (let run = 0; run < RUNS; run++) {
    const { world } = simulate(planOf(name, 10 + run), { properties: [], digest: false })
    processed += countOf(world, 'processed')
    again.push(countOf(world, 'processedAgain'))
    skipped.push(countOf(world, 'skipped'))
  }
  const sum = (values) => values.reduce((a, b) => a + b, 0)
  const wrong = (never !== 'skipped' && sum(again) > 0) || (never !== 'again' && sum(skipped) > 0)
  if (wrong) broken += 1
  const semantics = name.startsWith('exactly') ? 'exactly once' : never === 'again' ? 'at most once' : 'at least once'
  return `| ${words} | ${semantics} | ${processed} | ${sum(again)} (${range(again)}) | ${sum(skipped)} (${range(skipped)}) | ${wrong ? '**no**' : 'yes'} |`
})

const page = `# Duplicates and losses by the way offsets are committed

Written by \`node scripts/delivery.mjs --runs ${RUNS}\` (Kafka 2.4, seed 1 of each scenario under scenarios/delivery). One producer sends 40 records a second
for 20 s, one member of a group processes them one by one, is killed once and started again a second later. ${RUNS} runs a row, each with its crash 1 ms later than
the one before. A record is *processed again* when its result was there already, and *skipped* when a later one of its partition was processed and it never was.

| how offsets are committed | what that is | processed | again (a run) | skipped (a run) | held |
|---|---|---|---|---|---|
${rows.join('\n')}
`
if (!process.argv.includes('--check')) writeFileSync(new URL('reports/delivery.md', root), page)
process.stdout.write(page)
process.exitCode = broken === 0 ? 0 : 1
