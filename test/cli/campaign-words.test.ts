import { expect, test } from 'vitest'
import type { SeedResult } from '../../src/campaign/seed-result.ts'
import { totalsOf } from '../../src/campaign/statistics.ts'
import { failureLine, reachLines, summaryLines, verdictWords } from '../../src/cli/campaign-words.ts'

const clean = (seed: number): SeedResult => ({
  seed,
  outcome: 'clean',
  breaks: [],
  liveness: [],
  events: 10,
  virtualUs: 0,
  history: '',
  twice: false,
  on: [],
  placed: [],
  fired: [],
  probes: {},
  premises: [],
})

test('the speed of a campaign is that of the seeds that were run now, not of those found in its file', () => {
  const totals = totalsOf([clean(1), clean(2), clean(3)])
  const line = (work: Parameters<typeof summaryLines>[1]) => summaryLines(totals, work)[0]
  expect(line({ seeds: 3, wallMs: 60_000 })).toContain('30 events in 60 s, 3 seeds a minute')
  expect(line({ seeds: 2, wallMs: 60_000 })).toContain('30 events, 2 of them now in 60 s, 2 seeds a minute')
  expect(line({ seeds: 0, wallMs: 100 })).toContain('30 events, 0 of them now in 0.1 s;')
  expect(line(null)).toContain('30 events;')
})

const hole = (property: string, words: string) => ({ property, hole: 'KIP-101', signature: property, words, count: 1 })
const holed = (seed: number, ...breaks: SeedResult['breaks']): SeedResult => ({
  ...clean(seed),
  outcome: 'hole',
  breaks,
})

test('a witness that two properties share is told once, and the line of a seed names the property that says most', () => {
  const seed = holed(3, hole('ConsistentCommittedData', 'p1-5 is lost'), hole('AckedAtAllNotLost', 'p1-5 is lost'))
  const lines = summaryLines(totalsOf([clean(1), seed]), null)
  expect(lines.filter((line) => line.includes('p1-5 is lost'))).toHaveLength(1)
  expect(lines).toContain('    the same witness as of ConsistentCommittedData')
  expect(lines[1]).toBe('1 clean (50 %), 1 hole (50 %: broke as this version is known to)')
  expect(failureLine(seed)).toBe('seed 3 hole (known: KIP-101)  AckedAtAllNotLost: p1-5 is lost')
  const broke = { property: 'WeakIsr', hole: null, signature: 'W', words: 'unexplained', count: 1 }
  expect(failureLine({ ...seed, outcome: 'broke', breaks: [...seed.breaks, broke] })).toContain('WeakIsr: unexplained')
})

test('the summary says what was reached of properties, faults and probes, and names what was not', () => {
  const reach = {
    properties: { reached: 37, never: ['MadeOnce'] },
    faults: { reached: 2, never: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] },
    probes: { reached: 5, never: [] },
  }
  expect(reachLines(reach)).toEqual([
    '37 of 38 properties were put to the test, 2 of 10 kinds of fault struck somebody, 5 of 5 probes were reached',
    '  never put to the test: MadeOnce',
    '  never struck: a, b, c, d, e, f, … 2 more',
  ])
})

test('the last line says why a campaign fails', () => {
  expect(verdictWords([])).toEqual({ mark: 'good', words: '✓ HELD' })
  expect(verdictWords([holed(1), { ...clean(2), outcome: 'broke' }], ['3 seeds without a result']).words).toBe(
    '✗ FAILED: 1 seed failed; 1 seed broke as known (--allow-known-holes lets that pass); 3 seeds without a result',
  )
})
