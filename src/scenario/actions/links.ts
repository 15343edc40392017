/** What becomes of links, and of the messages on them. */
import type { MessageType } from '../../kafka/messages/message.ts'
import type { Action, Target } from '../../world/plan.ts'
import type { Checks } from '../checks.ts'
import type { Path } from '../problem.ts'
import { durationUs } from '../units.ts'
import type { Compilers, Texts } from './compile-action.ts'

type Links =
  | { between: Texts; and: Texts; messages?: string[] | undefined; by?: string | undefined }
  | { from: Texts; to: Texts; messages?: string[] | undefined; by?: string | undefined }

interface Ends {
  readonly from: readonly Target[]
  readonly to: readonly Target[]
  readonly both: boolean
}

function endsOf(checks: Checks, links: Links, path: Path): Ends {
  return 'between' in links
    ? {
        from: checks.targets(links.between, [...path, 'between']),
        to: checks.targets(links.and, [...path, 'and']),
        both: true,
      }
    : {
        from: checks.targets(links.from, [...path, 'from']),
        to: checks.targets(links.to, [...path, 'to']),
        both: false,
      }
}

/** Every two groups, both ways. */
function pairsOfGroups(checks: Checks, groups: readonly Texts[], path: Path): Ends[] {
  const targets = groups.map((group, index) => checks.targets(group, [...path, 'groups', index]))
  return targets.flatMap((from, index) => targets.slice(index + 1).map((to) => ({ from, to, both: true })))
}

const cutOrHeal = (checks: Checks, verb: 'cut' | 'heal', form: Links | { groups: Texts[] }, path: Path): Action[] =>
  ('groups' in form ? pairsOfGroups(checks, form.groups, path) : [endsOf(checks, form, path)]).map((ends) => ({
    do: verb,
    ...ends,
  }))

/** What travels only where there is a registry; brokers of KRaft read the metadata log instead. */
const REGISTRY_MESSAGES: readonly string[] = [
  'LeaderAndIsrRequest',
  'UpdateMetadataRequest',
  'StopReplicaRequest',
  'ControlResponse',
  'ControlledShutdownRequest',
  'ControlledShutdownResponse',
  'ConnectRequest',
  'ConnectResponse',
  'PingRequest',
  'PingResponse',
  'CloseSessionRequest',
  'CloseSessionResponse',
  'RegistryRequest',
  'RegistryResponse',
  'WatchEvent',
]

function filterOf(checks: Checks, links: Links, path: Path): readonly MessageType[] | null {
  links.messages?.forEach((name, index) => {
    if (!checks.isKraft || !REGISTRY_MESSAGES.includes(name)) return
    const why = `nobody sends a ${name} in KRaft; brokers learn what is new from MetadataFetchResponse`
    checks.impossible([...path, 'messages', index], why)
  })
  return (links.messages as MessageType[] | undefined) ?? null
}

const heldOrDropped = (checks: Checks, verb: 'hold' | 'release' | 'drop', form: Links, path: Path): Action[] => [
  { do: verb, ...endsOf(checks, form, path), messages: filterOf(checks, form, path) },
]

export const LINKS: Compilers<'cut' | 'heal' | 'slow' | 'hold' | 'release' | 'drop'> = {
  cut: ({ checks, path }, form) => cutOrHeal(checks, 'cut', form.cut, [...path, 'cut']),
  heal: ({ checks, path }, form) =>
    form.heal === 'all' ? [{ do: 'healAll' }] : cutOrHeal(checks, 'heal', form.heal, [...path, 'heal']),
  slow: ({ checks, path }, { slow }) => {
    const at = [...path, 'slow']
    const ends = endsOf(checks, slow, at)
    return [{ do: 'slow', ...ends, extraUs: durationUs(slow.by), messages: filterOf(checks, slow, at) }]
  },
  hold: ({ checks, path }, form) => heldOrDropped(checks, 'hold', form.hold, [...path, 'hold']),
  release: ({ checks, path }, form) => heldOrDropped(checks, 'release', form.release, [...path, 'release']),
  drop: ({ checks, path }, form) => heldOrDropped(checks, 'drop', form.drop, [...path, 'drop']),
}
