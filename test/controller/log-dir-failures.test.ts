/** A broker lives on with one log directory less (KIP-112): what its controller makes of it. */
import { expect, test } from 'vitest'
import { LOG_DIR_EVENTS } from '../../src/kafka/znodes.ts'
import { Controllers } from './controllers.ts'

/** Broker 3 is the controller; of four partitions on brokers 1 and 2, a-0 and c-0 lie in the directory that fails. */
function cluster(kafka: string): Controllers {
  const it = new Controllers(kafka)
  it.startAll(3, 1, 2)
  it.createTopic('a', { 0: [1, 2] })
  it.createTopic('b', { 0: [1, 2] })
  it.createTopic('c', { 0: [2, 1] })
  it.createTopic('d', { 0: [2, 1] })
  return it
}

const LOST = ['a-0', 'c-0']

function fail(it: Controllers, lost: readonly string[] = LOST): void {
  it.rolesAnswered = (to, { partitions }) =>
    Object.fromEntries(
      Object.keys(partitions).map((name) => [
        name,
        to === 1 && lost.includes(name) ? 'KAFKA_STORAGE_ERROR' : 'STALE_CONTROLLER_EPOCH',
      ]),
    )
  const data = { broker: 1, event: 1 }
  it.admin({ op: 'create', path: `${LOG_DIR_EVENTS}/log_dir_event_`, data, ephemeral: false, sequential: true })
}

test.each(['1.1', '2.4', '3.5'])(
  'what was led from the directory is led elsewhere, and all of it leaves the ISR (%s)',
  (kafka) => {
    const it = cluster(kafka)
    it.forget()
    fail(it)
    expect(it.state('a-0')).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2] })
    expect(it.state('c-0')).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2] })
    for (const name of ['b-0', 'd-0']) expect(it.stateWrites(name)).toEqual([])
    expect(it.facts.map(({ fact }) => fact)).toContainEqual({
      kind: 'replicasInFailedDirectory',
      broker: 1,
      partitions: LOST,
    })
    expect(Object.keys(it.registry.nodes).filter((path) => path.startsWith(`${LOG_DIR_EVENTS}/`))).toEqual([])
  },
)

test('0.11 has no such news', () => {
  const it = cluster('0.11')
  fail(it)
  expect(it.state('a-0')).toMatchObject({ leader: 1, leaderEpoch: 0 })
})

test('a replica in a failed directory cannot be elected, though its broker lives', () => {
  const it = cluster('2.4')
  fail(it)
  it.crash(2)
  expect(it.state('a-0')).toMatchObject({ leader: -1, isr: [2] })
  expect(it.state('b-0')).toMatchObject({ leader: 1, isr: [1] })
})

test('a restart of the broker brings the replicas back', () => {
  const it = cluster('2.4')
  fail(it)
  it.crash(1)
  it.rolesAnswered = () => ({})
  it.start(1)
  it.leaderWritesIsr('a-0', [2, 1])
  it.crash(2)
  expect(it.state('a-0')).toMatchObject({ leader: 1, isr: [1] })
})

test('a new controller takes old news away: it tells every broker its roles anyway', () => {
  const it = cluster('2.4')
  it.pause(3)
  fail(it)
  it.endSession(3)
  it.run(5_000)
  expect(it.controller).not.toBe(3)
  expect(it.state('a-0')).toMatchObject({ leader: 2, isr: [2] })
  expect(Object.keys(it.registry.nodes).filter((path) => path.startsWith(`${LOG_DIR_EVENTS}/`))).toEqual([])
})
