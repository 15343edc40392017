// Measures the page in headless Chromium: size of the shell, opening and seeking of a report of 100,000 events.
//   node scripts/page-figures.mjs [--events N]     Needs the build and a Chromium (CHROMIUM says where).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromiumPath, launchChromium } from './chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.indexOf('--events')
const EVENTS = asked < 0 ? 100_000 : Number(process.argv[asked + 1])
const SEEKS = 300
const executablePath = chromiumPath()

const scratch = mkdtempSync(join(tmpdir(), 'highwater-figures-'))
const report = join(scratch, 'report.html')
// Steady traffic with a crash now and then, for as long as it takes; the run ends at its limit of events.
const scenario = `version: 1
title: A long run
story: Steady traffic, and a broker that crashes and returns.
kafka: "2.4"
cluster: { brokers: 3, settings: { min.insync.replicas: 2 } }
topics: { t: { replicas: [[1, 2, 3], [2, 3, 1]] } }
clients:
  p: { produces: t, rate: 50/s, settings: { acks: all } }
  c: { consumes: t }
run: ${Math.ceil(EVENTS / 870)}s
steps:
  - { at: 20s, do: { crash: leader(t-0) } }
  - { at: 40s, do: { start: broker 1 } }
`
execFileSync(process.execPath, ['dist/cli/main.js', 'run', '-', '--quiet', '--html', report], {
  cwd: root,
  input: scenario,
  stdio: ['pipe', 'inherit', 'inherit'],
})

const browser = await launchChromium(executablePath)
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, offline: true })
const opened = []
for (let round = 0; round < 3; round++) {
  await page.goto('about:blank')
  await page.goto(pathToFileURL(report).href)
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes')
  opened.push(
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(Math.round(performance.now()))))),
  )
}
const { events, times } = await page.evaluate(async (seeks) => {
  const slider = document.querySelector('input[type=range]')
  const last = Number(slider.max)
  const taken = []
  for (let i = 0; i < seeks; i++) {
    const target = Math.floor((last * ((i * 7919) % seeks)) / seeks)
    const before = performance.now()
    slider.value = String(target)
    slider.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
    taken.push(performance.now() - before)
  }
  return { events: last + 1, times: taken.sort((a, b) => a - b) }
}, SEEKS)
await browser.close()

const shell = readFileSync(join(root, 'dist/web/report.html'))
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1)
console.log(`shell without a run: ${shell.length} bytes, ${gzipSync(shell, { level: 9 }).length} gzipped`)
console.log(`report of ${events} events: ${statSync(report).size} bytes`)
console.log(`opened in ${opened.join(', ')} ms (navigation to first drawn frame, three times)`)
console.log(`seek, event to drawn frame, ${SEEKS} places: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
rmSync(scratch, { recursive: true, force: true })
