import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Museum } from '../../src/report/museum.ts'
import type { Said } from '../cli/terminal.ts'
import { cli, emptyFolder } from '../cli/terminal.ts'

const INCIDENT = 'history/kip-101-truncation-loses-acked-record'
const RECORDINGS = join(import.meta.dirname, '../conformance')

const cwd = emptyFolder()
let said: Said
let museum: Museum
const written = (name: string): string => readFileSync(join(cwd, 'reports', name), 'utf8')

beforeAll(async () => {
  said = await cli(['matrix', INCIDENT, '--kafka', '0.10.2,0.11,2.4'], { cwd, columns: 160 })
  museum = JSON.parse(written('museum.json')) as Museum
})

test('the matrix prints what an incident came to under each generation, and the count', () => {
  expect(said.exit).toBe(0)
  expect(said.out).toContain('✗ lost')
  expect(said.out).toContain('✓ held 0.11 to 2.4')
  expect(said.out).toContain('1 incident under 3 generations: 3 cells, 3 as expected, 0 disagreeing')
})

test('the three files say which command, seed and version made them, and why each cell is what it is', () => {
  expect(museum.exhibits[0]!.cells.map(({ verdict }) => verdict)).toEqual(['lost', 'held', 'held'])
  expect(museum.exhibits[0]!.cells[0]!.reason).toMatch(/^m2 at offset 1 of t-0: broker 3 truncated it/)
  for (const name of ['museum.md', 'museum.html']) {
    const text = written(name)
    expect(text).toContain('highwater matrix history/kip-101-truncation-loses-acked-record --kafka 0.10.2,0.11,2.4')
    expect(text).toContain('seed 1')
    expect(text).toContain('KAFKA-1211')
  }
})

test('the command of a cell repeats its run', async () => {
  const { repeat, history } = museum.exhibits[0]!.cells[0]!
  const again = await cli([...repeat.split(' ').slice(1), '--json'], { cwd })
  expect(JSON.parse(again.out)).toMatchObject({ history, kafka: '0.10.2' })
})

test('the page has no script, takes no style but its own, and has a word beside every colour', () => {
  const html = written('museum.html')
  expect(html).not.toMatch(/<script|javascript:| on[a-z]+=| style=|https?:\/\/(?!issues\.apache\.org)/)
  expect(html).toMatch(/default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'/)
  expect(html).toContain('prefers-color-scheme: dark')
  for (const cell of html.match(/<td class="cell [^>]*>.*?<\/td>/g)!) expect(cell).toMatch(/held|lost/)
})

test('work that is done again, and work that is left undone, has a verdict where the scenario says that it must come to it', async () => {
  const incidents = ['history/kip-62-work-longer-than-a-session', 'history/auto-commit-takes-what-was-only-handed-on']
  const told = await cli(['matrix', ...incidents, '--kafka', '0.9,2.4', '--json'], { cwd: emptyFolder() })
  const { exhibits } = JSON.parse(told.out) as Museum
  const verdicts = Object.fromEntries(
    exhibits.map(({ scenario, cells }) => [scenario, cells.map(({ verdict }) => verdict)]),
  )
  expect(verdicts).toEqual({ [incidents[0]!]: ['repeated', 'held'], [incidents[1]!]: ['skipped', 'skipped'] })
})

test('--quiet prints the count only', async () => {
  const quiet = await cli(['matrix', INCIDENT, '--kafka', '2.4', '--quiet'], { cwd: emptyFolder() })
  expect(quiet.out).toBe('1 incident under 1 generation: 1 cell, 1 as expected, 0 disagreeing\n')
})

const own = (expectation: string): string =>
  readFileSync(join(import.meta.dirname, `../../scenarios/${INCIDENT}.yaml`), 'utf8').replace(
    /expect:[\s\S]*$/,
    `expect: ${expectation}\n`,
  )

test('a cell that is not what its scenario expects is told with what was expected, and the exit is 1', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'wrong.yaml'), own('{ holds: [AckedAtAllNotLost] }'))
  const wrong = await cli(['matrix', 'wrong.yaml', '--kafka', '0.10.2,0.11'], { cwd: folder, columns: 160 })
  expect(wrong.exit).toBe(1)
  expect(wrong.out).toContain('lost (DISAGREES) 0.10.2')
  expect(wrong.out).toContain('expected otherwise: AckedAtAllNotLost')
  expect(readFileSync(join(folder, 'reports/museum.html'), 'utf8')).toContain('disagrees')
})

test('what cannot be used is refused with exit 2', async () => {
  for (const words of [['leader-crash'], ['no-such-incident'], [INCIDENT, '--kafka', '7.0']]) {
    const refused = await cli(['matrix', ...words], { cwd: emptyFolder() })
    expect(refused.exit).toBe(2)
    expect(refused.err).not.toBe('')
  }
})

test('text of a scenario cannot break out of the page', async () => {
  const folder = emptyFolder()
  mkdirSync(join(folder, 'x'))
  writeFileSync(join(folder, 'x/odd.yaml'), own('{ }').replace(/^title: .*$/m, "title: '<img src=x onerror=y> | `z`'"))
  await cli(['matrix', 'x/odd.yaml', '--kafka', '2.4'], { cwd: folder })
  expect(readFileSync(join(folder, 'reports/museum.html'), 'utf8')).not.toContain('<img')
  expect(readFileSync(join(folder, 'reports/museum.md'), 'utf8')).not.toContain('<img')
})

test('every recording that an incident names is there', async () => {
  const listed = await cli(['list', 'scenarios', '--json'])
  const names = (JSON.parse(listed.out) as { name: string }[]).map(({ name }) => name)
  const missing = names
    .filter((name) => name.startsWith('history/'))
    .flatMap((name) => {
      const text = readFileSync(join(import.meta.dirname, `../../scenarios/${name}.yaml`), 'utf8')
      const recordings = /recordings: (?:\[([^\]]*)\]|([^,\s}]+))/.exec(text)
      const words = (recordings?.[1] ?? recordings?.[2] ?? '').split(',').map((word) => word.trim())
      return words.filter((word) => word !== '' && !existsSync(join(RECORDINGS, `${word}.json`)))
    })
  expect(missing).toEqual([])
})
