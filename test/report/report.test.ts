import { expect, test } from 'vitest'
import { PROPERTIES } from '../../src/check/index.ts'
import type { FactKind } from '../../src/kafka/facts.ts'
import { PROPERTY_WORDS } from '../../src/report/explain/property-words.ts'
import { junitXml } from '../../src/report/junit.ts'
import { shortened } from '../../src/report/run-document.ts'
import type { ReplicaCell } from '../../src/report/timeline.ts'
import { cellText } from '../../src/report/timeline-document.ts'
import { markOf } from '../../src/report/words.ts'
import { FACTS } from '../../src/scenario/fact-words.ts'

const cell = (given: Partial<ReplicaCell>): ReplicaCell => ({
  broker: 1,
  process: 'up',
  role: 'L',
  leaderEpoch: 2,
  logEndOffset: 14,
  highWatermark: 12,
  inIsr: true,
  named: true,
  controller: false,
  ...given,
})

test('a cell tells leader, zombie, follower in and out of the ISR, controller, paused, hung and down apart', () => {
  expect(cellText(cell({}))).toBe('L2 14/12')
  expect(cellText(cell({ named: false, inIsr: false }))).toBe('z2 14/12')
  expect(cellText(cell({ role: 'F' }))).toBe('F2 14/12')
  expect(cellText(cell({ role: 'F', inIsr: false }))).toBe('f2 14/12')
  expect(cellText(cell({ role: 'F', controller: true }))).toBe('F2 14/12 c')
  expect(cellText(cell({ process: 'paused' }))).toBe('L2 14/12 ‖')
  expect(cellText(cell({ process: 'hung' }))).toBe('L2 14/12 !')
  expect(cellText(cell({ process: 'down' }))).toBe('down 14')
  expect(cellText(cell({ role: '-', logEndOffset: -1 }))).toBe('-')
})

test('a value is named without what only makes it larger, and cut where it is long', () => {
  expect(shortened('p1-5................')).toBe('p1-5')
  expect(shortened('a value that is longer than that')).toBe('a value that is longer …')
})

test('every fact has a mark', () => {
  for (const kind of Object.keys(FACTS)) expect(markOf(kind as FactKind), kind).toBeDefined()
})

test('every property has words of its own', () => {
  expect(Object.keys(PROPERTY_WORDS).sort()).toEqual(PROPERTIES.map(({ name }) => name).sort())
})

test('JUnit XML counts failures and errors apart and escapes what XML cannot hold', () => {
  const xml = junitXml([
    { suite: 'a', name: 'one', seconds: 0.5, problem: null, output: '' },
    {
      suite: 'a',
      name: '<two>',
      seconds: 0,
      problem: { kind: 'failure', message: 'a "b"\n', detail: 'x & \u0000y' },
      output: '',
    },
    { suite: 'b', name: 'three', seconds: 0, problem: { kind: 'error', message: 'm', detail: 'd' }, output: 'said' },
  ])
  expect(xml).toContain('<testsuites name="highwater" tests="3" failures="1" errors="1" time="0.500">')
  expect(xml).toContain('name="&lt;two&gt;"')
  expect(xml).toContain('message="a &quot;b&quot; ">x &amp; \ufffdy</failure>')
  expect(xml).toContain('<system-out>said</system-out>')
})
