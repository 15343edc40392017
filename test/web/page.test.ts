import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { Plan } from '../../src/world/plan.ts'
import { bundledPlan } from '../report/page/plans.ts'
import { chromiumPath, launch, Pages, Watched } from './browser.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const KIP_101 = 'history/kip-101-truncation-loses-acked-record'
const TRANSACTIONS = 'transactions/crashes-at-every-step-of-consume-transform-produce'
const LESSON = 'lessons/3-how-an-epoch-saves-a-record'

/** Every text of a scenario as an attack on the page that shows it. */
const HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'><svg onload=alert(3)>$&'

function hostile(plan: Plan): Plan {
  return {
    ...plan,
    title: HOSTILE,
    story: HOSTILE,
    chapters: (plan.chapters ?? []).map((chapter) => ({
      ...chapter,
      title: HOSTILE,
      say: HOSTILE,
      notes: HOSTILE,
      mark: [HOSTILE],
      ask:
        chapter.ask === null
          ? null
          : {
              ...chapter.ask,
              question: HOSTILE,
              options: chapter.ask.options.map((_, i) => `${HOSTILE} ${i}`),
              why: HOSTILE,
            },
    })),
    steps: JSON.parse(JSON.stringify(plan.steps), (key, value) =>
      key === 'value' || key === 'values' || key === 'note' || key === 'title' ? said(value) : value,
    ),
  }
}

/** Steady traffic for long enough to make 100,000 events. */
function longPlan(): Plan {
  const parsed = parseScenario(
    `version: 1
title: A long run
kafka: "2.4"
cluster: { brokers: 3, settings: { min.insync.replicas: 2 } }
topics: { t: { replicas: [[1, 2, 3], [2, 3, 1]] } }
clients:
  p: { produces: t, rate: 50/s, settings: { acks: all } }
  c: { consumes: t }
run: 130s
`,
    'long',
  )
  const compiled = parsed.ok ? compileScenario(parsed.scenario, {}) : parsed
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join())
  return compiled.plan
}

const said = (value: unknown): unknown =>
  typeof value === 'string' ? `${HOSTILE}${value}` : Array.isArray(value) ? value.map(said) : value

async function axe(page: Page): Promise<string[]> {
  // The content policy refuses scripts of others, so that axe is brought in as the debugger would.
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as {
      axe: { run: (options: unknown) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await engine.run({ resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
  })
}

describe.skipIf(chromiumPath === null)('the page in a browser', () => {
  let browser: Browser
  let pages: Pages
  let one: string
  let two: string
  let compared: string
  let watched: Watched

  beforeAll(async () => {
    browser = await launch()
    pages = new Pages()
    one = await pages.of('one', [bundledPlan(KIP_101, '0.10.2')])
    compared = await pages.of('compared', [bundledPlan(KIP_101, '0.10.2'), bundledPlan(KIP_101, '0.11')])
    two = await pages.of('two', [bundledPlan(LESSON, '0.10.2'), bundledPlan(LESSON, '0.11')])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    pages?.remove()
  })
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, offline: true })
    watched = new Watched(await context.newPage())
  })
  afterEach(async () => {
    // No message of the console, no error, no request that leaves the page: after every test.
    expect(watched.trouble).toEqual([])
    await watched.page.context().close()
  })

  test('opens from disk without a network and says which Kafka and what came of it', async () => {
    const page = await watched.open(one)
    expect(await page.locator('header').innerText()).toMatch(/Kafka 0\.10\.2[\s\S]*1 acknowledged record lost/)
    expect(await page.title()).toContain('Highwater')
  })

  test('a lesson is walked to its end with the keyboard alone, and its guesses stay beside the truth', async () => {
    const page = await watched.open(two)
    const chapter = page.locator('section.chapter')
    const titles: string[] = []
    for (let at = 0; at < 12; at++) {
      const title = await chapter.locator('h2').innerText()
      if (titles.at(-1) !== title) titles.push(title)
      if ((await page.locator('form.question').count()) > 0) {
        // The run cannot be moved past a question that has no answer.
        const before = await page.locator('.where').innerText()
        await page.keyboard.press('PageDown')
        expect(await chapter.locator('h2').innerText()).toBe(title)
        expect(before).toContain('a question waits')
        // Neither the outcome nor what breaks later gives the answer away.
        expect(await page.locator('header').innerText()).toMatch(/told after the questions/)
        expect(await page.locator('#tab-panel').innerText()).not.toMatch(/is lost|held/)
        await page.keyboard.press('p')
        await page.keyboard.press('Space')
        await page.keyboard.press('Enter')
        await page.locator('.reveal').waitFor()
        expect(await page.locator('.reveal').innerText()).toMatch(/You said/)
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      }
      await page.keyboard.press('PageDown')
    }
    expect(await page.locator('header').innerText()).toMatch(/1 acknowledged record lost/)
    expect(titles).toEqual([
      'm2 is everywhere, and only the leader knows it',
      'The leader dies',
      'One moment without it',
      'm3',
      'The others return',
    ])
  })

  test('while a question waits, a comparison tells neither what comes later nor where the two part', async () => {
    const page = await watched.open(two)
    while ((await page.locator('form.question').count()) === 0) await page.keyboard.press('PageDown')
    const list = page.locator('.events .list')
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await expect.poll(() => list.innerText()).toContain('The leader is killed')
    expect(await list.innerText()).not.toMatch(/from 2 to 1|end of epoch 0/)
    expect(await page.locator('p.difference').innerText()).toBe(
      'Where the two part for the first time is told after the question.',
    )
    const rows = async () => Number(await list.getAttribute('aria-rowcount'))
    const held = await rows()
    await page.keyboard.press('d')
    expect(await page.locator('.where').innerText()).toContain('a question waits')
    expect(await page.locator('.event.here').count()).toBe(1)
    await page.getByRole('button', { name: 'Skip' }).click()
    expect(await rows()).toBeGreaterThan(held)
    expect(await page.locator('p.difference').innerText()).toContain('truncates its log from 2 to 1')
  })

  test('the palette finds a command by letters of its name, and leaves when it is run', async () => {
    const page = await watched.open(one)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('last ev')
    expect(await page.locator('[role=option]').allInnerTexts()).toEqual([expect.stringContaining('last event')])
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('Enter')
    expect(await page.locator('dialog').isVisible()).toBe(false)
    const last = await page.locator('input[type=range]').getAttribute('max')
    expect(await page.locator('.where').innerText()).toContain(`event ${last} of ${last}`)
    // A command may open another dialog.
    await page.keyboard.press('Control+k')
    await page.keyboard.type('bookmark list')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Bookmarks' }).waitFor()
  })

  test('a run goes, or plays, to where a condition comes true', async () => {
    const page = await watched.open(one)
    await page.keyboard.press('u')
    await page.keyboard.type('b3.leo < nothing')
    await page.keyboard.press('Enter')
    expect(await page.locator('dialog [role=alert]').innerText()).toContain('is no condition')
    expect(await axe(page)).toEqual([])
    await page.locator('dialog input').fill('m2 in b3')
    await page.keyboard.press('Enter')
    await page.locator('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('u')
    await page.locator('dialog input').fill('b3.leo < 2')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.where').innerText()).toContain('event 604 ')
    await page.locator('input[type=range]').fill('590')
    for (let i = 0; i < 4; i++) await page.keyboard.press('+')
    await page.keyboard.press('u')
    await page.getByRole('button', { name: 'Play to it' }).click()
    await expect.poll(() => page.locator('.where').innerText()).toContain('event 604 ')
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
  })

  test('the scrubber shows what the logs are like where the pointer hovers, and nothing behind a question', async () => {
    const page = await watched.open(one)
    const over = page.locator('.overview')
    const box = (await over.boundingBox())!
    const at = (share: number) => page.mouse.move(box.x + box.width * share, box.y + 20)
    await at(604 / 3577)
    expect(await page.locator('.preview').innerText()).toMatch(/^60\d[\s\S]*b2 ★\s*HW 1 LEO 2/)
    await page.mouse.move(10, 10)
    expect(await page.locator('.preview').count()).toBe(0)
    await watched.open(two)
    while ((await page.locator('form.question').count()) === 0) await page.keyboard.press('PageDown')
    await at(0.9)
    expect(await page.locator('.preview').count()).toBe(0)
    await at(0.01)
    expect(await page.locator('.preview').count()).toBe(1)
  })

  test('on a narrow screen columns are seen one at a time, and messages under way stand in a list', async () => {
    await watched.page.setViewportSize({ width: 500, height: 900 })
    const page = await watched.open(compared)
    await page.getByRole('button', { name: 'First difference' }).click()
    const columns = page.locator('article.replicas')
    expect(await columns.count()).toBe(1)
    await columns.locator('[data-broker="3"] .ghost').waitFor()
    expect(await page.locator('.diagram svg').count()).toBe(0)
    expect(await page.locator('.in-flight').innerText()).toMatch(/b2 → ctl4[\s\S]*arrives @\d+/)
    expect(await axe(page)).toEqual([])
    await page.getByRole('group', { name: 'Shown column' }).getByRole('button', { name: 'B', exact: true }).click()
    expect(await columns.locator('.ghost').count()).toBe(0)
    await page.getByRole('button', { name: 'A and B' }).click()
    expect(await columns.count()).toBe(2)
  })

  test('on paper a lesson is a film strip: a frame a chapter, blank questions, answers behind them', async () => {
    const page = await watched.open(two)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const strip = page.locator('.strip')
    await strip.waitFor()
    expect(
      await page
        .locator('main, header, .scrubber')
        .evaluateAll((all) => all.map((each) => getComputedStyle(each).display)),
    ).toEqual(['none', 'none', 'none'])
    expect(await strip.locator('.frame article.replicas').count()).toBe(10)
    expect(await strip.locator('.frame svg').count()).toBe(5)
    expect(await strip.locator('.box').first().innerText()).toContain('☐ it cuts m2 off')
    const words = await strip.innerText()
    const answers = words.indexOf('Answers')
    expect(words.indexOf('Kafka 0.11: it keeps m2.')).toBeGreaterThan(answers)
    expect(words.slice(0, answers)).not.toMatch(/it trusts its own high watermark|is lost/i)
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ media: 'screen' })
    await expect.poll(() => strip.count()).toBe(0)
  })

  test('list, diagram, cells and slider follow the same event', async () => {
    const page = await watched.open(one)
    await page.keyboard.press('g')
    await page.locator('dialog input').fill('604')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.where').innerText()).toContain('event 604')
    expect(await page.locator('.event.here').innerText()).toContain('604')
    expect(await page.locator('.inspector').innerText()).toMatch(/truncates its log from 2 to 1/)
    expect(await page.locator('input[type=range]').inputValue()).toBe('604')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.locator('.where').innerText()).toContain('event 605')
    await page.keyboard.press('ArrowLeft')
    await page.locator('input[type=range]').fill('100')
    await expect.poll(() => page.locator('.where').innerText()).toContain('event 100')
    await expect.poll(() => page.url()).toContain('#e=100')
  })

  test('a truncated record stays as a ghost, and what was acknowledged and is lost says so', async () => {
    const page = await watched.open(`${one}#e=604`)
    const ghost = page.locator('[data-broker="3"] .ghost')
    expect(await ghost.innerText()).toMatch(/m2[\s\S]*@604/)
    await page.keyboard.press('End')
    const lost = page.locator('.ack.lost')
    await lost.waitFor()
    expect(await lost.innerText()).toMatch(/m2[\s\S]*LOST[\s\S]*b1/)
    await page.keyboard.press('o')
    expect(await page.locator('.ghost').count()).toBe(0)
  })

  test('two versions move together, leave a gap where only one does something, and part at a named place', async () => {
    const page = await watched.open(compared)
    expect(await page.locator('p.difference').innerText()).toMatch(
      /Kafka 0\.10\.2: broker 3 truncates its log from 2 to 1[\s\S]*Kafka 0\.11: broker 3 asks broker 2 for the end of epoch 0/,
    )
    await page.getByRole('button', { name: 'First difference' }).click()
    const [left, right] = [page.locator('article.replicas').nth(0), page.locator('article.replicas').nth(1)]
    await left.locator('[data-broker="3"] .ghost').waitFor()
    expect(await right.locator('[data-broker="3"] .ghost').count()).toBe(0)
    // What each side does here stands above its logs, and a log that is another one on the other side says so.
    expect(await left.locator('.here').innerText()).toMatch(/^b3 t-0: truncates its log from 2 to 1/)
    expect(await right.locator('.here').innerText()).toContain('nothing like it here')
    expect(await left.locator('[data-broker="3"] .unlike').innerText()).toBe('≠ B')
    expect(await right.locator('.unlike').count()).toBe(1)
    await page.keyboard.press('l')
    expect(await right.locator('.unlike').count()).toBe(0)
    const before = await right.innerText()
    await page.keyboard.press('ArrowRight')
    expect(await right.innerText()).toBe(before)
    await page.keyboard.press('v')
    expect(await page.locator('article.replicas').count()).toBe(1)
  })

  test('the newest offset and the log end behind it are in sight, and values tell records apart', async () => {
    const page = await watched.open(compared)
    await page.keyboard.press('v')
    await page.keyboard.press('End')
    const table = page.locator('article.replicas .scroll').first()
    expect(await table.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true)
    expect(await page.locator('.caret.leo').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Lecture' }).click()
    expect(await page.getByRole('button', { name: 'Lecture' }).getAttribute('aria-pressed')).toBe('true')
  })

  test('what a scenario says is data and never runs', async () => {
    const address = await pages.of('hostile', [hostile(bundledPlan(LESSON, '0.10.2'))])
    const page = await watched.open(address)
    expect(await page.locator('script:not([type*="octet-stream"]):not([type=module])').count()).toBe(0)
    expect(await page.locator('img, svg[onload]').count()).toBe(0)
    expect(await page.locator('section.chapter h2').innerText()).toBe(HOSTILE)
    for (const key of ['End', 'e', 'Escape', '?', 'Escape', 'Home']) await page.keyboard.press(key)
    expect(await page.evaluate(() => document.querySelectorAll('[onerror],[onload]').length)).toBe(0)
  })

  const SCREENS: readonly (readonly [string, () => string, readonly string[]])[] = [
    ['one run at its end', () => one, ['End']],
    ['one run in the dark', () => one, ['t', ']']],
    ['a lesson with its question, two versions', () => two, ['PageDown']],
    ['big type', () => one, ['f', 'End']],
    ['the list of keys', () => one, ['?']],
    ['exports', () => one, ['e']],
  ]
  for (const [name, address, keys] of SCREENS) {
    test(`axe finds nothing: ${name}`, async () => {
      const page = await watched.open(address())
      for (const key of keys) await page.keyboard.press(key)
      expect(await axe(page)).toEqual([])
    })
  }

  test('axe finds nothing: each tab beside the run', async () => {
    const page = await watched.open(`${one}#e=604`)
    const tabs = page.locator('.tabs [role=tab], .tabs .bar button')
    expect(await tabs.count()).toBeGreaterThan(3)
    for (let i = 0; i < (await tabs.count()); i++) {
      await tabs.nth(i).click()
      expect(await axe(page)).toEqual([])
    }
  })

  test('a report of more than 100,000 events opens, and only what is in sight is in the page', {
    timeout: 120_000,
  }, async () => {
    const page = await watched.open(await pages.of('long', [longPlan()]))
    const last = Number(await page.locator('input[type=range]').getAttribute('max'))
    expect(last).toBeGreaterThan(100_000)
    await page.locator('select[aria-label="Which events"]').selectOption('1')
    for (const at of [last, Math.floor(last / 2), 1, last - 1]) {
      await page.locator('input[type=range]').fill(String(at))
      await expect.poll(() => page.locator('.where').innerText()).toContain(`event ${at} `)
      expect(await page.locator('*').count()).toBeLessThan(3_000)
    }
  })

  test('groups and transactions have tabs where a run has them, and marks in the logs', async () => {
    const page = await watched.open(await pages.of('groups', [bundledPlan(TRANSACTIONS)]))
    const tab = (name: string) => page.getByRole('tab', { name })
    await page.keyboard.press('End')
    await tab('Transactions').click()
    expect(await page.locator('#tab-panel').innerText()).toMatch(/w2 at b3\s+1 epoch 2\s+Empty/)
    expect(await axe(page)).toEqual([])
    await tab('Groups').click()
    expect(await page.locator('#tab-panel').innerText()).toMatch(/Group workers: Empty[\s\S]*in-0\s+12\s+0\s+0/)
    expect(await axe(page)).toEqual([])
    await page.locator('select[aria-label=Partition]').selectOption('out-0')
    const leader = page.locator('tbody.replica.named')
    expect(await leader.locator('.cell.record.aborted').count()).toBe(2)
    expect(await leader.locator('.cell.marker.committed').first().getAttribute('title')).toMatch(/the marker by which/)
    // The same run before the first transaction: nothing is open, aborted or held.
    await page.keyboard.press('Home')
    expect(await page.locator('.cell').count()).toBe(0)
    // A run without any of it has no such tab.
    await watched.open(one)
    expect(await tab('Groups').count()).toBe(0)
    expect(await tab('Transactions').count()).toBe(0)
  })

  test('a narrow screen scrolls down only, and a reader that wants no motion gets none', async () => {
    await watched.page.setViewportSize({ width: 400, height: 800 })
    await watched.page.emulateMedia({ reducedMotion: 'reduce' })
    const page = await watched.open(two)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].some((each) => {
        const { animationDuration, transitionDuration } = getComputedStyle(each)
        return [animationDuration, transitionDuration].some((time) => Number.parseFloat(time) > 0.01)
      }),
    )
    expect(moving).toBe(false)
  })
})
