/** What becomes of clients, beside their processes. */
import { durationUs } from '../units.ts'
import type { Compilers } from './compile-action.ts'

export const CLIENTS: Compilers<'start-client' | 'stop-client' | 'busy' | 'send'> = {
  'start-client': ({ checks, path }, form) => {
    checks.client(form['start-client'], [...path, 'start-client'], null)
    return [{ do: 'startClient', name: form['start-client'] }]
  },
  'stop-client': ({ checks, path }, form) => {
    checks.client(form['stop-client'], [...path, 'stop-client'], null)
    return [{ do: 'stopClient', name: form['stop-client'] }]
  },
  busy: ({ checks, path }, form) => {
    checks.client(form.busy, [...path, 'busy'], 'consumer')
    const label = `busy ${path.join(' ')}`
    return [{ do: 'call', client: form.busy, call: { call: 'processFor', forUs: durationUs(form.for) }, label }]
  },
  send: ({ checks, path }, form) => {
    checks.client(form.from, [...path, 'from'], 'producer')
    return [
      {
        do: 'offer',
        client: form.from,
        count: form.send,
        value: form.value ?? null,
        partition: form.partition ?? null,
        key: form.key ?? null,
      },
    ]
  },
}
