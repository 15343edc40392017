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

/** The lines of a small run's trace. */
async function traceLines(cwd: string): Promise<string[]> {
  writeFileSync(join(cwd, 'small.yaml'), SMALL)
  await cli(['run', 'small.yaml', '--quiet', '--trace', 'small.ktrace'], { cwd })
  return readFileSync(join(cwd, 'small.ktrace'), 'utf8').trimEnd().split('\n')
}

const COMMANDS: readonly (readonly string[])[] = [
  ['replay', 'changed.ktrace'],
  ['report', 'changed.ktrace', '--html', 'page.html'],
  ['trace', 'validate', 'changed.ktrace'],
  ['trace', 'export', 'changed.ktrace', '--as', 'csv'],
  ['inspect', 'changed.ktrace', '--broker', '1'],
]

test('a trace whose plan was changed so that nothing can be run is refused as changed, and is no bug', async () => {
  const cwd = emptyFolder()
  const lines = await traceLines(cwd)
  lines[0] = lines[0]!.replace('"topics":[', '"topics":7,"were":[')
  writeFileSync(join(cwd, 'changed.ktrace'), lines.join('\n'))
  for (const command of [COMMANDS[0]!, COMMANDS[4]!]) {
    const said = await cli([...command], { cwd })
    expect([command, said.exit]).toEqual([command, 2])
    expect(said.err).toContain('changed.ktrace is not as it was written')
  }
})

test('a line that holds no object is named by every command that reads a trace', async () => {
  const cwd = emptyFolder()
  const lines = await traceLines(cwd)
  lines[3] = 'null'
  writeFileSync(join(cwd, 'changed.ktrace'), lines.join('\n'))
  for (const command of COMMANDS) {
    const said = await cli([...command], { cwd })
    expect([command, said.exit]).toEqual([command, 2])
    expect(said.err).toContain('line 4 is no JSON object')
  }
})
