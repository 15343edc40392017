import { expect, test } from 'vitest'
import type { SeedResult } from '../../src/campaign/seed-result.ts'
import { totalsOf } from '../../src/campaign/statistics.ts'
import { summaryLines } from '../../src/cli/campaign-words.ts'

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
