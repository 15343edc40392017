import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { judge, type KnownDifference, parseKnown } from '../../src/conform/known.ts'
import { conformStorage } from '../../src/conform/storage.ts'
import type { StorageRecording } from '../../src/conform/storage-recording.ts'
import { CONFORMANCE } from './recordings.ts'

const FOLDER = join(CONFORMANCE, 'storage')
const recordingOf = (name: string): StorageRecording =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as StorageRecording
const ALL = readdirSync(FOLDER).flatMap((name) =>
  readdirSync(join(FOLDER, name)).map((file) => `${name}/${file.replace(/\.json$/, '')}`),
)

function knownDifferences(): readonly KnownDifference[] {
  const parsed = parseKnown(parse(readFileSync(join(CONFORMANCE, 'known.yaml'), 'utf8')))
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.known
}
const KNOWN = knownDifferences()

test.each(ALL)('the files of %s are those of the recorded broker, but for what known.yaml explains', (name) => {
  const report = conformStorage(recordingOf(name))
  const { recordings, outdated } = judge([report], KNOWN)
  expect(recordings[0]!.unexplained.slice(0, 8)).toEqual([])
  expect(outdated).toEqual([])
  expect(report.notReached).toBe(0)
  expect(report.compared).toBeGreaterThan(1)
})

test('an action that is not known is named, and nothing is compared', () => {
  const recording = recordingOf('disk-full-one-dir/2.4.1')
  const entries = [...recording.entries, { atMs: 1, do: 'moveReplica' } as never]
  expect(conformStorage({ ...recording, entries })).toMatchObject({
    status: 'not-modelled',
    compared: 0,
    notModelledReason: expect.stringContaining('"moveReplica"'),
  })
})

test('a segment that is said to be one byte longer is found', () => {
  const recording = JSON.parse(
    JSON.stringify(recordingOf('checkpoints-short/2.4.1')).replace('"bytes":100720', '"bytes":100721'),
  ) as StorageRecording
  expect(conformStorage(recording).differences.map(({ field }) => field)).toEqual(['segment 0'])
})
