import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, emptyFolder } from './terminal.ts'

const HEADER = '{"campaign":1,"kafka":"2.4","profile":"smoke","first":1,"seeds":2,"shard":null}'

test.each([
  ['null', ['seed: ']],
  ['[null]', ['seed.0: ']],
  [
    '[{"kafka":"9","profile":"smoke","seed":-1,"outcome":"fine","signature":null,"events":0}]',
    ['seed.0.kafka: ', 'seed.0.seed: ', 'seed.0.outcome: '],
  ],
])('a seed store that holds %s is refused with every problem and its place', async (text, places) => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'seeds.json'), text)
  const said = await cli(['regress', '--store', 'seeds.json'], { cwd })
  expect(said.exit).toBe(2)
  for (const place of places) expect(said.err).toContain(place)
})

test('results with a line in another form are refused, and every such line is named', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'a.jsonl'), `${HEADER}\nnull\n{"seed":1}\n`)
  const said = await cli(['merge', 'a.jsonl'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('a.jsonl: line 2: ')
  expect(said.err).toContain('a.jsonl: line 3.outcome: ')
})

test('results of a version that is not there are no results', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'a.jsonl'), `${HEADER.replace('2.4', '9.9')}\n`)
  const said = await cli(['merge', 'a.jsonl'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('line 1.kafka: ')
})

test('a place that cannot be written is a mistake of who named it, for every command that writes', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'file'), 'kept')
  const commands = [
    ['fuzz', '--seeds', '1', '--profile', 'smoke', '--quiet', '--out', 'file/results.jsonl'],
    ['fuzz', '--seeds', '1', '--profile', 'smoke', '--quiet', '--report', 'file/report.md'],
    ['init', 'file/scenario.yaml'],
    ['run', 'leader-crash', '--quiet', '--until', '1s', '--junit', 'file/junit.xml'],
    ['run', 'leader-crash', '--quiet', '--until', '1s', '--trace', 'file/run.ktrace'],
  ]
  for (const command of commands) {
    const said = await cli(command, { cwd })
    expect([command, said.exit]).toEqual([command, 2])
    expect(said.err).toContain('cannot be written')
  }
  expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('kept')
})

test('Ctrl-C is heard between two seeds also where one process does them all', async () => {
  const stop = new AbortController()
  setImmediate(() => stop.abort())
  const command = ['fuzz', '--seeds', '200', '--profile', 'smoke', '--jobs', '1', '--no-shrink', '--quiet']
  const said = await cli(command, { interrupted: stop.signal })
  expect(said.exit).toBe(130)
  expect(Number(/^(\d+) seeds/m.exec(said.out)?.[1])).toBeLessThan(200)
})
