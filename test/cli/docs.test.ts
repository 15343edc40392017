import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, SMALL } from './terminal.ts'

const doc = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')

const COMMANDS = [
  'run',
  'validate',
  'replay',
  'inspect',
  'conform',
  'matrix',
  'durability',
  'compare',
  'list',
  'explain',
  'init',
]

test('every flag of every command is in docs/cli.md, in the section of its command', async () => {
  const sections = doc('cli.md').split(/^## /m)
  for (const command of COMMANDS) {
    const section = sections.find((each) => each.startsWith(`${command}\n`))!
    const { out } = await cli([command, '--help'])
    const flags = [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]!)
    expect(
      flags.filter((flag) => flag !== '--help' && !section.includes(flag)),
      command,
    ).toEqual([])
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
