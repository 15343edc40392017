import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { cli, emptyFolder, SMALL } from './terminal.ts'

test('a trace whose name ends in .gz holds the same lines gzipped, and is validated and replayed as it is', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'small.yaml'), SMALL)
  for (const name of ['plain.ktrace.ndjson', 'packed.ktrace.ndjson.gz']) {
    expect((await cli(['run', 'small.yaml', '--quiet', '--trace', name], { cwd })).exit).toBe(0)
    expect((await cli(['trace', 'validate', name], { cwd })).exit).toBe(0)
    expect((await cli(['replay', name, '--quiet'], { cwd })).exit).toBe(0)
  }
  const packed = gunzipSync(readFileSync(join(cwd, 'packed.ktrace.ndjson.gz'))).toString('utf8')
  expect(packed).toBe(readFileSync(join(cwd, 'plain.ktrace.ndjson'), 'utf8'))
})

test('a file that only says it is gzipped is refused in words', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'broken.gz'), Buffer.from([0x1f, 0x8b, 0, 1, 2]))
  const said = await cli(['replay', 'broken.gz'], { cwd })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('broken.gz cannot be read')
})
