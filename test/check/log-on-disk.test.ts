import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { propertyNamed } from '../../src/check/index.ts'
import type { StepView } from '../../src/check/property.ts'
import { type RunResult, simulate } from '../../src/driver/simulate.ts'
import { lastOffset } from '../../src/kafka/records.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import { brokerState } from '../../src/world/world.ts'

const ROOT = join(import.meta.dirname, '../..')

function run(file: string, kafka: string): RunResult {
  const parsed = parseScenario(readFileSync(join(ROOT, file), 'utf8'), file)
  if (!parsed.ok) throw new Error(parsed.problems[0]!.message)
  const compiled = compileScenario(parsed.scenario, { kafka })
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message)
  return simulate(compiled.plan)
}

const broken = ({ violations }: RunResult): string[] => violations.map(({ property }) => property)

test('retention that does not look at the high watermark is found, and one that does is not', () => {
  const story = 'test/kafka/switches/old-records-above-the-high-watermark.yaml'
  expect(broken(run(story, '0.10.2'))).toContain('RetentionBelowHighWatermark')
  expect(broken(run(story, '2.4'))).not.toContain('RetentionBelowHighWatermark')
})

test('a cleaner that takes the last value of a key is found', () => {
  const { world } = run('scenarios/storage/a-compacted-topic-keeps-the-last-value.yaml', '2.4')
  const property = propertyNamed('CompactionKeepsLastValues')!
  const log = brokerState(world, 1)!.durable.logs['prices-0']!
  const to = log.layout!.segments.at(-1)!.baseOffset
  const fact = {
    kind: 'logCleaned',
    partition: 'prices-0',
    from: 0,
    to,
    recordsRemoved: 1,
    bytesBefore: 2,
    bytesAfter: 1,
  } as const
  const step = { event: 1, facts: [{ atUs: 0, event: 1, node: 'broker-1', fact }] } as unknown as StepView
  expect(property.check(world, step)).toBeNull()
  // The last committed value of a key that no later segment has again.
  const key = log.batches.filter((batch) => lastOffset(batch) < to).at(-1)!.records[0]!.key
  log.batches = log.batches.filter((batch) => batch.records.every((record) => record.key !== key))
  expect(property.check(world, step)).toMatchObject([{ evidence: { key } }])
})

test('a cleaner that passes the high watermark is found, and one that stops at it is not', () => {
  const story = 'scenarios/storage/kafka-13194-the-cleaner-believes-what-is-not-committed.yaml'
  const early = run(story, '2.4').violations.find(({ property }) => property === 'CleaningBelowUndecided')
  expect(early?.knownHole).toBe('KAFKA-13194')
  expect(broken(run(story, '3.3'))).not.toContain('CleaningBelowUndecided')
})

test('what was flushed and then cleaned away is not lost in a power loss; a flushed record is', () => {
  const property = propertyNamed('FlushedNotLost')!
  const lost = (offset: number) => ({
    kind: 'powerLost',
    partition: 'prices-0',
    from: 90,
    to: 60,
    durable: 80,
    removed: [{ offset, epoch: 0, id: 'market/9', value: 'v' }],
  })
  const step = (offset: number): StepView =>
    ({ event: 1, facts: [{ atUs: 0, event: 1, node: 'broker-1', fact: lost(offset) }] }) as unknown as StepView
  const { world } = run('scenarios/storage/a-compacted-topic-keeps-the-last-value.yaml', '2.4')
  expect(property.check(world, step(80))).toBeNull()
  expect(property.check(world, step(79))).toMatchObject([{ evidence: { flushed: 80, offset: 60 } }])
})

test('what a cleaner takes for a value that was never committed counts as lost, and from 3.1 it takes nothing', () => {
  const story = 'scenarios/storage/kafka-13194-the-cleaner-believes-what-is-not-committed.yaml'
  expect(broken(run(story, '2.4'))).toContain('AckedAtAllNotLost')
  expect(broken(run(story, '3.3'))).not.toContain('AckedAtAllNotLost')
})

test('what retention, DeleteRecords and compaction take is not lost', () => {
  for (const story of [
    'retention-by-time-step-by-step',
    'delete-records-moves-the-start',
    'a-compacted-topic-keeps-the-last-value',
  ]) {
    expect(broken(run(`scenarios/storage/${story}.yaml`, '2.4'))).toEqual([])
  }
})
