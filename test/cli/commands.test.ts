import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROPERTIES } from '../../src/check/index.ts'
import { globExpression } from '../../src/cli/glob.ts'
import { allPages } from '../../src/cli/terms.ts'
import { cli, emptyFolder, SMALL } from './terminal.ts'

const RECORDINGS = join(import.meta.dirname, '../conformance')

test.each(['scenarios', 'properties', 'actions', 'settings', 'generations'])(
  'list %s prints a table, and an array with --json',
  async (what) => {
    const shown = await cli(['list', what])
    expect(shown.exit).toBe(0)
    expect(shown.out.split('\n').length).toBeGreaterThan(3)
    const json = await cli(['list', what, '--json'])
    expect(Array.isArray(JSON.parse(json.out))).toBe(true)
  },
)

test('list refuses what it does not know', async () => {
  const said = await cli(['list', 'brokers'])
  expect(said.exit).toBe(2)
  expect(said.err).toContain('scenarios')
})

test('every property has a page with its own words and with who promises it', () => {
  const pages = allPages()
  for (const { name } of PROPERTIES) {
    const page = pages.find((each) => each.kind === 'property' && each.term === name)!
    const text = JSON.stringify(page.document)
    expect(text).toContain('promised')
    const paragraphs = page.document.filter((block) => block.kind === 'paragraph')
    expect(paragraphs.every((block) => block.line.some((span) => span.text !== ''))).toBe(true)
  }
})

test.each([
  ['AckedAtAllNotLost', 'acks=all'],
  ['acked-at-all-not-lost', 'acks=all'],
  ['truncation', 'high-watermark'],
  ['crash', 'kill -9'],
  ['NOT_ENOUGH_REPLICAS', 'min.insync.replicas'],
  ['min.insync.replicas', 'Fewest ISR members'],
  ['0.11.0.3', 'KIP-101'],
  ['becameLeader', 'began to lead'],
  ['kafka-7128', 'highwater run kafka-7128-a-follower-joins-at-a-stale-high-watermark'],
  // A value of a switch is written small, and names it all the same.
  ['KIP-279', 'truncation'],
  ['KIP-101', 'AckedAtAllNotLost'],
  ['C-29', 'broker epoch'],
])('explain %s says it in plain words', async (term, words) => {
  const said = await cli(['explain', term])
  expect(said.exit).toBe(0)
  expect(said.out).toContain(words)
})

test('explain names the nearest term to one it does not know, with exit 2', async () => {
  const said = await cli(['explain', 'AckedAtAllNotLots'])
  expect(said.exit).toBe(2)
  expect(said.err).toContain('AckedAtAllNotLost')
})

test('validate tells every problem with its place, and the worst exit of several files', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'good.yaml'), SMALL)
  writeFileSync(join(cwd, 'bad.yaml'), SMALL.replace('crash: leader(orders-0)', 'crsh: leader(orders-0)'))
  const said = await cli(['validate', 'good.yaml', 'bad.yaml'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.out).toContain('✓ good.yaml')
  expect(said.out).toContain('✗ bad.yaml')
  expect(said.err).toContain('crash')
})

test('conform prints a line a recording and the counts', async () => {
  const said = await cli([
    'conform',
    join(RECORDINGS, 'leader-crash/2.4.1.json'),
    join(RECORDINGS, 'vectors/murmur2.json'),
  ])
  expect(said.out).toContain('leader-crash/2.4.1')
  expect(said.out).toMatch(/1 recording: 1 agreed, 0 differing, 0 not modelled/)
  expect(said.exit).toBe(0)
})

test('conform of one recording also tells the pins, unless it goes without', async () => {
  const file = join(RECORDINGS, 'leader-crash/2.4.1.json')
  expect((await cli(['conform', file])).out).toContain('pinned, as')
  const without = await cli(['conform', file, '--no-pins'])
  expect(without.out).not.toContain('pinned, as')
  expect(without.out).toContain('1 recording without pins')
})

test('conform shows side by side what differs, and exits with 1', async () => {
  const cwd = emptyFolder()
  const text = readFileSync(join(RECORDINGS, 'leader-crash/2.4.1.json'), 'utf8')
  const changed = text.replace(/("saw": "produceResult"[^}]*"baseOffset": )\d+/, '$1777')
  expect(changed).not.toBe(text)
  writeFileSync(join(cwd, 'changed.json'), changed)
  const said = await cli(['conform', 'changed.json', '--no-pins'], { cwd })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('differs')
  expect(said.out).toMatch(/label +field +recorded +ours/)
  expect(said.out).toContain('777')
})

test('an explained difference that is no longer there fails, and an unreadable recording cannot be used', async () => {
  const cwd = emptyFolder()
  mkdirSync(join(cwd, 'recordings'))
  cpSync(join(RECORDINGS, 'leader-crash/2.4.1.json'), join(cwd, 'recordings/one.json'))
  writeFileSync(
    join(cwd, 'recordings/known.yaml'),
    '- { recording: leader-crash/2.4.1, label: x, field: y, reason: once so }\n',
  )
  const outdated = await cli(['conform', 'recordings'], { cwd })
  expect(outdated.exit).toBe(1)
  expect(outdated.out).toContain('explained but no longer there')
  writeFileSync(join(cwd, 'recordings/two.json'), '{ "name": 1 }')
  const unreadable = await cli(['conform', 'recordings', '--quiet'], { cwd })
  expect(unreadable.exit).toBe(2)
  expect(unreadable.err).toContain('two.json')
})

test('words that are no command are refused with the nearest, and help is no mistake', async () => {
  const said = await cli(['rnu'])
  expect(said.exit).toBe(2)
  expect(said.err).toContain('run')
  const help = await cli(['--help'])
  expect(help.exit).toBe(0)
  expect(help.out).toContain('Exit codes')
})

test.each([
  ['*.yaml', 'a.yaml', true],
  ['*.yaml', 'below/a.yaml', false],
  ['**/*.yaml', 'below/deep/a.yaml', true],
  ['**/*.yaml', 'a.yaml', true],
  ['{basics,history}/k?p-*', 'history/kip-101', true],
  ['{basics,history}/k?p-*', 'failures/kip-101', false],
  ['[ab].yaml', 'b.yaml', true],
  ['[!ab].yaml', 'b.yaml', false],
  ['a+b.yaml', 'a+b.yaml', true],
])('the pattern %s and the name %s: %s', (pattern, name, matches) => {
  expect(globExpression(pattern).test(name)).toBe(matches)
})
