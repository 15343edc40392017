import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Compiled } from '../../src/conform/compile.ts'
import { compileRecording } from '../../src/conform/compile.ts'
import { allRecordings, CONFORMANCE, recordingData, recordingNamed, recordingOf } from './recordings.ts'

function compiled(data: unknown, pins = true): Compiled {
  const result = compileRecording(recordingOf(data), { pins })
  if (!result.ok) throw new Error(result.notModelled)
  return result
}

const entriesOf = (name: string): Record<string, unknown>[] => recordingData(name).entries as Record<string, unknown>[]

test('every recording of a cluster compiles', () => {
  for (const name of allRecordings()) {
    const result = compileRecording(recordingNamed(name), { pins: true })
    expect(result.ok, `${name}: ${result.ok ? '' : result.notModelled}`).toBe(true)
  }
})

test('steps fire at their recorded distance after the one before', () => {
  const { plan } = compiled(recordingData('leader-crash/2.4.1'))
  const at = (id: string): number => plan.steps.findIndex((step) => step.id === id)
  const start = plan.steps[at('e0')]!
  expect(start.after).toBeNull()
  // 4361 ms: the registry's log was read; 4363 ms: broker 1 is killed.
  const crash = plan.steps[at('e12')]!
  expect(crash.after).toEqual({ step: at('e11'), delayUs: 2000 })
  expect(crash.actions).toEqual([{ do: 'crash', target: { role: 'broker', id: 1 } }])
})

test('an action waits for registry writes that are dated before it, wherever the log lists them', () => {
  const { plan } = compiled(recordingData('controller-crash/2.4.1'))
  const deletions = plan.steps.filter(
    (step) => step.actions[0]?.do === 'admin' && step.text.startsWith('deleteController'),
  )
  expect(deletions).toHaveLength(6)
  const before = plan.steps[deletions[1]!.after!.step]!
  expect(before.when).toEqual({ when: 'controller', is: null, epoch: { atLeast: 3 } })
})

test('a process start takes what the registry log says until its registration', () => {
  const { plan } = compiled(recordingData('leader-crash/2.4.1'))
  const start = plan.steps.find((step) => step.id === 'e18')!.actions[0]!
  if (start.do !== 'start') throw new Error('e18 starts broker 1')
  expect(start.startupUs).toBe((7924 - 6848 - 6) * 1000)
})

test('a start that meets its own former registration takes the median of the other starts', () => {
  const { plan } = compiled(recordingData('bounce/0.10.2.2'))
  const starts = plan.steps.flatMap((step) => step.actions).filter((action) => action.do === 'start')
  const times = starts.map((action) => (action.do === 'start' ? action.startupUs : null))
  const failed = [times[3], times[5]]
  expect(failed[0]).toBe(failed[1])
  expect([times[0], times[1], times[2], times[4], times[6]]).toContain(failed[0])
})

test('the winner of a controller election is pinned to try first, and nothing is pinned when not asked', () => {
  const data = recordingData('leader-and-controller-crash/0.10.2.2')
  const { pins } = compiled(data).plan
  expect(pins['controller.election/2/broker-3#0']).toBe(0)
  expect(pins['controller.election/2/broker-2#0']).toBeGreaterThan(0.9)
  expect(compiled(data, false).plan.pins).toEqual({})
})

test('every pin is a draw', () => {
  for (const name of allRecordings()) {
    const result = compileRecording(recordingNamed(name), { pins: true })
    if (!result.ok) continue
    for (const value of Object.values(result.plan.pins)) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
    }
  }
})

test('an unknown action makes a recording not modelled, an unknown sight is counted', () => {
  const data = recordingData('leader-crash/2.4.1')
  const odd = { ...data, entries: [...entriesOf('leader-crash/2.4.1'), { atMs: 99_999, do: 'explode', broker: 1 }] }
  expect(compileRecording(recordingOf(odd), { pins: true })).toEqual({
    ok: false,
    notModelled: 'the action "explode" is not known',
  })
  const more = [
    { atMs: 99_998, saw: 'registered' },
    { atMs: 99_999, saw: 'aurora' },
  ]
  const seen = { ...data, entries: [...entriesOf('leader-crash/2.4.1'), ...more] }
  expect(compiled(seen).unknownSaw).toEqual({ 'registered in another form': 1, aurora: 1 })
})

test('an action in another form makes a recording not modelled', () => {
  const data = recordingData('leader-crash/2.4.1')
  const odd = { ...data, entries: [...entriesOf('leader-crash/2.4.1'), { atMs: 99_999, do: 'crash', broker: 'one' }] }
  const result = compileRecording(recordingOf(odd), { pins: true })
  expect(result).toEqual({
    ok: false,
    notModelled: expect.stringMatching(/^the action "crash" is not known in this form/),
  })
})

test('recordings of the log on disk and of clients say by name why they are not modelled', () => {
  const folders = ['storage', 'clients'].flatMap((top) =>
    readdirSync(join(CONFORMANCE, top), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${top}/${entry.name}`),
  )
  for (const folder of folders) {
    for (const file of readdirSync(join(CONFORMANCE, folder))) {
      const result = compileRecording(recordingNamed(`${folder}/${file.replace(/\.json$/, '')}`), { pins: true })
      expect(result, `${folder}/${file}`).toEqual({ ok: false, notModelled: expect.stringMatching(/"\w+"|^KRaft/) })
    }
  }
})

test('a release that no generation stands for is not modelled', () => {
  const result = compileRecording(recordingOf({ ...recordingData('leader-crash/2.4.1'), kafka: '0.7.0' }), {
    pins: true,
  })
  expect(result.ok).toBe(false)
})

test('produces of the same values that fail but for the last are one write repeated until it is accepted', () => {
  const data = recordingData('leader-crash/2.4.1')
  const entries = entriesOf('leader-crash/2.4.1')
  const produce = entries.findIndex((entry) => entry.do === 'produce')
  const again = [
    { ...entries[produce] },
    { ...entries[produce + 1], error: 'NOT_LEADER_FOR_PARTITION', baseOffset: -1, atMs: entries[produce]!.atMs },
    ...entries.slice(produce),
  ]
  const { plan, checks } = compiled({ ...data, entries: [...entries.slice(0, produce), ...again] })
  const loops = plan.steps.flatMap((step) => step.actions).filter((action) => action.do === 'requestLoop')
  expect(loops).toHaveLength(1)
  expect(loops[0]).toMatchObject({ until: 'accepted' })
  expect(checks.filter((check) => check.kind === 'produceResult')).toHaveLength(2)
})

test('produces that differ in acks are single requests', () => {
  const data = recordingData('leader-crash/2.4.1')
  const entries = entriesOf('leader-crash/2.4.1')
  const produce = entries.findIndex((entry) => entry.do === 'produce')
  const refused = { ...entries[produce + 1], error: 'INVALID_REQUIRED_ACKS', baseOffset: -1 }
  const requests = (...acks: (number | string)[]) => {
    const asked = acks.flatMap((each) => [{ ...entries[produce], acks: each }, refused])
    const { plan } = compiled({ ...data, entries: [...entries.slice(0, produce), ...asked, ...entries.slice(produce)] })
    return plan.steps.flatMap((step) => step.actions).filter((action) => action.do === 'requestLoop')
  }
  expect(requests(2)).toEqual([])
  expect(requests(2, 5)).toEqual([])
  // Of those with the same acks the last is accepted, as in the recording.
  expect(requests(2, String(entries[produce]!.acks))).toHaveLength(1)
})

test('equal produces that all fail are single requests', () => {
  const data = recordingData('leader-crash/2.4.1')
  const entries = entriesOf('leader-crash/2.4.1')
  const produce = entries.findIndex((entry) => entry.do === 'produce')
  const refused = { ...entries[produce + 1], error: 'NOT_LEADER_FOR_PARTITION', baseOffset: -1 }
  const elsewhere = { ...entries[produce], broker: 2 }
  const asked = [elsewhere, { ...refused, broker: 2 }, elsewhere, { ...refused, broker: 2 }]
  const { plan } = compiled({ ...data, entries: [...entries.slice(0, produce), ...asked, ...entries.slice(produce)] })
  const actions = plan.steps.flatMap((step) => step.actions)
  expect(actions.filter((action) => action.do === 'requestLoop')).toEqual([])
})

test('writes that have no entry of their own are made before whatever shows them', () => {
  const { plan } = compiled(recordingData('isr-shrink-expand/0.10.2.2'))
  const loops = plan.steps
    .flatMap((step) => step.actions)
    .filter((action) => action.do === 'requestLoop' && action.until === 'accepted')
  expect(loops).toHaveLength(10)
})

test('brokers that returned at once may stand in any order in an ISR, others may not', () => {
  expect(compiled(recordingData('kip-101-loss/0.10.2.2')).freeOrder.at(-1)?.brokers).toEqual([1, 2])
  expect(compiled(recordingData('leader-crash/2.4.1')).freeOrder).toEqual([])
})
