import { expect, test } from 'vitest'
import { GENERATIONS } from '../../src/kafka/generation/table.ts'
import { parseVersionRange } from '../../src/scenario/version-range.ts'

function matching(range: string): string[] {
  const parsed = parseVersionRange(range)
  return parsed.ok ? GENERATIONS.filter(parsed.matches).map((it) => it.name) : [parsed.message]
}

const withRegistry = (range: string) => matching(`${range} zookeeper`)

test('below a version stops before it, also before its lineage without a registry', () => {
  expect(matching('<0.11')).toEqual(['0.8.0', '0.8.1', '0.8.2', '0.9', '0.10.2'])
  expect(matching('<3.9')).toContain('3.5-kraft')
  expect(matching('<3.9')).not.toContain('3.9-kraft')
})

test('a line means every generation of it', () => {
  expect(matching('2.0')).toEqual(['2.0.0', '2.0.1'])
  expect(withRegistry('>=2.0 <2.2')).toEqual(['2.0.0', '2.0.1', '2.1'])
  expect(withRegistry('>2.0 <2.2')).toEqual(['2.1'])
  expect(withRegistry('<=2.0 >0.11')).toEqual(['1.0', '1.1', '2.0.0', '2.0.1'])
})

test('a span holds both ends', () => {
  expect(matching('0.11 - 2.0')).toEqual(['0.11', '1.0', '1.1', '2.0.0', '2.0.1'])
})

test('an exact release means the generation that stands for it', () => {
  expect(matching('0.10.2.2')).toEqual(['0.10.2'])
  expect(matching('= 2.4.1')).toEqual(['2.4'])
  expect(matching('3.9-kraft')).toEqual(['3.9-kraft'])
})

test('a lineage can be named, alone or with a range', () => {
  expect(matching('kraft').every((name) => name.includes('kraft') || name.startsWith('4.'))).toBe(true)
  expect(matching('zookeeper').length + matching('kraft').length).toBe(GENERATIONS.length)
  expect(matching('zookeeper kraft')).toEqual([])
})

test('what is no version is refused and not rounded', () => {
  expect(parseVersionRange('<0.12')).toMatchObject({ ok: false, nearest: '0.11' })
  expect(parseVersionRange('soon')).toMatchObject({ ok: false, nearest: null })
  expect(parseVersionRange('2.x')).toMatchObject({ ok: false })
  expect(parseVersionRange('>=9.9')).toMatchObject({ ok: false })
})
