import { expect, test } from 'vitest'
import { PROPERTIES, propertyNamed } from '../../src/check/index.ts'
import type { Action } from '../../src/world/plan.ts'
import type { PlanGiven } from '../builders.ts'
import { broker, planOf } from '../builders.ts'

const crash: Action = { do: 'crash', target: broker(1) }
const power: Action = { do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'durable' }
const promise = (name: string, given: PlanGiven, actions: readonly Action[] = [crash]) =>
  propertyNamed(name)!.promised(planOf({ ...given, steps: [{ atUs: 0, do: actions }] }))
const hole = (name: string, given: PlanGiven, actions?: readonly Action[]) => {
  const promised = promise(name, given, actions)
  return promised.promised ? 'promised' : promised.hole
}
const clean = { 'unclean.leader.election.enable': false }

test('names are unique and claims are sentences', () => {
  expect(new Set(PROPERTIES.map(({ name }) => name)).size).toBe(PROPERTIES.length)
  for (const { statement, on, kind } of PROPERTIES) {
    expect(statement).toMatch(/^[A-Z].*\.$/)
    expect(on.length > 0).toBe(kind === 'always')
  }
})

test('without faults everything is promised that the generation has', () => {
  const quiet = planOf({ kafka: '2.4' })
  const open = PROPERTIES.filter((it) => !it.promised(quiet).promised).map(({ name }) => name)
  // KAFKA-13194, to 2.8.
  expect(open).toEqual(['CleaningBelowUndecided'])
})

test('acknowledged records are promised from 2.1 on while nobody loses power', () => {
  const holes = ['0.8.1', '0.10.2', '0.11', '1.1', '2.0.0', '2.0.1', '2.1', '2.4', '3.9'].map((kafka) =>
    hole('AckedAtAllNotLost', { kafka, settings: kafka === '0.8.1' ? {} : clean }),
  )
  expect(holes[0]).toContain('KIP-101')
  expect(holes[0]).toContain('unclean')
  expect(holes[1]).toContain('KIP-101')
  expect(holes[2]).toContain('KIP-279')
  expect(holes[3]).toContain('KIP-279')
  expect(holes[4]).toContain('KAFKA-7415')
  expect(holes[5]).toBe('KIP-320 (KAFKA-6880)')
  expect(holes.slice(6)).toEqual(['promised', 'promised', 'promised'])
})

/** What a break that nothing which happened explains is put down to; null: nothing excuses it. */
const excuse = (name: string, given: PlanGiven, actions?: readonly Action[]) => {
  const promised = promise(name, given, actions)
  if (promised.promised) return 'promised'
  return promised.excuse === undefined ? 'the plan' : (promised.excuse?.hole ?? null)
}

test.each(['0.8.0', '0.8.2', '0.10.2', '0.11', '1.1', '2.0.0', '2.0.1', '2.4', '4.1'])(
  'what a plan makes possible on %s excuses no loss of records, and nothing that follows from one',
  (kafka) => {
    const unclean = kafka.startsWith('0.8') ? {} : { settings: { 'unclean.leader.election.enable': true } }
    for (const name of [
      'ConsistentCommittedData',
      'AckedAtAllNotLost',
      'LeaderCompleteness',
      'OneRecordPerCommittedOffset',
      'StrongIsr',
      'WeakIsr',
      'LogMatchingBelowHighWatermark',
      'NoInconsistentOffsets',
      'ProducersInOrder',
      'TransactionsAtomic',
      'StableGenerationsGrow',
    ]) {
      // Before 0.10.1 a group without members is forgotten.
      if (name === 'StableGenerationsGrow' && kafka.startsWith('0.8')) continue
      expect([name, excuse(name, { kafka, ...unclean }, [crash, power])]).toEqual([name, null])
    }
  },
)

test('power loss and unclean election take the promise away in every generation', () => {
  const powerHoles = (kafka: string) => hole('AckedAtAllNotLost', { kafka, settings: clean }, [power])
  expect(powerHoles('3.9')).toBe('KIP-101 (C-02), KIP-966 (C-16), KIP-380 (C-29)')
  expect(powerHoles('3.9-kraft')).toBe('KIP-101 (C-02), KIP-966 (C-16)')
  expect(powerHoles('4.1')).toBe('KIP-101 (C-02), KIP-966')
  expect(hole('AckedAtAllNotLost', { kafka: '3.9', settings: { 'unclean.leader.election.enable': true } })).toContain(
    'unclean',
  )
  expect(hole('StrongIsr', { kafka: '3.9', topicSettings: { 'unclean.leader.election.enable': 'true' } })).toContain(
    'unclean',
  )
  const elect: Action = {
    do: 'admin',
    request: { admin: 'electLeader', election: 'UNCLEAN', partitions: ['orders-0'] },
  }
  expect(hole('ConsistentCommittedData', { kafka: '3.9' }, [elect])).toContain('unclean')
})

test('acks=1 is promised only where nothing goes wrong', () => {
  expect(promise('AckedAtOneNotLost', { kafka: '3.9' }).promised).toBe(false)
  expect(promise('AckedAtOneNotLost', { kafka: '3.9' }, [{ do: 'note', text: '' }]).promised).toBe(true)
})

test('the last ISR member is kept from 1.1, before only where unclean election is off', () => {
  const given = (kafka: string, unclean: boolean) =>
    hole('IsrNeverEmpty', { kafka, settings: { 'unclean.leader.election.enable': unclean } })
  expect([given('1.1', true), given('0.11', true), given('0.11', false)]).toEqual([
    'promised',
    'KAFKA-5083',
    'promised',
  ])
})

test('convergence is promised where the run settles and followers cannot keep what their leader lacks', () => {
  const given = (kafka: string) => hole('ReplicasConverge', { kafka, settings: clean })
  expect(given('0.10.2')).toContain('KIP-101')
  expect(given('1.1')).toContain('KAFKA-3410')
  expect(given('2.4')).toBe('promised')
  const cut: Action = { do: 'cutFromRegistry', target: broker(1) }
  expect(promise('ReplicasConverge', { kafka: '2.4' }, [cut]).promised).toBe(false)
})

test('a new disk takes the promise away as a power loss does, a full one does not, and a lying one does', () => {
  const wipe: Action = { do: 'wipe', target: broker(1) }
  const disk = (change: object): Action => ({ do: 'disk', target: broker(1), directory: null, change })
  expect(hole('AckedAtAllNotLost', { kafka: '2.4', settings: clean }, [wipe])).toContain('KIP-966')
  expect(hole('AckedAtAllNotLost', { kafka: '2.4', settings: clean }, [wipe])).toContain('KIP-903')
  expect(hole('AckedAtAllNotLost', { kafka: '4.1', settings: clean }, [wipe])).toBe('KIP-966')
  expect(hole('AckedAtAllNotLost', { kafka: '2.4', settings: clean }, [disk({ bytesLeft: 10 })])).toBe('promised')
  expect(hole('AckedAtAllNotLost', { kafka: '2.4', settings: clean }, [disk({ lies: true })])).toBeNull()
  expect(hole('FlushedNotLost', { kafka: '2.4', settings: clean }, [wipe])).toBeNull()
})
