import { expect, test } from 'vitest'
import { GENERATIONS, generationNamed, resolveGeneration } from '../../src/kafka/generation/table.ts'

const mechanismsOf = (name: string) => generationNamed(name)!.mechanisms

test('every generation is resolved by its own name and by each of its releases', () => {
  for (const generation of GENERATIONS) {
    for (const name of [generation.name, ...generation.releases]) {
      const resolved = resolveGeneration(name)
      expect(resolved.ok && resolved.generation.name, name).toBe(generation.name)
    }
  }
})

test('no release belongs to two generations', () => {
  const releases = GENERATIONS.flatMap((it) => it.releases)
  expect(new Set(releases).size).toBe(releases.length)
})

test('every generation has every switch and differs from its neighbours by an override or a default', () => {
  const keys = Object.keys(mechanismsOf('0.8.0')).sort()
  for (const generation of GENERATIONS) expect(Object.keys(generation.mechanisms).sort()).toEqual(keys)
})

test('an exact release says which generation it became', () => {
  const names = [
    '0.8.2.2',
    '0.9.0.1',
    '0.10.2.2',
    '0.11.0.3',
    '1.0.2',
    '1.1.1',
    '2.3.1',
    '2.4.1',
    '3.4.1',
    '3.5.2',
    '3.5.2-kraft',
    '3.6.1',
    '3.7.2',
    '3.8.1-kraft',
    '3.9.0',
    '3.9.1',
    '4.1.1',
  ]
  const became = names.map((name) => {
    const resolved = resolveGeneration(name)
    return resolved.ok ? resolved.generation.name : 'refused'
  })
  expect(became).toEqual([
    '0.8.2',
    '0.9',
    '0.10.2',
    '0.11',
    '1.0',
    '1.1',
    '2.3',
    '2.4',
    '3.4',
    '3.5',
    '3.5-kraft',
    '3.6',
    '3.7',
    '3.8-kraft',
    '3.8',
    '3.9',
    '4.1',
  ])
  const resolved = resolveGeneration('0.11.0.3')
  expect(resolved.ok && resolved.became).toContain('0.11.0.3 is generation 0.11')
})

test.each([
  ['0.10.0.1', ['0.9', '0.10.2']],
  ['0.10.1.1', ['0.9', '0.10.2']],
  ['0.10', ['0.9', '0.10.2']],
  ['3.0.0', ['2.8', '3.3']],
  ['3.1', ['2.8', '3.3']],
  ['3.2.3', ['2.8', '3.3']],
  ['3.4.0', ['3.3', '3.4']],
  ['3.7.0', ['3.6', '3.7']],
  ['3.7.0-kraft', ['3.6-kraft', '3.7-kraft']],
  ['3.9.0-kraft', ['3.8-kraft', '3.9-kraft']],
  ['4.0.0', ['3.9-kraft', '4.0']],
  ['1.0.0', ['0.11', '1.0']],
  ['1.0.1', ['0.11', '1.0']],
  ['1.1.0', ['1.0', '1.1']],
  ['2.0', ['2.0.0', '2.0.1']],
  ['2.4.0', ['2.3', '2.4']],
  ['2.8.0', ['2.7', '2.8']],
  ['0.7.2', ['0.8.0']],
  ['4.2', ['4.1']],
])('release %s, which no generation stands for, is refused with its neighbours', (release, nearest) => {
  const resolved = resolveGeneration(release)
  expect(resolved.ok ? 'taken' : resolved.nearest).toEqual(nearest)
})

test('a release that differs inside its line is refused with the reason', () => {
  const resolved = resolveGeneration('2.4.0')
  expect(resolved.ok ? '' : resolved.message).toContain('KAFKA-9491')
})

test('what is no release at all is refused with every name', () => {
  const resolved = resolveGeneration('latest')
  expect(resolved.ok ? [] : resolved.nearest).toHaveLength(GENERATIONS.length)
})

test('the truncation mechanism and the record format only ever move forward', () => {
  const steps = ['high-watermark', 'kip-101', 'kip-279', 'kip-320', 'on-fetch']
  const registry = GENERATIONS.filter((it) => it.mechanisms.metadata === 'registry').map((it) => it.mechanisms)
  const truncation = registry.map((it) => steps.indexOf(it.truncation))
  expect(truncation).toEqual([...truncation].sort((a, b) => a - b))
  expect(truncation).not.toContain(-1)
  const formats = registry.map((it) => it.recordFormat)
  expect(formats).toEqual([...formats].sort((a, b) => a - b))
})

test('each repaired hole is open before its release and closed from it on', () => {
  const firstWith = (closed: (name: string) => boolean) => GENERATIONS.find((it) => closed(it.name))!.name
  expect(firstWith((it) => mechanismsOf(it).truncation !== 'high-watermark')).toBe('0.11')
  expect(firstWith((it) => mechanismsOf(it).logDirFailures)).toBe('1.0')
  expect(firstWith((it) => mechanismsOf(it).sequencesCount === 'sent')).toBe('1.0')
  expect(firstWith((it) => mechanismsOf(it).lastIsrMember === 'keep')).toBe('1.1')
  expect(firstWith((it) => mechanismsOf(it).epochEntryAtElection)).toBe('2.0.1')
  expect(firstWith((it) => mechanismsOf(it).epochCache === 'remove-conflicting')).toBe('2.0.1')
  expect(firstWith((it) => mechanismsOf(it).leaderEpochFencing)).toBe('2.1')
  expect(firstWith((it) => mechanismsOf(it).brokerEpoch)).toBe('2.2')
  expect(firstWith((it) => mechanismsOf(it).newControllerRemovesDeadReplicas)).toBe('2.3')
  expect(firstWith((it) => mechanismsOf(it).isrPersistence === 'controller')).toBe('2.7')
  expect(firstWith((it) => mechanismsOf(it).stickyClaims === 'newest-claim')).toBe('3.4')
  expect(firstWith((it) => mechanismsOf(it).transactionsVerified)).toBe('3.6')
  expect(firstWith((it) => mechanismsOf(it).highWatermarkFrozenBelowMinIsr)).toBe('3.7')
  expect(firstWith((it) => mechanismsOf(it).unverifiedTransactionAbortable)).toBe('3.8')
  expect(firstWith((it) => mechanismsOf(it).fetchAnswerBoundToEpoch)).toBe('3.9')
  expect(firstWith((it) => mechanismsOf(it).uncleanElectionInKraft)).toBe('3.9-kraft')
  expect(firstWith((it) => mechanismsOf(it).eligibleLeaderReplicas)).toBe('4.1')
})

test('parked follower fetches are woken by the high watermark in 2.4 and 2.5 only', () => {
  const woken = GENERATIONS.filter((it) => it.mechanisms.highWatermarkWakesFollowers).map((it) => it.name)
  expect(woken).toEqual(['2.4', '2.5'])
})

test.each(['constructor', '__proto__', 'toString'])('%s, which every object has, is no generation', (name) => {
  expect(generationNamed(name)).toBeUndefined()
  expect(resolveGeneration(name)).toMatchObject({ ok: false })
})
