import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { doJob } from '../../../src/cli/job.ts'
import { PageLines } from '../../../src/cli/page-file.ts'
import { bundledPlan } from './plans.ts'

const schema = JSON.parse(readFileSync(new URL('../../../schema/trace.schema.json', import.meta.url), 'utf8'))

/** The schema of one kind of line. */
const lineSchema = (kind: string) => z.fromJSONSchema({ ...schema.$defs[kind], $defs: schema.$defs })

async function linesOf(name: string, kafka: string): Promise<unknown[]> {
  const plan = bundledPlan(name, kafka)
  const lines = new PageLines({ plan, became: '', repeat: '' })
  const done = await doJob({ plan, became: '', repeat: '', untilUs: null, timeline: 'none' }, lines.hooks())
  if (!done.ok) throw new Error(done.bug.message)
  return lines.text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

for (const [name, kafka] of [
  ['lessons/3-how-an-epoch-saves-a-record', '0.10.2'],
  ['leader-crash', '4.1'],
] as const) {
  test(`every line of a trace is what schema/trace.schema.json says: ${name} on ${kafka}`, async () => {
    const [header, ...rest] = await linesOf(name, kafka)
    const footer = rest.pop()
    const wrong = (kind: string, line: unknown): string[] => {
      const parsed = lineSchema(kind).safeParse(line)
      return parsed.success ? [] : [z.prettifyError(parsed.error)]
    }
    expect(wrong('header', header)).toEqual([])
    expect(wrong('footer', footer)).toEqual([])
    const event = lineSchema('event')
    expect(rest.filter((line) => !event.safeParse(line).success).slice(0, 3)).toEqual([])
    expect(rest.length).toBeGreaterThan(100)
  })
}

test('a line without its causes is no event', () => {
  expect(lineSchema('event').safeParse({ i: 0, t: 0, id: 1, k: 'timer', n: '', a: '', r: '' }).success).toBe(false)
  expect(lineSchema('event').safeParse({ i: 0, t: 0.5, id: 1, k: 'timer', n: '', a: '', r: '', c: [] }).success).toBe(
    false,
  )
})
