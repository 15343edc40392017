import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Said } from './terminal.ts'
import { cli, emptyFolder, SMALL } from './terminal.ts'

/** Digests change with every change of a machine: what is golden is what a reader sees. */
const withoutDigests = (text: string): string =>
  text.replace(/digest [0-9a-f]{16} {2}history [0-9a-f]{16} {2}\d+ events/, 'digest D  history H  N events')

const folder = emptyFolder()
let plain: Said

beforeAll(async () => {
  writeFileSync(join(folder, 'small.yaml'), SMALL)
  plain = await cli(['run', 'small.yaml'], { cwd: folder })
})

test('a run prints its story, timeline, partitions, clients, verdicts, digest and the command that repeats it', async () => {
  expect(plain.err).toBe('')
  expect(plain.exit).toBe(0)
  await expect(withoutDigests(plain.out)).toMatchFileSnapshot('golden/small-run.golden')
})

test('the command that a run prints repeats it to the last event', async () => {
  const repeat = /repeat highwater (.*)/.exec(plain.out)![1]!
  const again = await cli(repeat.split(' '), { cwd: folder })
  expect(again.out).toBe(plain.out)
})

test('a pipe gets no colour, a terminal does, and NO_COLOR and --no-color take it away again', async () => {
  const colour = '\u001b['
  expect(plain.out).not.toContain(colour)
  const coloured = await cli(['run', 'small.yaml'], { cwd: folder, tty: true, columns: 100 })
  expect(coloured.out).toContain(colour)
  for (const said of [
    await cli(['run', 'small.yaml'], { cwd: folder, tty: true, columns: 100, env: { NO_COLOR: '1' } }),
    await cli(['run', 'small.yaml', '--no-color'], { cwd: folder, tty: true, columns: 100 }),
    await cli(['--no-color', 'run', 'small.yaml'], { cwd: folder, tty: true, columns: 100 }),
  ]) {
    expect(said.out).toBe(plain.out)
  }
})

test('a terminal of sixty columns is never written beyond its edge, but for the command to copy', async () => {
  const narrow = await cli(['run', 'small.yaml'], { cwd: folder, env: { COLUMNS: '60' } })
  const tooLong = narrow.out.split('\n').filter((line) => [...line].length > 60 && !line.startsWith('repeat '))
  expect(tooLong).toEqual([])
  expect(narrow.out).toContain('Leader')
  expect(narrow.out).toContain('broker 2 leads epoch 1')
})

test('--json prints one documented object a run and line, and nothing else', async () => {
  const said = await cli(['run', 'small.yaml', '--json', '--seeds', '2'], { cwd: folder })
  const runs = said.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(runs.map(({ seed }) => seed)).toEqual(['7', '8'])
  expect(Object.keys(runs[0]!)).toEqual([
    'version',
    'scenario',
    'kafka',
    'seed',
    'outcome',
    'digest',
    'history',
    'virtualUs',
    'events',
    'clients',
    'lostRecords',
    'properties',
    'counts',
    'partitions',
    'groups',
    'transactions',
    'notReached',
    'repeat',
  ])
  expect(runs[0]).toMatchObject({
    version: 1,
    scenario: 'small.yaml',
    kafka: '2.4',
    outcome: 'held',
    clients: { sent: 35, acked: 35, failed: 0, unknown: 0, lost: 0, duplicated: 0, redelivered: 0 },
    lostRecords: [],
    partitions: { 'orders-0': { leader: 2, leaderEpoch: 1 } },
  })
})

test('a property that is expected to break and does not fails the run with exit 1, and says how near it was', async () => {
  const text = SMALL.replace('holds: [AckedAtAllNotLost]', 'violated: [{ property: AckedAtAllNotLost }]')
  const said = await cli(['run', '-'], { stdin: text })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('EXPECTATION MISSED')
  expect(said.out).toContain('a violation was expected and did not come')
})

test('a step whose condition never holds fails the run with exit 1 and is named with its line', async () => {
  const text = SMALL.replace('is: broker 2 }', 'is: broker 3 }')
  const said = await cli(['run', '-'], { stdin: text })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('STEP NOT REACHED')
  expect(said.out).toMatch(/Step 2 \(-:\d+\)/)
})

const LOSS = `version: 1
title: Acknowledged by one
kafka: '2.4'
cluster: { brokers: 3, controller: 3, settings: { zookeeper.session.timeout.ms: 2000, replica.lag.time.max.ms: 1000 } }
topics: { orders: { replicas: [[1, 2, 3]] } }
clients: { shop: { produces: orders, partition: 0, burst: 1, from: 1s, settings: { acks: '1' } } }
run: 8s
settle: 5s
steps:
  - at: 2s
    do: [{ drop: { between: broker 1, and: brokers } }, { send: 1, from: shop, value: precious, partition: 0 }]
  - { when: { acked: shop, at-least: 2 }, do: [{ crash: broker 1 }, { heal: all }] }
  - when: { leader: orders-0, is: broker 2 }
    do: [{ send: 1, from: shop, value: another, partition: 0 }, { start: broker 1 }]
expect:
  violated: [{ property: AckedAtOneNotLost, value: precious }]
`

test('records lost at acks=1 are named with the truncation that lost them', async () => {
  const said = await cli(['run', '-', '--json'], { stdin: LOSS })
  const { lostRecords, outcome } = JSON.parse(said.out) as { lostRecords: unknown[]; outcome: string }
  expect(outcome).toBe('expected')
  expect(said.exit).toBe(0)
  expect(lostRecords).toMatchObject([
    { value: 'precious', partition: 'orders-0', offset: 1, epoch: 0, remainsOn: [], truncatedBy: { broker: 1, to: 1 } },
  ])
})

test('a break that nobody promised away is a known hole and does not fail the run', async () => {
  const said = await cli(['run', '-'], { stdin: LOSS.slice(0, LOSS.indexOf('expect:')) })
  expect(said.exit).toBe(0)
  expect(said.out).toContain('KNOWN HOLE')
  expect(said.out).toContain('broken, not promised')
})

test('a run that reaches its limit says so and exits with 1', async () => {
  const said = await cli(['run', 'small.yaml', '--set', 'limits.events=100', '--quiet'], { cwd: folder })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('LIMIT REACHED')
})

test('several versions stand beside each other, and say which generation they became', async () => {
  const said = await cli(['run', 'small.yaml', '--kafka', '0.10.2.2,2.4.1'], { cwd: folder })
  expect(said.exit).toBe(0)
  expect(said.out).toContain('Kafka 0.10.2.2 is generation 0.10.2')
  expect(said.out).toMatch(/Kafka +0\.10\.2\.2 +2\.4\.1/)
  expect(said.out).toContain('2 runs: 2 ✓ HELD')
})

test('several seeds are summed up, and each that fails is told with its own command', async () => {
  const text = SMALL.replace('counts: { lost: 0 }', 'counts: { acked: 1 }')
  writeFileSync(join(folder, 'failing.yaml'), text)
  const said = await cli(['run', 'failing.yaml', '--seeds', '2'], { cwd: folder })
  expect(said.exit).toBe(1)
  expect(said.out).toContain('Over all seeds')
  expect(said.out).toContain('repeat highwater run failing.yaml --seed 7')
  expect(said.out).toContain('repeat highwater run failing.yaml --seed 8')
})

test('--until ends a run early without judging its end', async () => {
  const said = await cli(['run', 'small.yaml', '--until', '3s'], { cwd: folder })
  expect(said.exit).toBe(0)
  expect(said.out).toContain('STOPPED')
  expect(said.out).toContain('not judged')
})

test('an interrupted run prints what there is and exits with 130', async () => {
  const ctrlC = new AbortController()
  setImmediate(() => ctrlC.abort())
  const said = await cli(['run', 'small.yaml', '--set', 'run=60s'], { cwd: folder, interrupted: ctrlC.signal })
  expect(said.exit).toBe(130)
  expect(said.out).toContain('INTERRUPTED')
  expect(said.out).toContain('Partitions')
})

test('problems of every file and flag are told at once, with exit 2, and what can be run is run', async () => {
  writeFileSync(
    join(folder, 'broken.yaml'),
    SMALL.replace('brokers: 3', 'brokers: three').replace('run: 9s', 'run: soon'),
  )
  const said = await cli(['run', 'small.yaml', 'broken.yaml', 'absent.yaml', 'no/*.yaml', '--quiet'], { cwd: folder })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('broken.yaml:7:')
  expect(said.err).toContain('broken.yaml:15:')
  expect(said.err).toContain('called absent.yaml')
  expect(said.err).toContain('no scenario matches no/*.yaml')
  expect(said.out).toContain('✓ HELD')
})

test('a release between two generations is refused with both their names', async () => {
  const said = await cli(['run', 'small.yaml', '--kafka', '3.0'], { cwd: folder })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('2.8')
  expect(said.err).toContain('3.3')
})

test('an unknown setting of --set is refused with the nearest name', async () => {
  const said = await cli(['run', 'small.yaml', '--set', 'min.insync.replica=2'], { cwd: folder })
  expect(said.exit).toBe(2)
  expect(said.err).toContain('min.insync.replicas')
})

test('--trace writes a run that replay repeats event by event, and a changed trace is found out', async () => {
  await cli(['run', 'small.yaml', '--trace', 'small.ktrace', '--quiet'], { cwd: folder })
  const replayed = await cli(['replay', 'small.ktrace', '--quiet'], { cwd: folder })
  expect(replayed.exit).toBe(0)
  expect(replayed.out).toContain('event by event')
  const lines = readFileSync(join(folder, 'small.ktrace'), 'utf8').split('\n')
  lines[50] = lines[50]!.replace(/"t":\d+/, '"t":1')
  writeFileSync(join(folder, 'changed.ktrace'), lines.join('\n'))
  const parted = await cli(['replay', 'changed.ktrace'], { cwd: folder })
  expect(parted.exit).toBe(1)
  expect(parted.err).toContain('parts from the trace at event 49')
  const unreadable = await cli(['replay', 'small.yaml'], { cwd: folder })
  expect(unreadable.exit).toBe(2)
})

test('--verify finds two runs of one plan equal', async () => {
  const said = await cli(['run', 'small.yaml', '--verify'], { cwd: folder })
  expect(said.exit).toBe(0)
  expect(said.err).toContain('the same')
})

test('--watch runs again when the file changes, until Ctrl-C', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'watched.yaml'), SMALL)
  const ctrlC = new AbortController()
  let rounds = 0
  const onWrite = (text: string): void => {
    if (!text.includes('watching')) return
    rounds += 1
    if (rounds === 1) writeFileSync(join(cwd, 'watched.yaml'), SMALL.replace("seed: '7'", "seed: '77'"))
    else ctrlC.abort()
  }
  const said = await cli(['run', 'watched.yaml', '--watch', '--quiet'], { cwd, interrupted: ctrlC.signal, onWrite })
  expect(said.exit).toBe(130)
  expect(said.out).toContain('seed 7\n')
  expect(said.out).toContain('seed 77\n')
})

test('--junit writes a test case a scenario, version and seed', async () => {
  await cli(['run', 'small.yaml', '--seeds', '2', '--junit', 'out.xml', '--quiet'], { cwd: folder })
  const xml = readFileSync(join(folder, 'out.xml'), 'utf8')
  expect(xml).toContain('<testsuite name="small.yaml" tests="2" failures="0" errors="0"')
  expect(xml).toContain('name="Kafka 2.4, seed 8"')
  await cli(['run', 'absent.yaml', '--junit', 'out.xml'], { cwd: folder })
  expect(readFileSync(join(folder, 'out.xml'), 'utf8')).toContain('tests="1" failures="0" errors="1"')
})

test('init writes a scenario that is valid and runs, and never writes over a file unasked', async () => {
  const cwd = emptyFolder()
  expect((await cli(['init'], { cwd })).exit).toBe(0)
  const [modeline] = readFileSync(join(cwd, 'scenario.yaml'), 'utf8').split('\n')
  expect(existsSync(join(cwd, /^# yaml-language-server: \$schema=(.+)$/.exec(modeline!)![1]!))).toBe(true)
  expect((await cli(['validate', 'scenario.yaml'], { cwd })).exit).toBe(0)
  expect((await cli(['run', 'scenario.yaml', '--quiet'], { cwd })).exit).toBe(0)
  expect((await cli(['init'], { cwd })).exit).toBe(2)
})

test('a list in a story stays a list', async () => {
  const story = 'story: |\n  One thing\n  led to another:\n  - first this\n  - then that\n\n  And so on.\n'
  const scenario = SMALL.replace(/^story:.*\n/m, '').replace(/^title:.*\n/m, (title) => `${title}${story}`)
  const said = await cli(['run', '-'], { stdin: scenario })
  expect(said.out).toContain('\n  One thing led to another:\n  - first this\n  - then that\n  And so on.\n')
})

test('several versions are told with the holes that explain what broke, and in a sentence each', async () => {
  const said = await cli(['run', 'kip-101-truncation-loses-acked-record', '--kafka', '0.10.2,0.11'], { columns: 80 })
  const words = said.out.replace(/\s+/g, ' ')
  expect(words).toMatch(/○ 0\.10\.2 ConsistentCommittedData, [^○]*stale high watermark[^○]*KIP-101/)
  expect(words).toContain('0.10.2: ✓ AS EXPECTED: what broke is what the scenario says must break: AckedAtAllNotLost')
  expect(words).toMatch(/ 0\.11: ✓ HELD: all \d+ properties held, \d+ of them put to the test/)
})

test('what held for want of a test is told apart from what held', () => {
  const words = plain.out.replace(/\s+/g, ' ')
  const [, held, untested] =
    /✓ \d+ held: (.*) ✓ \d+ more held untested, as nothing happened that could break them: (.*) ✓/.exec(words)!
  expect(held).toContain('AckedAtAllNotLost')
  expect(untested).toContain('TransactionsAtomic')
  expect(untested).not.toContain('AckedAtAllNotLost,')
})

test('the lessons are listed with what they are about', async () => {
  const said = await cli(['lesson'])
  expect(said.out).toMatch(/3-how-an-epoch-saves-a-record +0\.10\.2 +2 +how a leader epoch saves a record/)
})
