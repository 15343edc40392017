import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scenarioJsonSchema } from '../../src/scenario/schema.ts'

const committed = readFileSync(new URL('../../schema/scenario.schema.json', import.meta.url), 'utf8')

test('the committed JSON Schema is the one of the language (node scripts/generate-schema.mjs writes it)', () => {
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
})

test('every reference of the JSON Schema leads somewhere', () => {
  const schema = JSON.parse(committed) as { definitions: Record<string, unknown> }
  const references = [...committed.matchAll(/"\$ref": "#\/definitions\/([^"]+)"/g)].map((match) => match[1]!)
  expect(references.length).toBeGreaterThan(20)
  expect(references.filter((name) => schema.definitions[name] === undefined)).toEqual([])
})
