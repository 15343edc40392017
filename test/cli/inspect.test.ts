import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { cli, emptyFolder } from './terminal.ts'

/** The story of ten-megabyte segments, a tenth of the size: as many records go into a segment. */
const SCENARIO = readFileSync(
  join(import.meta.dirname, '../../scenarios/storage/segments-of-ten-megabytes.yaml'),
  'utf8',
)
  .replace('segment.bytes: 10485760', 'segment.bytes: 1048576')
  .replace('value-size: 100000', 'value-size: 10000')
const cwd = emptyFolder()

beforeAll(async () => {
  const { exit } = await cli(['run', '-', '--trace', 'run.trace', '--quiet'], { cwd, stdin: SCENARIO })
  expect(exit).toBe(0)
})

const inspect = (...flags: string[]) => cli(['inspect', 'run.trace', '--broker', '2', ...flags], { cwd })

test('the directory of a broker lists its files with their real names and sizes', async () => {
  const { exit, out } = await inspect('--dir')
  expect(exit).toBe(0)
  const files = out.split('\n').filter((line) => line.startsWith('-rw'))
  const sizeOf = (name: string): number => Number(files.find((line) => line.endsWith(` ${name}`))?.split(/ +/)[4])
  // 104 batches of one record of 10,000 bytes fit into 1,048,576 bytes; the next one would not.
  expect(sizeOf('00000000000000000000.log')).toBe(104 * 10_072)
  expect(files.filter((line) => line.endsWith('.log')).map((line) => line.split(' ').at(-1))).toEqual([
    '00000000000000000000.log',
    '00000000000000000104.log',
    '00000000000000000208.log',
    '00000000000000000312.log',
    '00000000000000000416.log',
  ])
  expect(sizeOf('00000000000000000416.index')).toBe(10_485_760)
  expect(sizeOf('00000000000000000104.index')).toBe(103 * 8)
  expect(sizeOf('00000000000000000104.timeindex')).toBe(103 * 12)
  expect(out).toContain('recovery-point-offset-checkpoint')
})

test('an earlier moment shows fewer files', async () => {
  const { out } = await inspect('--at', '4s')
  expect(out.split('\n').filter((line) => line.endsWith('.log'))).toHaveLength(2)
})

test('a segment, an index and a checkpoint are dumped as Kafka dumps them', async () => {
  const segment = await inspect('--dump', 'video-0/00000000000000000104.log')
  expect(segment.out).toContain('Starting offset: 104\n')
  expect(segment.out).toMatch(
    /baseOffset: 105 lastOffset: 105 count: 1 .*partitionLeaderEpoch: 0 .*position: \d+ .*magic: 2 compresscodec: NONE crc: \d+ isvalid: true/,
  )
  expect(segment.out).toMatch(/\| offset: 105 CreateTime: \d+ keysize: -1 valuesize: 10000/)
  const index = await inspect('--dump', 'video-0/00000000000000000104.index')
  expect(index.out.split('\n')[1]).toMatch(/^offset: 105 position: \d+$/)
  const epochs = await inspect('--dump', 'video-0/leader-epoch-checkpoint')
  expect(epochs.out).toBe('Dumping video-0/leader-epoch-checkpoint\n0\n1\n0 0\n')
})

test('a file, a broker or a time that is not there is refused with what there is', async () => {
  const file = await inspect('--dump', 'video-0/00000000000000000007.log')
  expect(file.exit).toBe(2)
  expect(file.err).toContain('video-0/00000000000000000104.log')
  expect((await cli(['inspect', 'run.trace', '--broker', '9'], { cwd })).exit).toBe(2)
  expect((await inspect('--at', 'noon')).exit).toBe(2)
})
