import { expect, test } from 'vitest'
import {
  defaultIn,
  resolveSettings,
  SETTINGS,
  settingNamed,
  settingsIn,
  topicSetting,
  validateSetting,
} from '../../src/kafka/config.ts'
import { compareReleases, GENERATIONS, generationNamed, parseRelease } from '../../src/kafka/generation/table.ts'

const brokerDefault = (key: string, generation: string) => defaultIn(settingNamed(key, 'broker')!, generation)

test.each([
  ['replica.lag.time.max.ms', '2.4', 10000],
  ['replica.lag.time.max.ms', '2.5', 30000],
  ['replica.lag.max.messages', '0.8.2', 4000],
  ['replica.lag.max.messages', '0.9', null],
  ['zookeeper.session.timeout.ms', '2.4', 6000],
  ['zookeeper.session.timeout.ms', '3.9', 18000],
  ['zookeeper.session.timeout.ms', '3.5-kraft', null],
  ['broker.session.timeout.ms', '3.9', null],
  ['broker.session.timeout.ms', '3.5-kraft', 9000],
  ['min.insync.replicas', '0.8.1', null],
  ['min.insync.replicas', '0.8.2', 1],
  ['unclean.leader.election.enable', '0.8.1', null],
  ['unclean.leader.election.enable', '0.10.2', true],
  ['unclean.leader.election.enable', '0.11', false],
  ['unclean.leader.election.interval.ms', '3.9', null],
  ['unclean.leader.election.interval.ms', '3.9-kraft', 300000],
  ['unclean.leader.election.interval.ms', '3.5-kraft', null],
  ['controlled.shutdown.enable', '0.8.1', false],
  ['controlled.shutdown.enable', '0.8.2', true],
  ['auto.leader.rebalance.enable', '0.8.2', true],
  ['delete.topic.enable', '0.11', false],
  ['delete.topic.enable', '1.0', true],
  ['log.flush.interval.messages', '0.8.0', 10000],
  ['log.retention.ms', '0.11', ''],
])('the default of %s in %s is %s', (key, generation, value) => {
  expect(brokerDefault(key, generation)).toBe(value)
})

test('producers wait for nobody, then for the leader, then for the whole ISR', () => {
  const acks = (generation: string) => resolveSettings('producer', generation, {}).acks
  expect([acks('0.8.0'), acks('0.8.2'), acks('2.8'), acks('3.3')]).toEqual(['0', '1', '1', 'all'])
})

test('every setting names known generations, oldest first, and a default of its own type', () => {
  for (const setting of SETTINGS) {
    const since = setting.defaults.map(([name]) => name)
    for (const name of since) expect(generationNamed(name), `${setting.key}: ${name}`).toBeDefined()
    const sorted = [...since].sort((a, b) => compareReleases(parseRelease(a)!, parseRelease(b)!))
    expect(since, setting.key).toEqual(sorted)
    for (const [name, value] of setting.defaults) {
      if (value === null || value === '') continue
      expect(validateSetting(setting.key, setting.scope, value, name), setting.key).toEqual({ ok: true, value })
    }
  }
})

test('a key is there once a scope', () => {
  for (const scope of ['broker', 'topic', 'producer', 'consumer'] as const) {
    const keys = settingsIn(scope).map((setting) => setting.key)
    expect(new Set(keys).size).toBe(keys.length)
  }
})

test('the effective topic defaults equal the defaults of the broker settings behind them', () => {
  for (const { name } of GENERATIONS) {
    const broker = resolveSettings('broker', name, {})
    const topic = resolveSettings('topic', name, {})
    for (const key of Object.keys(topic)) expect(topicSetting(broker, {}, key), `${key} in ${name}`).toBe(topic[key])
  }
})

test('a topic setting comes before the broker, and milliseconds come before minutes and hours', () => {
  const broker = resolveSettings('broker', '2.4', { 'min.insync.replicas': 2, 'log.retention.minutes': 3 })
  expect(topicSetting(broker, undefined, 'min.insync.replicas')).toBe(2)
  expect(topicSetting(broker, { 'min.insync.replicas': '3' }, 'min.insync.replicas')).toBe(3)
  expect(topicSetting(broker, { 'unclean.leader.election.enable': 'true' }, 'unclean.leader.election.enable')).toBe(
    true,
  )
  expect(topicSetting(broker, {}, 'retention.ms')).toBe(180000)
  expect(topicSetting({ ...broker, 'log.retention.ms': -1 }, {}, 'retention.ms')).toBe(-1)
})

test('overrides overlay the defaults and absent settings stay absent', () => {
  const settings = resolveSettings('broker', '0.8.1', { 'replica.lag.time.max.ms': 500 })
  expect(settings['replica.lag.time.max.ms']).toBe(500)
  expect(Object.hasOwn(settings, 'min.insync.replicas')).toBe(false)
})

test('values come as text or typed, and what cannot be is refused with what was expected', () => {
  expect(validateSetting('replica.lag.time.max.ms', 'broker', '500', '2.4')).toEqual({ ok: true, value: 500 })
  expect(validateSetting('log.flush.interval.messages', 'broker', '9223372036854775807', '2.4').ok).toBe(true)
  expect(validateSetting('replica.lag.time.max.ms', 'broker', 0, '2.4')).toMatchObject({
    ok: false,
    expected: 'a whole number of at least 1 (ms)',
  })
  expect(validateSetting('delete.topic.enable', 'broker', 'yes', '2.4')).toMatchObject({
    ok: false,
    expected: 'true or false',
  })
  expect(validateSetting('auto.offset.reset', 'consumer', 'largest', '2.4').ok).toBe(false)
})

test('acks takes any number only while Kafka did', () => {
  expect(validateSetting('acks', 'producer', 2, '0.8.2')).toEqual({ ok: true, value: '2' })
  expect(validateSetting('acks', 'producer', 2, '0.9').ok).toBe(false)
  expect(validateSetting('acks', 'producer', -1, '0.9')).toEqual({ ok: true, value: 'all' })
})

test('a setting unknown to the generation, to the scope or to everyone says so', () => {
  const message = (key: string, scope: 'broker' | 'producer', generation: string) => {
    const result = validateSetting(key, scope, 1, generation)
    return result.ok ? '' : result.message
  }
  expect(message('min.insync.replicas', 'broker', '0.8.1')).toBe('min.insync.replicas does not exist in Kafka 0.8.1')
  expect(message('acks', 'broker', '2.4')).toBe('acks is a setting of the producer, not of the broker')
  expect(message('min.isr', 'broker', '2.4')).toBe('no setting is called min.isr')
})
