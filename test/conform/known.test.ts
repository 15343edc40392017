import { expect, test } from 'vitest'
import type { RecordingReport } from '../../src/conform/compare.ts'
import { judge, parseKnown } from '../../src/conform/known.ts'

const report = (name: string, differences: RecordingReport['differences'] = []): RecordingReport => ({
  name,
  kafka: '2.4.1',
  status: differences.length === 0 ? 'agreed' : 'differing',
  differences,
  compared: 10,
  notReached: 0,
  unknownSaw: name === 'odd' ? { aurora: 2 } : {},
  pins: [],
  notModelledReason: null,
})

const difference = { label: 'at the end', field: 'leader', recorded: '1', ours: '2' }
const entry = { recording: 'a/2.4.1', label: 'at the end', field: 'leader', reason: 'a race of threads' }

test('a difference that is explained counts as agreed', () => {
  const judgement = judge([report('a', [difference]), report('b')], [entry])
  expect(judgement).toMatchObject({ agreed: 2, differing: 0, explainedOnly: 1, holds: true, outdated: [] })
  expect(judgement.recordings[0]?.explained[0]?.reason).toBe('a race of threads')
})

test('an entry that explains nothing any more fails', () => {
  const judgement = judge([report('a')], [entry])
  expect(judgement.outdated).toEqual([entry])
  expect(judgement.holds).toBe(false)
})

test('an entry of a recording that was not run is left alone', () => {
  expect(judge([report('b')], [entry]).holds).toBe(true)
})

test('a difference elsewhere is not explained', () => {
  const other = { ...difference, field: 'leader epoch' }
  const judgement = judge([report('a', [difference, other])], [entry])
  expect(judgement).toMatchObject({ agreed: 0, differing: 1, holds: false })
  expect(judgement.recordings[0]?.unexplained).toEqual([other])
})

test('every mistake of the list is told', () => {
  expect(parseKnown([{ ...entry, reason: '' }, 7])).toEqual({
    ok: false,
    problems: [
      'entry 1: "reason" must be a text',
      'entry 2: "recording" must be a text',
      'entry 2: "label" must be a text',
      'entry 2: "field" must be a text',
      'entry 2: "reason" must be a text',
    ],
  })
  expect(parseKnown(null)).toEqual({ ok: true, known: [] })
})

test('words that were not known are counted over all recordings', () => {
  expect(judge([report('a', [difference]), report('odd')], [])).toMatchObject({
    agreed: 1,
    differing: 1,
    notModelled: 0,
    unknownSaw: { aurora: 2 },
  })
})
