import { expect, test } from 'vitest'
import { propertyNamed } from '../../src/check/index.ts'
import type { StepView } from '../../src/check/property.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { RecordBatch } from '../../src/kafka/records.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import { brokerState, type World } from '../../src/world/world.ts'

function produced(kafka = '2.4'): World {
  const parsed = scenario({
    version: 1,
    title: 'an idempotent producer',
    kafka,
    cluster: { brokers: 1 },
    topics: { t: { replicas: [[1]] } },
    clients: { p: { produces: 't', rate: '10/s', count: 20, settings: { 'enable.idempotence': true } } },
    run: '5s',
  } as Parameters<typeof scenario>[0])
  if (!parsed.ok) throw new Error(parsed.problems[0]!.message)
  const compiled = compileScenario(parsed.scenario, {})
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message)
  return simulate(compiled.plan, { properties: [] }).world
}

const NO_STEP = { event: 0, facts: [] } as unknown as StepView
const logOf = (world: World) => brokerState(world, 1)!.durable.logs['t-0']!
const offsets = (world: World): number[] =>
  (propertyNamed('SequencesWithoutGaps')!.check(world, NO_STEP) ?? []).map(
    ({ evidence }) => (evidence as { readonly offset: number }).offset,
  )
const without = (batches: readonly RecordBatch[], offset: number): RecordBatch[] =>
  batches.filter(({ baseOffset }) => baseOffset !== offset)

test('a batch that is missing in the middle is found; a whole log has none', () => {
  const world = produced()
  expect(logOf(world).batches.length).toBeGreaterThan(10)
  expect(offsets(world)).toEqual([])
  logOf(world).batches = without(logOf(world).batches, 5)
  expect(offsets(world)).toEqual([6])
})

test('a cleaned or trimmed log is judged above what was taken, and nowhere else', () => {
  for (const taken of ['cleanedTo', 'logStartOffset'] as const) {
    const world = produced()
    const log = logOf(world)
    log[taken] = 8
    log.batches = without(log.batches, 5)
    expect(offsets(world)).toEqual([])
    log.batches = without(log.batches, 12)
    expect(offsets(world)).toEqual([13])
  }
})

/** What happened to the leader of `t-0`, in order. */
const told = (world: World, ...facts: readonly Fact[]): void => {
  for (const fact of facts) world.ledger.facts.push({ atUs: 0, event: 0, node: 'broker-1', fact })
}

const IN_T = { partition: 't-0' } as const
/** A start after a clean stop, at which the log ended there; `scanned`: after any other. */
const started = (end: number, scanned?: readonly number[]): Fact => ({
  ...IN_T,
  kind: 'recovered',
  from: end,
  durable: 0,
  logEndOffset: end,
  highWatermark: 0,
  ...(scanned === undefined ? {} : { scanned }),
})
const cutTo = (to: number): Fact => ({
  ...IN_T,
  kind: 'truncated',
  from: 20,
  to,
  removed: [],
  rule: 'a rule',
  leader: 2,
  leaderEpoch: 1,
})
const refused: Fact = { ...IN_T, kind: 'produceRefused', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' }

/** The holes of two copies: of the batch at offset 3, and of the last one, which was in flight behind it. */
function holesOfCopies(epoch: number, ...facts: readonly Fact[]): unknown {
  const world = produced()
  const log = logOf(world)
  const copies = [log.batches[3]!, log.batches.at(-1)!].map((batch, index) => ({
    ...batch,
    baseOffset: log.logEndOffset + index,
    producer: { ...batch.producer!, epoch },
  }))
  log.batches = [...log.batches, ...copies]
  told(world, ...facts)
  const found = propertyNamed('IdempotentNothingTwice')!.check(world, NO_STEP) ?? []
  return found.map(({ knownHole }) => knownHole ?? null)
}

test('a batch that a snapshot file forgot, refused and sent again in a new epoch, is a hole of KIP-360', () => {
  expect(holesOfCopies(1, started(20), refused)).toEqual(['KIP-360', 'KIP-360'])
  // A file that a start or a truncation of before has left, which the next one reads.
  expect(holesOfCopies(1, started(10, [0]), started(20, [0]), refused)).toEqual(['KIP-360', 'KIP-360'])
  expect(holesOfCopies(1, cutTo(10), started(20, [0]), refused)).toEqual(['KIP-360', 'KIP-360'])
  expect(holesOfCopies(1, started(10), cutTo(12), refused)).toEqual(['KIP-360', 'KIP-360'])
})

test('a copy is none where nobody had forgotten the batch, or where it comes in the same epoch', () => {
  expect(holesOfCopies(0, started(20), refused)).toEqual([null, null])
  expect(holesOfCopies(1)).toEqual([null, null])
  expect(holesOfCopies(1, refused)).toEqual([null, null])
  // Nobody refused it: it was not taken for one that is out of order.
  expect(holesOfCopies(1, started(20))).toEqual([null, null])
  // The file is of before the batch, or still has it as the last one of its producer.
  expect(holesOfCopies(1, started(3), refused)).toEqual([null, null])
  expect(holesOfCopies(1, started(4), refused)).toEqual([null, null])
  // An unclean start without a file reads every batch.
  expect(holesOfCopies(1, started(20, [0]), refused)).toEqual([null, null])
  expect(holesOfCopies(1, started(20, [0]), cutTo(4), refused)).toEqual([null, null])
})

test('a log that begins in the middle is a hole of KAFKA-15591 where what is missing was given up, from 2.5 on', () => {
  const holes = (kafka: string, givenUp: number): unknown => {
    const world = produced(kafka)
    logOf(world).batches = logOf(world).batches.filter(({ baseOffset }) => baseOffset >= 2)
    for (const sent of Object.values(world.ledger.sent).slice(0, givenUp)) sent.outcome = 'unknown'
    const found = propertyNamed('SequencesWithoutGaps')!.check(world, NO_STEP) ?? []
    return found.map(({ knownHole }) => knownHole ?? null)
  }
  expect(holes('2.5', 2)).toEqual(['KAFKA-15591'])
  expect(holes('2.5', 1)).toEqual([null])
  expect(holes('2.4', 2)).toEqual([null])
})
