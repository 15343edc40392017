import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { VectorFile } from '../../src/conform/vectors/vectors.ts'
import { runVectors } from '../../src/conform/vectors/vectors.ts'
import { CONFORMANCE } from './recordings.ts'

const FOLDER = join(CONFORMANCE, 'vectors')
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''))
const fileOf = (name: string): VectorFile =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as VectorFile

test.each(NAMES)('vectors %s agree', (name) => {
  const report = runVectors(name, fileOf(name))
  expect(report.differences.slice(0, 5)).toEqual([])
  expect(report.status).toBe('agreed')
  expect(report.compared).toBeGreaterThan(40)
})

test('a kind of vectors that nothing models is named', () => {
  expect(runVectors('tea-leaves-1.0', { ...fileOf('murmur2'), cases: [{}] } as unknown as VectorFile)).toMatchObject({
    status: 'not-modelled',
    notModelledReason: expect.stringContaining('tea-leaves'),
  })
})

test('a file with a case in another form is not modelled, and says which case and what does not fit', () => {
  const { source } = fileOf('murmur2')
  expect(
    runVectors('murmur2', { source, cases: [{ keyHex: 'f', hash: 1, toPositive: 1, partition: {} }] }),
  ).toMatchObject({
    status: 'not-modelled',
    compared: 0,
    notModelledReason: 'case 1 is in another form (keyHex: no bytes in hexadecimal)',
  })
})

test.each([
  ['no version', { source: 'somewhere', cases: [{}] }, 'the source names no version: somewhere'],
  ['no case', { source: fileOf('murmur2').source, cases: [] }, 'there is nothing to compare'],
])('a file of %s is not modelled rather than agreed', (_, file, reason) => {
  expect(runVectors('murmur2', file)).toMatchObject({ status: 'not-modelled', notModelledReason: reason })
})

test('a vector with one figure changed is reported as different', () => {
  const file = fileOf('leader-epoch-cache-2.4.1')
  const text = JSON.stringify(file).replace('"result":[0,10]', '"result":[0,11]')
  const report = runVectors('leader-epoch-cache-2.4.1', JSON.parse(text) as VectorFile)
  expect(report.status).toBe('differing')
  expect(report.differences).toEqual([
    { label: 'one entry, step 3', field: 'end of epoch 0', recorded: '[0,11]', ours: '[0,10]' },
  ])
})
