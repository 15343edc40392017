import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import buildSources, { BUILT } from '../built-sources.ts'
import { emptyFolder, SMALL } from './terminal.ts'

const MAIN = join(BUILT, 'cli/main.js')

const folder = emptyFolder()

const bin = (words: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [MAIN, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })

beforeAll(() => {
  // Again, for a watch tests the sources as they are.
  buildSources()
  writeFileSync(join(folder, 'small.yaml'), SMALL)
})

test('the program runs from anywhere and returns the exit code', () => {
  expect(bin(['--version']).stdout.trim()).toMatch(/^\d+\.\d+\.\d+/)
  expect(bin(['run', 'small.yaml', '--quiet'])).toMatchObject({ status: 0, stderr: '' })
  expect(bin(['run', 'absent']).status).toBe(2)
})

test('what is printed does not depend on how many processes shared the work', () => {
  const words = ['run', 'small.yaml', '--seeds', '5', '--json']
  const one = bin([...words, '--jobs', '1'])
  const three = bin([...words, '--jobs', '3'])
  expect(one.stdout.split('\n').length).toBe(6)
  expect(three.stdout).toBe(one.stdout)
})

test('--verify runs the second time in a fresh process and finds nothing', () => {
  const said = bin(['run', 'small.yaml', '--verify', '--json'])
  expect(said.status).toBe(0)
  expect(JSON.parse(said.stdout)).toMatchObject({ outcome: 'held' })
})

/** What a program says to a reader of stdout that goes away after the first word. */
async function unread(words: readonly string[]): Promise<{ status: unknown; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const status = await new Promise((resolve) => child.on('close', resolve))
  return { status, err }
}

test.each([
  ['all was said: 0', ['list', 'settings', '--json'], 0],
  ['all was done: its verdict', ['run', 'failing.yaml'], 1],
  ['a run has failed by then: 1', ['run', 'failing.yaml', '--seeds', '200', '--jobs', '2', '--json'], 1],
  ['nobody knows: as after SIGPIPE', ['run', 'small.yaml', '--seeds', '200', '--jobs', '2', '--json'], 141],
])('a reader that goes away ends the program in silence; %s', async (_, words, status) => {
  writeFileSync(join(folder, 'failing.yaml'), SMALL.replace('lost: 0', 'acked: 1'))
  expect(await unread(words)).toEqual({ status, err: '' })
})

test('Ctrl-C ends runs in other processes too, with what there is', async () => {
  const words = ['run', 'small.yaml', '--seeds', '500', '--jobs', '2', '--json']
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk) => {
    if (out === '') child.kill('SIGINT')
    out += chunk
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect(status).toBe(130)
  const runs = out.trimEnd().split('\n')
  expect(runs.length).toBeLessThan(500)
  for (const run of runs) expect(JSON.parse(run)).toMatchObject({ version: 1 })
})
