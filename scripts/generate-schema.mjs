// Writes the JSON Schema of scenarios from the schema that checks them. Run after the build, when the language or a
// table it names (settings, mechanisms, versions) has changed: node scripts/generate-schema.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { scenarioJsonSchema } from '../dist/scenario/schema.js'

const file = new URL('../schema/scenario.schema.json', import.meta.url)
mkdirSync(new URL('.', file), { recursive: true })
writeFileSync(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`)
