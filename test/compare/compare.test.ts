import { expect, test } from 'vitest'
import type { LockItem } from '../../src/driver/lockstep.ts'
import { align } from '../../src/driver/lockstep.ts'
import { cli } from '../cli/terminal.ts'

const INCIDENT = 'history/kip-101-truncation-loses-acked-record'

/** `a:x` is key x in lane a; `!x` is an anchor. */
const items = (words: string): LockItem[] =>
  words.split(' ').map((word, atUs) => {
    if (word.startsWith('!')) return { key: word.slice(1), lane: '', anchor: true, atUs }
    const [lane, key] = word.split(':')
    return { key: key!, lane: lane!, anchor: false, atUs }
  })

const aligned = (left: string, right: string): string => {
  const [a, b] = [items(left), items(right)]
  const name = (item: LockItem | undefined): string => (item === undefined ? '-' : item.key)
  return align(a, b)
    .map(({ left: i, right: j }) => `${name(i === null ? undefined : a[i])}|${name(j === null ? undefined : b[j])}`)
    .join(' ')
}

test('what only one side has stands beside a gap', () => {
  expect(aligned('a:x a:y a:z', 'a:x a:z')).toBe('x|x y|- z|z')
  expect(aligned('a:x a:z', 'a:x a:y a:z')).toBe('x|x -|y z|z')
})

test('each node is aligned by itself, so that two nodes in another order are no difference', () => {
  const pairs = align(items('a:x b:y'), items('b:y a:x'))
  expect(pairs).toEqual([
    { left: 0, right: 1 },
    { left: 1, right: 0 },
  ])
})

test('nothing is aligned across an anchor that both sides have', () => {
  expect(aligned('a:x !s a:y', '!s a:x a:y')).toBe('x|- s|s -|x y|y')
})

test('every row of both sides is in exactly one pair', () => {
  const left = items('a:x b:y !s a:x a:x b:z !t c:q')
  const right = items('b:y b:y !t a:x c:q c:r !s b:z')
  const pairs = align(left, right)
  const indices = (side: 'left' | 'right'): number[] => pairs.flatMap((pair) => pair[side] ?? []).sort((a, b) => a - b)
  expect(indices('left')).toEqual(left.map((_, index) => index))
  expect(indices('right')).toEqual(right.map((_, index) => index))
})

test('two versions of one incident part where the older one cuts its log, told in words', async () => {
  const said = await cli(['compare', INCIDENT, '--kafka', '0.10.2,0.11'], { columns: 120 })
  expect(said.exit).toBe(0)
  expect(said.out.split('▼ here they part').length).toBe(2)
  const divergence = said.out.slice(said.out.indexOf('First divergence')).replace(/\s+/g, ' ')
  expect(divergence).toMatch(/0\.10\.2: \S+ broker 3 truncates its log from 2 to 1/)
  expect(divergence).toMatch(/0\.11: broker 3 asks broker 2 for the end of epoch 0 and keeps offset 1/)
  expect(said.out).toMatch(/lost +1 +0/)
  expect(said.out).not.toContain('forced to the disk')
  expect(said.out.trimEnd().endsWith(`repeat highwater compare ${INCIDENT} --kafka 0.10.2,0.11 --seed 1`)).toBe(true)
})

test('a comparison of a version with itself finds nothing', async () => {
  const said = await cli(['compare', INCIDENT, '--kafka', '2.4,2.4.1', '--json'])
  const { divergence, rows } = JSON.parse(said.out) as { divergence: unknown; rows: { kind: string }[] }
  expect(divergence).toBeNull()
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['same']))
})

test('--vary compares two values of one setting under the same seed', async () => {
  const words = [
    'compare',
    INCIDENT,
    '--kafka',
    '0.11',
    '--vary',
    'mechanisms.truncation=high-watermark,kip-101',
    '--json',
  ]
  const said = await cli(words)
  const compared = JSON.parse(said.out) as { sides: { label: string; lost: number }[]; divergence: { left: string } }
  expect(compared.sides.map(({ label }) => label)).toEqual(['high-watermark', 'kip-101'])
  expect(compared.sides.map(({ lost }) => lost)).toEqual([1, 0])
  expect(compared.divergence.left).toContain('truncates')
})

test('a narrow terminal gets the two sides below each other, never beyond its edge', async () => {
  const said = await cli(['compare', INCIDENT, '--kafka', '0.10.2,0.11'], { env: { COLUMNS: '64' } })
  const tooLong = said.out.split('\n').filter((line) => [...line].length > 64 && !line.startsWith('repeat '))
  expect(tooLong).toEqual([])
  expect(said.out).not.toContain(' │ ')
})

test.each([
  [['compare', INCIDENT]],
  [['compare', INCIDENT, '--kafka', '0.11']],
  [['compare', INCIDENT, '--kafka', '0.11,7.0']],
  [['compare', INCIDENT, '--vary', 'replica.lag.time.max.ms=1']],
  [['compare', 'no-such-scenario', '--kafka', '0.10.2,0.11']],
  [['compare', 'history/*', '--kafka', '0.10.2,0.11']],
])('%j is refused with exit 2', async (words) => {
  const said = await cli(words)
  expect(said.exit).toBe(2)
  expect(said.out).toBe('')
  expect(said.err).not.toBe('')
})
