// Pinned digests: the same runs give the same digests on every machine and every Node. Run after the build.
//   node scripts/digests.mjs                 compares the runs of test/determinism/digests.json
//   node scripts/digests.mjs --update        writes them again, after a change of behaviour that is meant
//   node scripts/digests.mjs --node 22,24    compares under other versions of Node, which npx brings
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = new URL('../test/determinism/digests.json', import.meta.url)

/** Which runs are pinned: the front scenario across Kafka's eras, and one scenario of each kind under its own version. */
const VERSIONS = ['0.8.0', '0.9', '0.10.2', '1.1', '2.4', '2.8', '3.9']
const OTHERS = [
  'basics/a-rolling-restart',
  'basics/a-reassignment-moves-a-replica',
  'basics/a-consumer-reads-on-after-a-leader-crash',
  'failures/a-gc-pause-outlives-the-session',
  'failures/one-rack-is-cut-off',
  'failures/every-broker-goes-down-and-comes-back',
]
const runs = [
  ...VERSIONS.flatMap((kafka) => ['1', '7'].map((seed) => ({ scenario: 'leader-crash', kafka, seed }))),
  ...OTHERS.map((scenario) => ({ scenario, kafka: null, seed: '1' })),
]

async function digestsOf({ scenario, kafka, seed }) {
  const { compileScenario } = await import('../dist/scenario/compile.js')
  const { parseScenario } = await import('../dist/scenario/scenario.js')
  const { simulate } = await import('../dist/driver/simulate.js')
  const path = new URL(`../scenarios/${scenario}.yaml`, import.meta.url)
  const parsed = parseScenario(readFileSync(path, 'utf8'), `scenarios/${scenario}.yaml`)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { seed, ...(kafka === null ? {} : { kafka }) }) : parsed
  if (!compiled.ok) throw new Error(`${scenario}: ${compiled.problems[0].message}`)
  const { digest, history, events } = simulate(compiled.plan)
  return { digest, history, events }
}

async function update() {
  const pinned = []
  for (const run of runs) pinned.push({ ...run, ...(await digestsOf(run)) })
  writeFileSync(file, `${JSON.stringify(pinned, null, 2)}\n`)
  console.log(`${pinned.length} runs pinned`)
}

async function compare() {
  const pinned = JSON.parse(readFileSync(file, 'utf8'))
  let different = 0
  for (const { scenario, kafka, seed, ...expected } of pinned) {
    const found = await digestsOf({ scenario, kafka, seed })
    if (JSON.stringify(found) === JSON.stringify(expected)) continue
    different += 1
    const version = kafka ?? 'its own version'
    console.log(`${scenario}, ${version}, seed ${seed}: ${JSON.stringify(found)}, pinned ${JSON.stringify(expected)}`)
  }
  console.log(
    `Node ${process.versions.node}: ${pinned.length - different} of ${pinned.length} pinned runs are as they were`,
  )
  if (different > 0) process.exitCode = 1
}

const node = process.argv.indexOf('--node')
if (process.argv.includes('--update')) await update()
else if (node < 0) await compare()
else {
  for (const version of process.argv[node + 1].split(',')) {
    const { status } = spawnSync('npx', ['-y', `node@${version}`, fileURLToPath(import.meta.url)], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
