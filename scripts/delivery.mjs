// Counts what each way to commit gives: records processed again and records skipped, over many moments of a crash.
// Writes reports/delivery.md. Run after the build.
//   node scripts/delivery.mjs [--runs 50] [--check]     --check only says whether every way gives what its name says
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
const RUNS = argument('--runs', 50)

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
  ['exactly-once-transactions', 'results to another topic, one transaction with the offsets', 'both'],
]

/** Between the crashes of two runs: no part of the time that a record takes, so that crashes fall everywhere in it. */
const STEP_MS = 7.3

/** The scenario with another seed, and its crash so many steps later. */
function planOf(name, run) {
  const laterMs = run * STEP_MS
  const file = `scenarios/delivery/${name}.yaml`
  const source = readFileSync(new URL(file, root), 'utf8').replace(
    /- at: [\d.]+s/,
    `- at: ${(10000 + laterMs).toFixed(1)}ms`,
  )
  const parsed = parseScenario(source, file)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { seed: String(run + 1) }) : parsed
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
    const { world } = simulate(planOf(name, run), { properties: [], digest: false })
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

Written by \`node scripts/delivery.mjs --runs ${RUNS}\` (Kafka 2.4, with transactions 2.5; the scenarios under scenarios/delivery). One producer sends 40 records
a second for 20 s, one member of a group processes them one by one, is killed once and started again a second later. ${RUNS} runs a row, each with
another seed and its crash ${STEP_MS} ms later than the one before, so that crashes fall evenly on the
time of a record. A record is *processed again* when its result was there already, and *skipped* when a later one of its partition was processed and it
never was; of results in another topic those count that readers of committed records see. Where the store takes result and offset 1 ms apart, one crash in 27 falls between them: a record takes 26 ms.

| how offsets are committed | what that is | processed | again (a run) | skipped (a run) | held |
|---|---|---|---|---|---|
${rows.join('\n')}
`
if (!process.argv.includes('--check')) writeFileSync(new URL('reports/delivery.md', root), page)
process.stdout.write(page)
process.exitCode = broken === 0 ? 0 : 1
