/** KRaft: the metadata log, registrations, eligible leader replicas and answers of controllers. */
import type { BrokerId } from '../kafka/ids.ts'
import type { MetadataRecord } from '../kafka/metadata-log.ts'
import type { Check } from './check.ts'
import type { Comparison } from './comparison.ts'
import type { SeenRecord } from './kraft-recording.ts'
import { errorOf, type Replay } from './replay.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

export function compareKraftSnapshot(check: Of<'kraftSnapshot'>, replay: Replay, to: Comparison): void {
  const view = replay.view(check.observation)
  if (view === null) return
  const { label } = check
  for (const id of Object.keys(check.brokers).sort()) {
    const { state, inControlledShutdown } = check.brokers[id]!
    const ours = view.brokers?.[id]
    to.equal(label, `registration of broker ${id}`, state, ours?.state ?? null)
    if (inControlledShutdown !== undefined) {
      to.equal(label, `broker ${id} in controlled shutdown`, inControlledShutdown, ours?.inControlledShutdown ?? null)
    }
  }
  for (const name of Object.keys(check.states).sort()) {
    const recorded = check.states[name] ?? null
    const ours = view.partitions[name]?.state ?? null
    if (recorded === null || ours === null) continue
    compareEligible(label, `${name} `, recorded, ours, to)
  }
}

/** What a state has in KRaft alone. */
export interface Eligible {
  readonly elr?: readonly BrokerId[] | undefined
  readonly lastKnownElr?: readonly BrokerId[] | undefined
  readonly recoveryState?: number | undefined
}

/** Compared as far as the recording shows it. */
export function compareEligible(
  label: string,
  prefix: string,
  recorded: Eligible,
  ours: Eligible,
  to: Comparison,
): void {
  for (const field of ['elr', 'lastKnownElr', 'recoveryState'] as const) {
    if (recorded[field] !== undefined) to.equal(label, `${prefix}${field}`, recorded[field], ours[field] ?? null)
  }
}

export function compareElectResult(check: Of<'electResult'>, replay: Replay, to: Comparison): void {
  const answer = replay.request(check.request)?.result ?? null
  to.equal(check.label, 'result', check.result, exceptionOf(errorOf(answer)))
}

/** `PREFERRED_LEADER_NOT_AVAILABLE` as Kafka's Java client throws it. */
const exceptionOf = (error: string): string =>
  error === 'NONE'
    ? error
    : `${error
        .split('_')
        .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
        .join('')}Exception`

/** One record, by what it is about. */
interface Line {
  readonly about: string
  readonly text: string
}

export function compareMetadataLog(check: Of<'metadataLog'>, replay: Replay, to: Comparison): void {
  const untilUs = replay.firedUs(check.step)
  if (untilUs === null) return
  const fromUs = check.since === null ? -1 : (replay.firedUs(check.since) ?? -1)
  const log = replay.result.world.ledger.metadataLog.filter((entry) => entry.atUs > fromUs && entry.atUs <= untilUs)
  const ours = log.flatMap(({ record }) => lineOf(record))
  const theirs = check.records.flatMap(seenLine)
  // Brokers that started together registered in an order of their own: each has its own sequence then.
  const abouts = check.together ? [...new Set([...theirs, ...ours].map(({ about }) => about))].sort() : [null]
  for (const about of abouts) {
    const text = (lines: readonly Line[]): string =>
      lines
        .filter((line) => about === null || line.about === about)
        .map((line) => line.text)
        .join('; ') || 'nothing'
    const [recorded, own] = [text(theirs), text(ours)]
    to.holds(
      check.label,
      about === null ? 'metadata log' : `metadata log about ${about}`,
      recorded === own,
      recorded,
      own,
    )
  }
}

const list = (name: string, ids: readonly number[] | undefined): string =>
  ids === undefined ? '' : ` ${name} [${ids.join(',')}]`
const number = (name: string, value: number | undefined): string => (value === undefined ? '' : ` ${name} ${value}`)

function seenLine(record: SeenRecord): Line[] {
  const broker = `broker ${record.brokerId ?? -1}`
  switch (record.type) {
    case 'RegisterBrokerRecord':
      return [registration(broker, record.fenced !== false, Boolean(record.inControlledShutdown))]
    case 'BrokerRegistrationChangeRecord':
      return [registrationChange(broker, Number(record.fenced ?? 0), Number(record.inControlledShutdown ?? 0))]
    case 'PartitionRecord':
      return [partition(record, record.leaderEpoch ?? 0, record.partitionEpoch ?? 0)]
    case 'PartitionChangeRecord':
      return [
        partitionChange({
          isr: record.isr,
          leader: record.leader,
          recoveryState: record.leaderRecoveryState,
          elr: record.eligibleLeaderReplicas,
          lastKnownElr: record.lastKnownElr,
        }),
      ]
    default:
      return []
  }
}

function lineOf(record: MetadataRecord): Line[] {
  switch (record.type) {
    case 'RegisterBroker':
      return [registration(`broker ${record.broker}`, true, false)]
    case 'BrokerRegistrationChange':
      return [registrationChange(`broker ${record.broker}`, record.fenced, record.inControlledShutdown)]
    case 'Partition':
      return [partition(record, 0, 0)]
    case 'PartitionChange':
      return [partitionChange(record)]
    default:
      return []
  }
}

/** A process registers fenced, and is let in by its heartbeats. */
function registration(broker: string, fenced: boolean, shuttingDown: boolean): Line {
  const as = `${fenced ? '' : ' unfenced'}${shuttingDown ? ' in controlled shutdown' : ''}`
  return { about: broker, text: `register ${broker}${as}` }
}

/** A partition is created at the epochs 0 here. */
function partition(
  { replicas, isr, leader }: Pick<SeenRecord, 'replicas' | 'isr' | 'leader'>,
  leaderEpoch: number,
  partitionEpoch: number,
): Line {
  const ids = `${list('replicas', replicas)}${list('isr', isr)}${number('leader', leader)}`
  return { about: 'partitions', text: `partition${ids} e${leaderEpoch} PE${partitionEpoch}` }
}

function registrationChange(broker: string, fenced: number, shuttingDown: number): Line {
  const what = shuttingDown === 1 ? 'in controlled shutdown' : fenced === 1 ? 'fenced' : 'unfenced'
  return { about: broker, text: `${broker} ${what}` }
}

interface ChangedFields {
  readonly isr?: readonly number[] | undefined
  readonly leader?: number | undefined
  readonly recoveryState?: number | undefined
  readonly elr?: readonly number[] | undefined
  readonly lastKnownElr?: readonly number[] | undefined
}

function partitionChange({ isr, leader, recoveryState, elr, lastKnownElr }: ChangedFields): Line {
  const ids = `${list('isr', isr)}${number('leader', leader)}${number('recovery', recoveryState)}`
  return { about: 'partitions', text: `change${ids}${list('elr', elr)}${list('last known', lastKnownElr)}` }
}
