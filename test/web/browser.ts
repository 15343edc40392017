/** A real browser, and pages of runs as files for it to open. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { doJob } from '../../src/cli/job.ts'
import { compareLines, PageLines, pageHtml } from '../../src/cli/page-file.ts'
import type { Plan } from '../../src/world/plan.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium is: CHROMIUM says so, or Debian's place; null when there is none. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path)) ?? null

if (chromiumPath === null) {
  const words = 'no Chromium on this machine: install one, or say where it is in CHROMIUM'
  if (process.env.CI === 'true') throw new Error(words)
  console.warn(`The tests of the page in a browser do not run: ${words}.`)
}

/** Flags under which Debian's Chromium runs as root and asks nobody anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath ?? '', args: FLAGS, headless: true })

/** A folder of pages, with the shell built from the sources as they are. */
export class Pages {
  readonly #folder = mkdtempSync(join(tmpdir(), 'highwater-page-'))
  readonly #shell: string

  constructor() {
    const file = join(this.#folder, 'shell.html')
    execFileSync(process.execPath, [join(ROOT, 'scripts/build-page.mjs'), file], { stdio: 'ignore' })
    this.#shell = readFileSync(file, 'utf8')
  }

  /** The address of the page of one run, or of two side by side. */
  async of(name: string, plans: readonly Plan[]): Promise<string> {
    const lines = plans.map((plan) => new PageLines({ plan, became: '', repeat: '' }, plans.length === 2))
    for (const [index, plan] of plans.entries()) {
      const job = { plan, became: '', repeat: '', untilUs: null, timeline: 'none' as const }
      const done = await doJob(job, lines[index]!.hooks())
      if (!done.ok) throw new Error(done.bug.message)
    }
    const labels = plans.map(({ kafka }) => kafka)
    const comparison = lines.length === 2 ? compareLines(lines, labels, '') : null
    return this.write(
      name,
      lines.map(({ text }) => text),
      comparison,
    )
  }

  write(name: string, texts: readonly string[], comparison: Parameters<typeof pageHtml>[2] = null): string {
    const file = join(this.#folder, `${name}.html`)
    writeFileSync(file, pageHtml(this.#shell, texts, comparison))
    return pathToFileURL(file).href
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** What a page did that it must not: messages of the console, errors, requests that leave it, dialogs. */
export class Watched {
  readonly trouble: string[] = []
  readonly page: Page

  constructor(page: Page) {
    this.page = page
    page.on('console', (message) => this.trouble.push(`console ${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => this.trouble.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) this.trouble.push(`request: ${request.url()}`)
    })
    page.on('dialog', (dialog) => {
      this.trouble.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
  }

  async open(address: string): Promise<Page> {
    await this.page.goto(address)
    // Machines that run tests are slow: how long a page takes to open is for `npm run page-figures` to say.
    await this.page.waitForFunction(() => document.documentElement.dataset.ready !== undefined, undefined, {
      timeout: 100_000,
    })
    return this.page
  }
}
