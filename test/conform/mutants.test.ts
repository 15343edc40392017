import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformClients } from '../../src/conform/clients/conform.ts'
import type { ClientsRecording } from '../../src/conform/clients/recording.ts'
import { isClientsRecording } from '../../src/conform/clients/recording.ts'
import { conform } from '../../src/conform/conform.ts'
import { parseRecording } from '../../src/conform/recording.ts'
import { CONFORMANCE } from './recordings.ts'

type Fields = Record<string, unknown>
type Path = readonly (string | number)[]

/** Recordings that replay in moments, with most of the words there are. */
const RECORDINGS = [
  'leader-crash/2.4.1',
  'kip-101-loss/0.10.2.2',
  'min-isr/3.5.2',
  'bounce/0.10.2.2',
  'zombie-leader/2.1.1',
  'kraft-leader-crash/4.1.1',
  'kraft-controller-failover/3.5.2',
  'clients/transactional-offsets/2.4.1',
  'clients/static-member/3.5.2',
  'clients/producer-timeouts/0.10.2.2',
  'clients/commits/2.4.1',
] as const

const dataOf = (name: string): Fields => JSON.parse(readFileSync(join(CONFORMANCE, `${name}.json`), 'utf8')) as Fields

const ODD: readonly unknown[] = [
  null,
  -1,
  1.5,
  1e15,
  '',
  'constructor',
  '__proto__',
  'zz-9',
  99,
  true,
  [],
  {},
  [null],
  [[0, 0]],
  { a: 1 },
]

/** Everywhere that a value has something inside. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object' || at.length > 6) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsOf(inner, [...at, key])])
}

function put(data: Fields, path: Path, value: unknown): void {
  const inside = path.slice(0, -1).reduce<Fields>((within, key) => within[key] as Fields, data)
  const key = path.at(-1)!
  if (value === undefined) delete inside[key]
  else Object.defineProperty(inside, key, { value, enumerable: true, configurable: true, writable: true })
}

/** What is done to a recording, each with numbers that choose where. */
const mutation = fc.oneof(
  fc.record({ how: fc.constant('drop' as const), at: fc.nat() }),
  fc.record({ how: fc.constant('twice' as const), at: fc.nat() }),
  fc.record({ how: fc.constant('swap' as const), at: fc.nat(), with: fc.nat() }),
  fc.record({ how: fc.constant('unknown' as const), at: fc.nat(), word: fc.constantFrom('martian', 'constructor') }),
  fc.record({
    how: fc.constant('put' as const),
    at: fc.nat(),
    field: fc.nat(),
    value: fc.constantFrom(...ODD, undefined),
  }),
  fc.record({ how: fc.constant('head' as const), field: fc.nat(), value: fc.constantFrom(...ODD, undefined) }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never

function mutate(data: Fields, change: Mutation): void {
  const entries = data.entries
  if (change.how === 'head') {
    const fields = Object.keys(data).filter((field) => field !== 'entries')
    put(data, [fields[change.field % fields.length]!], change.value)
    return
  }
  if (!Array.isArray(entries) || entries.length === 0) return
  const at = change.at % entries.length
  switch (change.how) {
    case 'drop':
      entries.splice(at, 1)
      return
    case 'twice':
      entries.splice(at, 0, structuredClone(entries[at]))
      return
    case 'swap': {
      const other = change.with % entries.length
      ;[entries[at], entries[other]] = [entries[other], entries[at]]
      return
    }
    case 'unknown':
      entries.splice(at, 0, { atMs: 0, saw: change.word })
      return
    case 'put': {
      const paths = pathsOf(entries[at])
      if (paths.length > 0) put(data, ['entries', at, ...paths[change.field % paths.length]!], change.value)
    }
  }
}

/** What becomes of a recording as it would be read from a file. */
function outcomeOf(mutant: Fields): string {
  const data = JSON.parse(JSON.stringify(mutant)) as Fields
  const parsed = parseRecording(data)
  if (!parsed.ok) return parsed.problems.length > 0 ? 'unusable' : 'unusable without a reason'
  const report = isClientsRecording(data)
    ? conformClients(data as unknown as ClientsRecording, 1)
    : conform(parsed.recording, { pins: true, tries: 0 })
  if (report.status === 'not-modelled' && report.notModelledReason === null) return 'not modelled without a reason'
  return report.status
}

test('whatever is done to a recording, it agrees, differs, is not modelled or cannot be used: nothing throws', () => {
  const all = new Map(RECORDINGS.map((name) => [name, dataOf(name)]))
  fc.assert(
    fc.property(fc.constantFrom(...RECORDINGS), fc.array(mutation, { minLength: 1, maxLength: 3 }), (name, changes) => {
      const mutant = structuredClone(all.get(name)!)
      for (const change of changes) mutate(mutant, change)
      expect(['agreed', 'differing', 'not-modelled', 'unusable']).toContain(outcomeOf(mutant))
    }),
    { numRuns: 60, seed: 20_261_128 },
  )
})

test.each([
  ['a saw without what its reader needs', 'saw', 'sendResults', 'results', 'sendResults in another form'],
  ['a saw with text for a list', 'saw', 'consumed', 'values', 'consumed in another form'],
])('%s is counted and not compared', (_, kind, word, field, counted) => {
  const data = dataOf(word === 'consumed' ? 'clients/transactions/2.4.1' : 'clients/producer-timeouts/2.4.1')
  const entry = (data.entries as Fields[]).find((each) => each[kind] === word)!
  entry[field] = 'x'
  const report = conformClients(data as unknown as ClientsRecording, 1)
  expect(report.unknownSaw).toEqual({ [counted]: 1 })
})

test('an action of clients in another form is named, with what does not fit', () => {
  const data = dataOf('clients/producer-timeouts/2.4.1')
  const entry = (data.entries as Fields[]).find((each) => each.do === 'createTopic')!
  entry.assignment = { 0: 'one' }
  expect(conformClients(data as unknown as ClientsRecording, 1)).toMatchObject({
    status: 'not-modelled',
    notModelledReason: expect.stringMatching(/^the action "createTopic" is not known in this form \(assignment\.0: /),
  })
})

test('the first offset that a consumer was handed is compared', () => {
  const data = dataOf('clients/commits/2.4.1')
  const entries = data.entries as Fields[]
  for (const each of entries) if (each.saw === 'consumed') each.firstOffset = (each.firstOffset as number) + 1
  const fields = conformClients(data as unknown as ClientsRecording, 1).differences.map(({ field }) => field)
  expect(fields).toContain('first offset')
})

test('every entry that is looked at is reached in a recording of clients that agrees', () => {
  const data = dataOf('clients/producer-timeouts/0.10.2.2')
  expect(conformClients(data as unknown as ClientsRecording, 1)).toMatchObject({ status: 'agreed', notReached: 0 })
})
