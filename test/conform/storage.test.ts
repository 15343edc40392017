import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judge } from '../../src/conform/known.ts'
import { conformStorage } from '../../src/conform/storage/conform.ts'
import type { StorageRecording } from '../../src/conform/storage/recording.ts'
import { CONFORMANCE, knownDifferences } from './recordings.ts'

const FOLDER = join(CONFORMANCE, 'storage')
const recordingOf = (name: string): StorageRecording =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as StorageRecording
const ALL = readdirSync(FOLDER).flatMap((name) =>
  readdirSync(join(FOLDER, name)).map((file) => `${name}/${file.replace(/\.json$/, '')}`),
)

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

test.each([
  { do: 'createTopic', topic: 'u', assignment: { 0: [] } },
  { do: 'start', broker: 9 },
  { do: 'produce', broker: 1, partition: 't-0' },
  { do: 'damage', what: 'log file cut', partition: 7 },
])('an action in another form makes the recording one that is not modelled: %j', (entry) => {
  const recording = recordingOf('disk-full-one-dir/2.4.1')
  const entries = [...recording.entries, { atMs: 1, ...entry } as never]
  const report = conformStorage({ ...recording, entries })
  expect(report).toMatchObject({ status: 'not-modelled', compared: 0 })
  expect(report.notModelledReason).toMatch(new RegExp(`^the action "${entry.do}" is not known in this form \\(\\w+`))
})

test('what was seen in another form is counted, and the rest is compared', () => {
  const recording = recordingOf('checkpoints-short/2.4.1')
  const malformed = [
    { saw: 'directory', partition: 't-0' },
    { saw: 'checkpoints', broker: 9, files: {} },
    { saw: 'afterRecovery', partitions: { t: 'like intact' } },
  ]
  const whole = conformStorage(recording)
  const entries = [...recording.entries, ...malformed.map((entry) => ({ atMs: 90_000, ...entry }) as never)]
  const report = conformStorage({ ...recording, entries })
  expect(report).toMatchObject({ status: 'agreed', compared: whole.compared })
  expect(report.unknownSaw).toEqual({
    ...whole.unknownSaw,
    'directory in another form': 1,
    'checkpoints in another form': 1,
    'afterRecovery in another form': 1,
  })
})

test('directories in another form make the recording one that is not modelled', () => {
  const layout = { 'broker 1': 'A' } as never
  expect(conformStorage({ ...recordingOf('disk-full-one-dir/2.4.1'), layout })).toMatchObject({
    status: 'not-modelled',
    notModelledReason: expect.stringMatching(/^its layout has a form that is not known/),
  })
})

test('a segment that is said to be one byte longer is found', () => {
  const recording = JSON.parse(
    JSON.stringify(recordingOf('checkpoints-short/2.4.1')).replace('"bytes":100720', '"bytes":100721'),
  ) as StorageRecording
  expect(conformStorage(recording).differences.map(({ field }) => field)).toEqual(['segment 0'])
})

test('times taken that were rounded up reach past the look at the answers, which waits for them', () => {
  const recording = recordingOf('disk-full-two-dirs/2.4.1')
  const entries = recording.entries.map((entry) => {
    if (!('saw' in entry) || entry.saw !== 'produceResults') return entry
    const took = entry.fields.indexOf('tookMs')
    const results = entry.results.map((row) => row.map((each, at) => (at === took ? Number(each) + 1 : each)))
    return { ...entry, results }
  })
  expect(conformStorage({ ...recording, entries }, 1).differences).toEqual([])
})

test('a phase of counted calls ends where the next one begins, whatever its rounded length', () => {
  const recording = recordingOf('flush/1.1.1')
  const entries = recording.entries.map((entry) =>
    'saw' in entry && entry.saw === 'syncCalls'
      ? { ...entry, phases: entry.phases.map((phase) => ({ ...phase, seconds: phase.seconds + 0.3 })) }
      : entry,
  )
  expect(conformStorage({ ...recording, entries }).differences).toEqual([])
})
