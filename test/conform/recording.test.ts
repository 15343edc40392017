import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRecording, recordingJsonSchema } from '../../src/conform/recording.ts'
import { allRecordings, CONFORMANCE, recordingData, recordingOf } from './recordings.ts'

test('every recording of the project can be read, and has no word that is not known', () => {
  const names = allRecordings()
  expect(names.length).toBeGreaterThan(200)
  for (const name of names) {
    const parsed = parseRecording(recordingData(name))
    expect(parsed.ok ? [] : parsed.problems, name).toEqual([])
    if (parsed.ok)
      expect(
        parsed.recording.entries.filter((entry) => 'unknown' in entry),
        name,
      ).toEqual([])
  }
})

test('entries in a form that is not known are kept, with what does not fit', () => {
  const entries = [
    { atMs: 5, do: 'crash', broker: 'one' },
    { atMs: 6, saw: 'registered' },
  ]
  const read = recordingOf({ ...recordingData('leader-crash/2.4.1'), entries }).entries
  expect(read).toMatchObject([
    { unknown: 'do', word: 'crash', misfit: expect.stringMatching(/^broker: /) },
    { unknown: 'saw', word: 'registered', misfit: expect.stringMatching(/^brokers: /) },
  ])
})

test('a file whose head does not fit is refused with every problem and where it is', () => {
  const parsed = parseRecording({ ...recordingData('leader-crash/2.4.1'), brokers: 0, kafka: 2.4 })
  expect(parsed.ok).toBe(false)
  if (parsed.ok) return
  expect(parsed.problems).toHaveLength(2)
  expect(parsed.problems[0]).toMatch(/^kafka: /)
  expect(parsed.problems[1]).toMatch(/^brokers: /)
})

test('a field that says null is like one that is not there', () => {
  const entry = { atMs: 6, saw: 'fetchResult', broker: 1, partition: 't-0', error: 'TimeoutError', values: null }
  const { entries } = recordingOf({ ...recordingData('leader-crash/2.4.1'), entries: [entry] })
  expect(entries).toEqual([{ atMs: 6, saw: 'fetchResult', broker: 1, partition: 't-0', error: 'TimeoutError' }])
})

test('an entry that neither did nor saw anything is a problem', () => {
  const parsed = parseRecording({ ...recordingData('leader-crash/2.4.1'), entries: [{ atMs: 1 }] })
  expect(parsed).toEqual({ ok: false, problems: ['entries.0: neither "do" nor "saw"'] })
})

test('the committed JSON Schema is the one that the code makes', () => {
  const committed = JSON.parse(readFileSync(join(CONFORMANCE, '..', '..', 'schema', 'recording.schema.json'), 'utf8'))
  expect(committed).toEqual(JSON.parse(JSON.stringify(recordingJsonSchema())))
})
