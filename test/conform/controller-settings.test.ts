import { expect, test } from 'vitest'
import { compileClients } from '../../src/conform/clients/compile.ts'
import type { ClientsRecording } from '../../src/conform/clients/recording.ts'

/** A recording of clients in KRaft whose first broker has a setting of its own. */
const RECORDING: ClientsRecording = {
  name: 'own-settings',
  kafka: '4.1.1',
  mode: 'kraft',
  brokers: 2,
  settings: { 'broker.session.timeout.ms': 3000 },
  settingsByBroker: { '1': { 'broker.session.timeout.ms': 99_000 } },
  entries: [
    { atMs: 0, do: 'startController', controller: 101 },
    { atMs: 10, do: 'start', broker: 1 },
    { atMs: 20, do: 'start', broker: 2 },
  ],
}

test('controllers of a recording of clients have the settings that all brokers share, and none that only the first broker has', () => {
  const compiled = compileClients(RECORDING, { seed: '1', slowness: 1 })
  if (!compiled.ok) throw new Error(compiled.notModelled)
  const { brokers, controllers, controllerSettings } = compiled.plan
  expect(controllers).toEqual([{ id: 101, startAtUs: null }])
  expect(brokers.map(({ settings }) => settings['broker.session.timeout.ms'])).toEqual([99_000, 3000])
  expect(controllerSettings?.['broker.session.timeout.ms']).toBe(3000)
})
