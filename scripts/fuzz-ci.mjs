// The campaign of every change, about two minutes on two cores: node scripts/fuzz-ci.mjs [--nightly]
// Run after the build. With --nightly: every generation with a registry, many more seeds, the reports.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const nightly = process.argv.includes('--nightly')

/** Seeds after which a planted bug is left to the nightly run. */
const FEW = 10

/** Planted bugs of which the committed table knows that they take many seeds; one that it does not hold yet is run. */
function slowMutants() {
  const page = readFileSync(new URL('../reports/mutants.md', import.meta.url), 'utf8')
  return page.split('\n').flatMap((line) => {
    const [, name, verdict, , smallest] = line.split('|').map((cell) => cell.trim())
    const isSlow = verdict === 'escaped' || (verdict === 'caught' && Number(smallest) > FEW)
    return isSlow ? [name] : []
  })
}

/** Names of the others; says which are left out. */
async function quickMutants() {
  const { MUTANTS } = await import('../dist/kafka/mutants.js')
  const slow = slowMutants()
  console.log(`Left to the nightly run, because they take more than ${FEW} seeds: ${slow.join(', ')}`)
  return MUTANTS.map(({ name }) => name).filter((name) => !slow.includes(name))
}

const ciRuns = async () => [
  ['fuzz', '--kafka', '2.4', '--profile', 'lite', '--seeds', '100', '--allow-known-holes', '--quiet'],
  ['fuzz', '--kafka', '2.4', '--profile', 'transactions', '--seeds', '20', '--allow-known-holes', '--quiet'],
  ['fuzz', '--kafka', '4.1', '--profile', 'groups', '--seeds', '20', '--allow-known-holes', '--quiet'],
  ['fuzz', '--kafka', '3.9', '--profile', 'applications', '--seeds', '20', '--allow-known-holes', '--quiet'],
  ['mutants', ...(await quickMutants()), '--catches', '1', '--seeds', '60'],
  ['regress'],
]

const NIGHTLY_RESULTS = 'reports/runs/nightly.jsonl'

const NIGHTLY = [
  ...[
    '0.8.2',
    '0.10.2',
    '0.11',
    '1.0',
    '1.1',
    '2.0.1',
    '2.1',
    '2.3',
    '2.5',
    '2.7',
    '2.8',
    '3.3',
    '3.5',
    '3.6',
    '3.7',
    '3.8',
    '3.9',
  ].map((kafka) => ['fuzz', '--kafka', kafka, '--seeds', '2000', '--allow-known-holes', '--quiet']),
  [
    'fuzz',
    '--kafka',
    '2.4',
    '--seeds',
    '20000',
    '--quiet',
    '--out',
    NIGHTLY_RESULTS,
    '--report',
    'reports/runs/nightly.md',
    '--coverage',
  ],
  ['fuzz', '--kafka', '2.4', '--profile', 'unbounded', '--seeds', '5000', '--allow-known-holes', '--quiet'],
  ['fuzz', '--kafka', '2.4', '--profile', 'power', '--seeds', '5000', '--allow-known-holes', '--quiet'],
  ...['2.4', '3.9', '4.1'].flatMap((kafka) =>
    ['transactions', 'applications', 'groups', 'idempotent', 'disks'].map((profile) => [
      'fuzz',
      '--kafka',
      kafka,
      '--profile',
      profile,
      '--seeds',
      '5000',
      '--allow-known-holes',
      '--quiet',
    ]),
  ),
  ['mutants', '--catches', '5', '--seeds', '300', '--out', 'reports/mutants.md'],
  ['regress'],
]

// Of the night before; a campaign writes over nothing.
if (nightly) rmSync(NIGHTLY_RESULTS, { force: true })

let worst = 0
for (const words of nightly ? NIGHTLY : await ciRuns()) {
  console.log(`\nhighwater ${words.join(' ')}`)
  worst = Math.max(worst, spawnSync(process.execPath, [program, ...words], { stdio: 'inherit' }).status ?? 3)
}
process.exit(worst)
