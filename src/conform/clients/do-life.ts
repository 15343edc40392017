/** How client processes begin, stand still and end. */
import type { SettingValue } from '../../kafka/config.ts'
import type { Action } from '../../world/plan.ts'
import type { ClientsEntry } from './recording.ts'
import { objectOf, textOf } from './recording.ts'
import type { DoRule } from './rule.ts'
import type { ClientsScript } from './script.ts'

const toAll =
  (action: 'crash' | 'pause' | 'resume'): DoRule =>
  (entry, script) => {
    const targets = script.targets(textOf(entry, 'client'))
    if (targets.length === 0) return null
    return targets.map(
      (target): Action => (action === 'pause' ? { do: action, target, forUs: null } : { do: action, target }),
    )
  }

/** Settings as text, number or boolean. */
function clientSettings(entry: ClientsEntry): Readonly<Record<string, SettingValue>> {
  const typed = (value: unknown): SettingValue => {
    if (value === 'true' || value === 'false') return value === 'true'
    if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
    return value as SettingValue
  }
  const settings = Object.entries(objectOf(entry, 'settings') ?? {})
  return Object.fromEntries(settings.map(([key, value]) => [key, typed(value)]))
}

/** Starts a client of the plan; its name there, null when the entry does not name it. */
export function startClient(
  entry: ClientsEntry,
  script: ClientsScript,
  kind: 'producer' | 'consumer',
): { readonly name: string; readonly actions: readonly Action[] } | null {
  const recorded = textOf(entry, 'client')
  if (recorded === null) return null
  const name = script.start(kind, recorded, clientSettings(entry))
  return { name, actions: [{ do: 'start', target: { role: 'client', name }, startupUs: 0 }] }
}

/** `close` of the consumer, of the producer, or of both, whichever the client has. */
const close: DoRule = (entry, script) => {
  const targets = script.targets(textOf(entry, 'client'))
  if (targets.length === 0) return null
  const label = script.callLabel(entry)
  return targets.map(
    (target, n): Action => ({
      do: 'call',
      client: (target as { name: string }).name,
      call: { call: 'close' },
      label: n === 0 ? label : `${label}+`,
    }),
  )
}

export const LIFE_ACTIONS: Readonly<Record<string, DoRule>> = {
  killClient: toAll('crash'),
  pauseClient: toAll('pause'),
  resumeClient: toAll('resume'),
  close,
}
