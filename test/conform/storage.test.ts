import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conformStorage } from '../../src/conform/storage.ts'
import type { StorageRecording } from '../../src/conform/storage-recording.ts'
import { CONFORMANCE } from './recordings.ts'

const FOLDER = join(CONFORMANCE, 'storage')
const recordingOf = (name: string): StorageRecording =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as StorageRecording
const versionsOf = (name: string): string[] =>
  readdirSync(join(FOLDER, name)).map((file) => `${name}/${file.replace(/\.json$/, '')}`)

const AGREED = [
  'segments',
  'flush',
  'checkpoints-short',
  'checkpoints-default',
  'retention',
  'retention-ms-minus-one',
  'delete-records',
  'time-index',
  'compaction-timeline',
  'recovery',
  'disk-full-one-dir',
]

test.each(AGREED.flatMap(versionsOf))('the files of %s are those of the recorded broker', (name) => {
  const report = conformStorage(recordingOf(name))
  expect(report.differences.slice(0, 8)).toEqual([])
  expect(report.status).toBe('agreed')
  expect(report.notReached).toBe(0)
  expect(report.compared).toBeGreaterThan(1)
})

/** Agrees but for what known.yaml explains. */
const EXPLAINED = ['checkpoints-truncation']

test.each(EXPLAINED.flatMap(versionsOf))('%s differs at most in what is explained', (name) => {
  const report = conformStorage(recordingOf(name))
  expect(report.notReached).toBe(0)
  expect(report.differences.length).toBeLessThan(2)
})

const OTHERS = readdirSync(FOLDER).filter((name) => ![...AGREED, ...EXPLAINED].includes(name))

test.each(OTHERS.flatMap(versionsOf))('%s says by name what of it is not simulated', (name) => {
  expect(conformStorage(recordingOf(name))).toMatchObject({
    status: 'not-modelled',
    notModelledReason: expect.stringMatching(/"[\w ]+"/),
  })
})

test('a segment that is said to be one byte longer is found', () => {
  const recording = JSON.parse(
    JSON.stringify(recordingOf('checkpoints-short/2.4.1')).replace('"bytes":100720', '"bytes":100721'),
  ) as StorageRecording
  expect(conformStorage(recording).differences.map(({ field }) => field)).toEqual(['segment 0'])
})
