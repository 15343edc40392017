import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario, scenario } from '../../src/scenario/scenario.ts'
import type { ScenarioForm } from '../../src/scenario/schema.ts'
import { ACTIONS } from '../../src/scenario/vocabulary/actions.ts'
import { CONDITIONS } from '../../src/scenario/vocabulary/conditions.ts'
import { COUNTS } from '../../src/scenario/vocabulary/counts.ts'
import { TARGETS } from '../../src/scenario/vocabulary/targets.ts'
import { readScalar } from '../../src/scenario/yaml.ts'
import { FRAME } from './frame.ts'

const page = readFileSync(new URL('../../docs/scenario-language.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!)
const whole = blocks.filter((block) => block.includes('version: 1'))
const parts = blocks.filter((block) => !block.includes('version: 1'))

for (const text of whole) {
  test(`the page's scenario is valid: ${/title: (.*)/.exec(text)?.[1]}`, () => {
    const parsed = parseScenario(text, 'docs/scenario-language.md')
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    if (parsed.ok) expect(compileScenario(parsed.scenario)).toMatchObject({ ok: true })
  })
}

for (const text of parts) {
  test(`the page's part is valid in a scenario: ${text.split('\n').slice(0, 2).join(' ')}`, () => {
    const form = { ...(readScalar(FRAME) as object), ...(readScalar(text) as object) } as ScenarioForm
    const made = scenario({ ...form, kafka: '2.4' })
    expect(made.ok ? [] : made.problems).toEqual([])
  })
}

test('there is one whole scenario and a part for each section', () => {
  expect(whole).toHaveLength(1)
  expect(parts.map((text) => text.split(':')[0])).toEqual(
    expect.arrayContaining(['cluster', 'topics', 'network', 'clients', 'mechanisms', 'steps', 'expect']),
  )
})

test('the tables of the page are the words of the language', () => {
  for (const { name, meaning, example } of [...TARGETS, ...ACTIONS, ...CONDITIONS, ...COUNTS]) {
    expect(page).toContain(`| \`${name}\` | ${meaning} | \`${example}\` |\n`)
  }
})
