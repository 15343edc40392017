// Writes schema/recording.schema.json from the schema that reads recordings. Run after the build.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recordingJsonSchema } from '../dist/conform/recording.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
writeFileSync(join(root, 'schema', 'recording.schema.json'), `${JSON.stringify(recordingJsonSchema(), null, 2)}\n`)
