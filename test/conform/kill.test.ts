import { expect, test } from 'vitest'
import { compileClients } from '../../src/conform/clients/compile.ts'
import type { ClientsRecording } from '../../src/conform/clients/recording.ts'
import { recordingData } from './recordings.ts'

test('a killed broker does nothing more, and its sockets are closed some ms later, whatever else happens', () => {
  const recording = recordingData('clients/coordinator-crash/2.4.1') as unknown as ClientsRecording
  const compiled = compileClients(recording, { seed: 'x', slowness: 1 })
  if (!compiled.ok) throw new Error(compiled.notModelled)
  const { steps } = compiled.plan
  const kills = recording.entries.flatMap((entry, index) => (entry.do === 'crash' ? [index] : []))
  expect(kills.length).toBeGreaterThan(0)
  for (const index of kills) {
    const target = { role: 'broker', id: recording.entries[index]!.broker }
    const killed = steps.findIndex((step) => step.id === `e${index}`)
    expect(steps[killed]!.actions).toEqual([{ do: 'pause', target, forUs: null }])
    const closed = steps.find((step) => step.id === `e${index}.sockets`)!
    expect(closed.actions).toEqual([{ do: 'crash', target }])
    expect(closed.after).toEqual({ step: killed, delayUs: 12_000 })
    expect(steps.some((step) => step.after?.step === steps.indexOf(closed))).toBe(false)
  }
})
