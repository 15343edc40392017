import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type KnownDifference, parseKnown } from '../../src/conform/known.ts'
import type { Recording } from '../../src/conform/recording.ts'
import { parseRecording } from '../../src/conform/recording.ts'

export const CONFORMANCE = join(dirname(fileURLToPath(import.meta.url)), '..', 'conformance')

/** Folders of test/conformance that hold no recordings of clusters. */
const OTHER = ['storage', 'clients', 'vectors']

/** The plain data of a recording, by name/version. */
export const recordingData = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(CONFORMANCE, `${name}.json`), 'utf8')) as Record<string, unknown>

/** A recording that must be readable. */
export function recordingOf(data: unknown): Recording {
  const parsed = parseRecording(data)
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.recording
}

export const recordingNamed = (name: string): Recording => recordingOf(recordingData(name))

/** Names of every recording of a cluster, sorted. */
export function allRecordings(): string[] {
  return readdirSync(CONFORMANCE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !OTHER.includes(entry.name))
    .flatMap((entry) =>
      readdirSync(join(CONFORMANCE, entry.name)).map((file) => `${entry.name}/${file.replace(/\.json$/, '')}`),
    )
    .sort()
}

/** Differences that are explained, of recordings of every kind. */
export function knownDifferences(): readonly KnownDifference[] {
  const parsed = parseKnown(parse(readFileSync(join(CONFORMANCE, 'known.yaml'), 'utf8')))
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.known
}
