import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

const result = (seed: number): string =>
  JSON.stringify({
    ...{ seed, outcome: 'clean', breaks: [], liveness: [], events: 9, virtualUs: 9, history: '', twice: false },
    ...{ on: [], placed: [], fired: [], probes: {}, premises: [] },
  })

function resultsIn(cwd: string, name: string, seeds: readonly number[], of = 20): void {
  const header = HEADER.replace('"seeds":2', `"seeds":${of}`)
  writeFileSync(join(cwd, name), [header, ...seeds.map(result), ''].join('\n'))
}

test('shards of which a seed is missing are no campaign: merge names the seeds and fails, unless it is allowed', async () => {
  const cwd = emptyFolder()
  resultsIn(cwd, 'a.jsonl', [1, 3, 5, 7, 9, 11, 13, 15, 17])
  resultsIn(cwd, 'b.jsonl', [2, 4, 6, 14, 16, 18, 20])
  const words = ['merge', 'a.jsonl', 'b.jsonl', '--out', 'all.jsonl']
  const said = await cli(words, { cwd })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('16 seeds')
  expect(said.err).toContain('4 of 20 seeds have no result in these files: 8, 10, 12, 19')
  const allowed = await cli([...words, '--allow-missing'], { cwd })
  expect(allowed.exit).toBe(0)
  expect(allowed.err).toBe(said.err)
  resultsIn(cwd, 'c.jsonl', [8, 10, 12, 19])
  expect(await cli(['merge', 'all.jsonl', 'c.jsonl'], { cwd })).toMatchObject({ exit: 0, err: '' })
})

test('everything that is wrong with several files of results is told at once', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'empty.jsonl'), '')
  writeFileSync(join(cwd, 'headless.jsonl'), '{}\n')
  writeFileSync(join(cwd, 'text.jsonl'), 'not JSON\n')
  resultsIn(cwd, 'foreign.jsonl', [21])
  const said = await cli(['merge', 'empty.jsonl', 'headless.jsonl', 'text.jsonl', 'foreign.jsonl'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('empty.jsonl has no results')
  expect(said.err).toContain('headless.jsonl does not begin with the header')
  expect(said.err).toContain('text.jsonl holds a line that is not JSON')
  expect(said.err).toContain('foreign.jsonl: line 2.seed: 21 is no seed of this campaign')
})

test('a place that cannot be written is a mistake of who named it, told before anything is run', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'file'), 'kept')
  const commands = [
    ['fuzz', '--seeds', '1', '--profile', 'smoke', '--quiet', '--out', 'file/results.jsonl'],
    ['fuzz', '--seeds', '1', '--profile', 'smoke', '--quiet', '--report', 'file/report.md'],
    ['init', 'file/scenario.yaml'],
    ['run', 'leader-crash', '--junit', 'file/junit.xml'],
    ['run', 'leader-crash', '--trace', 'file/run.ktrace'],
    ['run', 'leader-crash', '--html', 'folder'],
    ['conform', 'file', '--report', 'folder'],
    ['matrix', '--out', 'file'],
    ['mutants', '--out', 'file/mutants.md'],
    ['durability', '--out', 'folder'],
    ['shrink', 'leader-crash', '--out', 'file/small.yaml'],
    ['compare', 'leader-crash', '--kafka', '2.4,2.5', '--html', 'file/page.html'],
    ['lesson', '1', '--html', 'folder'],
  ]
  mkdirSync(join(cwd, 'folder'))
  for (const command of commands) {
    const said = await cli(command, { cwd })
    expect([command, said.exit, said.out]).toEqual([command, 2, ''])
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
  const done = Number(/^(\d+) seeds/m.exec(said.out)?.[1])
  expect(done).toBeLessThan(200)
  expect(said.err).toContain(`interrupted after ${done} of 200 seeds; the others: highwater fuzz --kafka 2.4`)
  expect(said.err).toContain(`--first ${done + 1} --seeds ${200 - done}`)
})

test('a campaign does not write over the results of another one', async () => {
  const cwd = emptyFolder()
  const words = ['fuzz', '--seeds', '1', '--profile', 'smoke', '--quiet', '--out', 'results.jsonl']
  expect((await cli(words, { cwd })).exit).toBe(0)
  const again = await cli(words, { cwd })
  expect(again.exit).toBe(2)
  expect(again.err).toContain('results.jsonl is there already: go on where it ends with --resume')
})

test('the command that an interrupted campaign prints goes on where its file ends', async () => {
  const cwd = emptyFolder()
  const stop = new AbortController()
  setImmediate(() => stop.abort())
  const words = ['--seeds', '40', '--profile', 'smoke', '--out', 'results.jsonl', '--shard', '2/2']
  const cut = await cli(['fuzz', ...words, '--jobs', '1', '--no-shrink'], { cwd, interrupted: stop.signal })
  expect(cut.exit).toBe(130)
  const told = /interrupted after 10 of 20 seeds; go on with: highwater (.*)\n/.exec(cut.err)![1]!
  const again = await cli(told.split(' '), { cwd })
  expect(again.exit).toBe(0)
  expect(again.out).toContain('20 seeds')
  expect(again.out).toContain('10 of them now')
})

test('Ctrl-C leaves no page of half the planted bugs, half the museum or half a table', async () => {
  const commands = [
    ['mutants', 'canary', 'cas-ignores-version', '--jobs', '1', '--out', 'page.md'],
    ['matrix', 'history/kip-101-truncation-loses-acked-record', '--jobs', '1', '--out', 'museum'],
    ['durability', '--out', 'table.md'],
  ]
  for (const command of commands) {
    const cwd = emptyFolder()
    const stop = new AbortController()
    setImmediate(() => stop.abort())
    const said = await cli(command, { cwd, interrupted: stop.signal })
    expect([command, said.exit]).toEqual([command, 130])
    expect(said.err).toMatch(/^interrupted after \d+ of \d+ .*nothing is written/m)
    expect(existsSync(join(cwd, command.at(-1)!))).toBe(false)
  }
})

test('where a small scenario cannot be written the campaign says so, shows it, and keeps its summary', async () => {
  const cwd = emptyFolder()
  // The place was free when the campaign began: only the file itself cannot be made.
  mkdirSync(join(cwd, 'found/0.10.2-smoke-5-ConsistentCommittedData.yaml'), { recursive: true })
  const words = ['fuzz', '--kafka', '0.10.2', '--profile', 'smoke', '--first', '5', '--seeds', '1', '--jobs', '1']
  const said = await cli([...words, '--quiet', '--found', 'found', '--report', 'report.md'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('0.10.2-smoke-5-ConsistentCommittedData.yaml cannot be written: it is a folder')
  expect(said.out).toContain('title: Kafka 0.10.2 breaks ConsistentCommittedData')
  expect(said.out).not.toContain('Run it with')
  expect(said.out).toMatch(/^1 seed, .* seeds a minute/m)
  expect(said.out).toContain('ConsistentCommittedData broke in 1 seed')
  expect(existsSync(join(cwd, 'report.md'))).toBe(true)
}, 60_000)

test('a configuration is judged by faults, and a loss comes with a scenario and the command that shows it', async () => {
  const cwd = emptyFolder()
  const said = await cli(['durability', '--set', 'acks=1', '--set', 'topic:flush.messages=1', '--found', 'found'], {
    cwd,
  })
  expect(said.exit).toBe(1)
  expect(said.out).toMatch(/^ {2}power loss of all three +\d+ +0 +✓ kept$/m)
  expect(said.out).toMatch(/half a second [\s\S]*✗ LOST/)
  expect(said.out).toContain('✗ NOT SAFE: 1 of 8 faults that can be survived lose what was acknowledged')
  const [, command] = /^ {2}highwater (run found\/durability-kill.*)$/m.exec(said.out)!
  const shown = await cli(command!.split(' '), { cwd })
  expect(shown.out).toMatch(/acknowledged records are LOST/)
  const safe = await cli(['durability', '--set', 'topic:flush.messages=1', '--found', 'found'], { cwd })
  expect(safe.exit).toBe(0)
  expect(safe.out).toContain('✓ SAFE: nothing that was acknowledged is lost under 8 faults that can be survived')
  const wrong = await cli(['durability', '--set', 'akcs=1'], { cwd })
  expect(wrong.exit).toBe(2)
  expect(wrong.err).toContain('akcs')
}, 60_000)
