// Writes reports/campaign.md: what campaigns of several profiles reached, a chapter each, with the command that repeats it.
// About ten minutes on two free cores: npm run campaign-report [-- --share 0.1] (that share of the seeds).
// Exits 1 when a chapter misses a fault, a probe or a premise that it should have reached, or breaks a promise.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const target = new URL('../reports/campaign.md', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const at = process.argv.indexOf('--share')
const share = at < 0 ? 1 : Number(process.argv[at + 1])

/** Version, profile and seeds of each chapter. */
const CHAPTERS = [
  ['2.4', 'swarm', 1000],
  ['4.1', 'swarm', 600],
  ['2.4', 'disks', 500],
  ['4.1', 'disks', 500],
  ['2.4', 'idempotent', 500],
  ['2.4', 'transactions', 500],
  ['4.1', 'transactions', 500],
  ['2.4', 'groups', 500],
  ['4.1', 'groups', 500],
  ['2.5', 'applications', 300],
  ['4.1', 'applications', 300],
]

const folder = mkdtempSync(join(tmpdir(), 'highwater-report-'))
let failed = false

/** The page of one campaign, its headings one level down. */
function chapter([kafka, profile, seeds]) {
  const page = join(folder, `${kafka}-${profile}.md`)
  const size = Math.max(1, Math.round(seeds * share))
  const words = ['fuzz', '--kafka', kafka, '--profile', profile, '--seeds', String(size), '--no-shrink', '--quiet']
  const { status } = spawnSync(
    process.execPath,
    [program, ...words, '--allow-known-holes', '--coverage', '--report', page],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  if (status === null || status > 1) throw new Error(`the campaign of ${profile} on ${kafka} ended with ${status}`)
  failed ||= status === 1
  const [, ...lines] = readFileSync(page, 'utf8').trimEnd().split('\n')
  const deeper = lines.map((line) => (line.startsWith('#') ? `#${line}` : line))
  return [`## Kafka ${kafka}, profile ${profile}`, ...deeper].join('\n')
}

const chapters = CHAPTERS.map(chapter)
rmSync(folder, { recursive: true })
writeFileSync(
  target,
  `# What campaigns reached\n\nMade by \`npm run campaign-report\` with highwater ${version}.\n\n${chapters.join('\n\n')}\n`,
)
process.exitCode = failed ? 1 : 0
