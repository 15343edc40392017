// Takes the picture of the page for the README: docs/page.png, two versions at the moment where they part. Needs the
// build and a Chromium (CHROMIUM says where).
//   node scripts/page-picture.mjs
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromiumPath, launchChromium } from './chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const executablePath = chromiumPath()
const scratch = mkdtempSync(join(tmpdir(), 'highwater-picture-'))
const file = join(scratch, 'compare.html')
execFileSync(
  process.execPath,
  ['dist/cli/main.js', 'compare', 'kip-101-truncation-loses-acked-record', '--kafka', '0.10.2,0.11', '--html', file],
  { cwd: root, stdio: 'ignore' },
)
const browser = await launchChromium(executablePath)
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, offline: true })
await page.goto(pathToFileURL(file).href)
await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes')
await page.getByRole('button', { name: 'First difference' }).click()
await page.locator('.ghost').first().waitFor()
await page.screenshot({ path: join(root, 'docs', 'page.png') })
await browser.close()
rmSync(scratch, { recursive: true, force: true })
console.log('docs/page.png: compare kip-101-truncation-loses-acked-record --kafka 0.10.2,0.11, at the first difference')
