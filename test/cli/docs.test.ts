import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, SMALL } from './terminal.ts'

const doc = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')

/** What `--help` says behind two blanks, below a heading. */
async function helpOf(words: readonly string[], heading: string): Promise<string[]> {
  const { out } = await cli([...words, '--help'])
  const below = out.split(`${heading}:\n`)[1]?.split('\n\n')[0] ?? ''
  return [...below.matchAll(/^ {2}(?:-\w, )?([a-z-]+)/gm)].map((match) => match[1]!)
}

/** Told once for all commands. */
const OF_ALL = ['--help', '--no-color']

test('every command has a section of its own in docs/cli.md, and every flag is in that of its command', async () => {
  const text = doc('cli.md')
  const sections = text.split(/^## /m)
  const commands = (await helpOf([], 'Commands')).filter((command) => command !== 'help')
  expect(commands).toContain('run')
  expect(text).toContain('`--no-color`')
  for (const command of commands) {
    const section = sections.find((each) => each.startsWith(`${command}\n`)) ?? ''
    expect(text, command).toContain(`| [\`${command}\`](#${command}) |`)
    const below = (await helpOf([command], 'Commands')).filter((each) => each !== 'help')
    for (const words of [[command], ...below.map((each) => [command, each])]) {
      const flags = (await helpOf(words, 'Options')).filter((flag) => !OF_ALL.includes(flag))
      const untold = flags.filter((flag) => !section.includes(flag))
      expect(untold, words.join(' ')).toEqual([])
    }
  }
})

test('every field that --json prints is in docs/json-output.md', async () => {
  const text = doc('json-output.md')
  const { out } = await cli(['run', '-', '--json'], { stdin: SMALL })
  const run = JSON.parse(out) as Record<string, unknown>
  const missing: string[] = []
  const look = (value: unknown, byName: boolean): void => {
    if (Array.isArray(value)) for (const each of value) look(each, true)
    else if (typeof value === 'object' && value !== null) {
      for (const [field, below] of Object.entries(value)) {
        if (byName && !text.includes(`\`${field}\``)) missing.push(field)
        look(below, field !== 'partitions' && field !== 'logs')
      }
    }
  }
  look(run, true)
  expect([...new Set(missing)]).toEqual([])
})
