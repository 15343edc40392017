import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCENARIOS } from '../../src/cli/package-root.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import { BUILT } from '../built-sources.ts'
import { cli, emptyFolder } from './terminal.ts'

/** Loses an acknowledged record on 0.10.2 (KAFKA-1211). */
const LOSS = readFileSync(join(SCENARIOS, 'history/kip-101-truncation-loses-acked-record.yaml'), 'utf8')

/** How much a scenario says of the cluster and of what happens to it. */
function sizeOf(text: string): number {
  const parsed = parseScenario(text, 'a.yaml')
  if (!parsed.ok) throw new Error('no scenario')
  const { cluster, topics, clients, steps, run, settle } = parsed.scenario.document
  return JSON.stringify({ cluster, topics, clients, steps: steps?.map(({ text: _, ...step }) => step), run, settle })
    .length
}

const WORKER = join(BUILT, 'cli/worker.js')

test('Ctrl-C in a search for a smaller scenario leaves the smallest so far, which fails in the same way', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'loss.yaml'), LOSS)
  const stop = new AbortController()
  // The bar of a terminal asks for the time with each run that it hears of.
  let asked = 0
  const nowMs = (): number => {
    asked += 1
    if (asked > 20) stop.abort()
    return 0
  }
  const given = {
    cwd,
    tty: true,
    columns: 100,
    env: { NO_COLOR: '1' },
    interrupted: stop.signal,
    nowMs,
    workerFile: WORKER,
  }
  const said = await cli(['shrink', 'loss.yaml', '--kafka', '0.10.2', '--out', 'small.yaml'], given)
  expect(said.exit).toBe(130)
  expect(said.err).toMatch(/^\d steps? left after 20 runs; interrupted: it may become smaller still$/m)
  const small = readFileSync(join(cwd, 'small.yaml'), 'utf8')
  expect(sizeOf(small)).toBeLessThan(sizeOf(LOSS))
  expect(small).toContain('The search was cut short.')
  expect(await cli(['run', 'small.yaml', '--quiet'], { cwd })).toMatchObject({ exit: 0, err: '' })
})

test('a search in a process of its own ends with a scenario that fails, and says under how many other seeds', async () => {
  const said = await cli(['shrink', '-', '--kafka', '0.10.2'], { stdin: LOSS, workerFile: WORKER })
  expect(said.exit).toBe(1)
  expect(said.err).toMatch(/^\d steps? left after \d+ runs; fails under \d+ of 20 other seeds too$/m)
  expect(sizeOf(said.out)).toBeLessThan(sizeOf(LOSS))
  expect((await cli(['run', '-', '--quiet'], { stdin: said.out })).exit).toBe(0)
})
