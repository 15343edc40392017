import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, emptyFolder, SMALL } from './terminal.ts'

/** The lines of a refusal, but for the last, which names the help. */
async function mistakes(words: readonly string[], cwd = emptyFolder()): Promise<string[]> {
  const { exit, out, err } = await cli(words, { cwd })
  expect([words, exit, out]).toEqual([words, 2, ''])
  const lines = err.trimEnd().split('\n')
  expect(lines.pop()).toMatch(/^See `highwater.* --help`\.$/)
  return lines
}

test('every mistake of a command line is told at once, with what was expected and the nearest name', async () => {
  const words = 'run leader-crash --sedes 3 --jobs many --seeds -5 --until soon --quiet=yes --kafka 2.4,3.0,9 --set x'
  expect(await mistakes([...words.split(' '), '--junit'])).toEqual([
    '--sedes: there is no such option; nearest: --seeds',
    '--jobs many: expected a whole number from 1 to 256',
    '--seeds -5: expected a whole number from 1 to 1000000',
    '--until soon: expected a time with a unit, such as 500ms, 10s or 2m',
    '--quiet takes no value, and was given yes',
    '--kafka 2.4,3.0,9: Kafka 3.0 is not covered: no generation stands for it; nearest: 2.8, 3.3; "9" is no Kafka release; expected a generation such as 2.4 or an exact release such as 2.4.1; nearest: 0.9',
    '--set x: expected key=value, such as min.insync.replicas=2',
    '--junit: its value is missing: --junit <file>',
  ])
})

test.each([
  [
    'fuzz --first -1 --shard 4/2 --profile swrm extra',
    [
      '--first -1: expected a whole number from 0 to 2000000000',
      '--shard 4/2: expected i/n, such as 2/4',
      expect.stringMatching(/^--profile swrm: expected one of calm, .*; nearest: swarm$/),
      'extra is too much: the command takes no words',
    ],
  ],
  [
    'fuzz --seeds 99999999999999999999 --jobs 0',
    [
      '--seeds 99999999999999999999: expected a whole number from 1 to 1000000',
      '--jobs 0: expected a whole number from 1 to 256',
    ],
  ],
  [
    'mutants cas-ignores-versoin nothing-of-the-kind',
    [
      expect.stringMatching(/^cas-ignores-versoin: expected one of \d+ names .*; nearest: cas-ignores-version$/),
      expect.stringMatching(/^nothing-of-the-kind: expected one of \d+ names \(see --help\)/),
    ],
  ],
  ['inspect', ['--broker <id> is missing: the broker', '<trace> is missing: the trace that `run --trace FILE` wrote']],
  [
    'inspect absent.trace --broker one --at noon',
    [
      '--broker one: expected a whole number from 0 to 2147483647',
      '--at noon: expected a time such as 12s or 1500ms',
      'absent.trace: expected a file: there is none of this name',
    ],
  ],
  [
    'trace export --as pdf',
    ['--as pdf: expected one of perfetto, shiviz, mermaid, csv', '<trace> is missing: the trace'],
  ],
  ['trace exprt', ['there is no command exprt; nearest: export']],
  [
    'list senarios more',
    [
      'senarios: expected one of scenarios, incidents, properties, mechanisms, actions, settings, generations; nearest: scenarios',
      'more is too much: the command takes <what>',
    ],
  ],
  ['--quiet run leader-crash', ['--quiet: flags stand behind the command they are for']],
  ['run --html --quiet leader-crash', ['--html: its value is missing: --html <file>']],
  ['run --seed= leader-crash', ["--seed '': expected a number or a word"]],
  [
    'regress --add absent folder --store absent',
    [
      '--add absent: expected a file: there is none of this name',
      '--add folder: expected a file: it is a folder',
      '--store absent: expected a file: there is none of this name',
    ],
  ],
  [
    'conform folder --known absent --junit folder',
    [
      '--known absent: expected a file: there is none of this name',
      '--junit folder: it cannot be written: it is a folder',
    ],
  ],
])('%s', async (words, told) => {
  const cwd = emptyFolder()
  mkdirSync(join(cwd, 'folder'))
  expect(await mistakes(words.split(' '), cwd)).toEqual(told)
})

test('what stands behind -- is no flag, and help is given whatever else is wrong', async () => {
  expect((await cli(['validate', '--', '--seeds'])).err).toContain('called --seeds')
  expect(await cli(['run', '--sedes', '3', '--help'])).toMatchObject({ exit: 0, err: '' })
})

test('flags that contradict each other are told together', async () => {
  const said = await cli(['run', '-', '--seeds', '3', '--trace', 'a', '--html', 'b', '--verify'], { stdin: SMALL })
  expect(said.exit).toBe(2)
  expect(said.err.trimEnd().split('\n')).toHaveLength(4)
})

test.each([
  ['an empty file', '', 'story.yaml: the file is empty'],
  ['YAML that does not parse', 'a: [1, 2\nb: {', 'story.yaml:2:'],
  ['a version of the language that is not there', SMALL.replace('version: 1', 'version: 9'), 'story.yaml:1:10:'],
])('%s is no scenario, for every command that takes one', async (_, text, told) => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'story.yaml'), text)
  for (const words of ['run', 'validate', 'shrink', 'compare --kafka 2.4,2.5', 'lesson', 'matrix --out here']) {
    const [command, ...flags] = words.split(' ')
    const said = await cli([command!, 'story.yaml', ...flags], { cwd })
    expect([command, said.exit]).toEqual([command, 2])
    expect(said.err).toContain(told)
  }
})

test('shrink takes one scenario that can be run as it is asked for', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'a.yaml'), SMALL)
  writeFileSync(join(cwd, 'b.yaml'), SMALL.replace('brokers: 3', 'brokers: 2'))
  const several = await cli(['shrink', '*.yaml'], { cwd })
  expect(several).toMatchObject({ exit: 2, err: '*.yaml means 2 scenarios: shrink takes one\n' })
  const wrong = await cli(['shrink', 'b.yaml'], { cwd })
  expect(wrong.exit).toBe(2)
  expect(wrong.err).toContain('b.yaml:')
})
