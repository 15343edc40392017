/** What was seen of a broker that was started, ended by itself, or lost a disk, held against the replay. */

import type { StateZnode } from '../../kafka/znodes.ts'
import { statePath } from '../../kafka/znodes.ts'
import type { Json } from '../../kernel/json.ts'
import { partitionDirectory } from '../../log/directory.ts'
import { partitionTruth } from '../../world/targets.ts'
import { brokerState } from '../../world/world.ts'
import type { Comparison } from '../comparison.ts'
import type { StoragePoint } from './compare.ts'
import type { SeenMetadata, SeenRecovered, SeenRestart, SeenState, StorageSeen } from './recording.ts'

type Of<Kind extends StorageSeen['saw']> = Extract<StorageSeen, { readonly saw: Kind }>

/** Kinds of entries that are compared here. */
export const COMPARED_AT_START: readonly string[] = [
  'process',
  'restartResult',
  'afterRecovery',
  'fetches',
  'produceThenFetchFrom25',
  'brokerEventsByPartition',
  'logFile',
  'state',
  'states',
  'stateChanges',
  'logs',
  'placement',
  'metadata',
  'checkpointFile',
]

/** Compares one entry; false: its kind is not compared here. */
export function compareAtStart(seen: StorageSeen, point: StoragePoint, to: Comparison): boolean {
  switch (seen.saw) {
    case 'process':
      compareProcess(seen, point, to)
      return true
    case 'restartResult':
      compareRestart(seen, point, to)
      return true
    case 'afterRecovery':
      for (const [topic, found] of Object.entries(seen.partitions)) {
        compareRecovered(topic, found === 'like intact' ? (seen.partitions.intact as SeenRecovered) : found, point, to)
      }
      return true
    case 'fetches':
      seen.results.forEach(([from, error, highWatermark, offsets], n) => {
        to.equal(point.label, `fetch from ${from}`, [error, highWatermark, offsets], fetched(point.asked[n]))
      })
      return true
    case 'produceThenFetchFrom25':
      compareWritesAfter(seen, point, to)
      return true
    case 'brokerEventsByPartition':
      compareScans(seen, point, to)
      return true
    case 'logFile':
      compareLogFile(seen, point, to)
      return true
    case 'state':
      to.equal(point.label, 'state', stateOf(seen), truthOf(point, seen.partition))
      return true
    case 'states':
      for (const [name, state] of Object.entries(seen.partitions)) {
        to.equal(point.label, `state of ${name}`, stateOf(state), truthOf(point, name))
      }
      return true
    case 'stateChanges':
      compareStateChanges(seen, point, to)
      return true
    case 'logs':
      for (const [name, ends] of Object.entries(seen.partitions)) {
        const ours = [1, 2].map((id) => point.files(id).logs[name]?.logEndOffset ?? null)
        to.equal(point.label, `log ends of ${name}`, [ends.offsetsBroker1, ends.offsetsBroker2], ours)
      }
      return true
    case 'placement':
      comparePlacement(seen, point, to)
      return true
    case 'metadata':
      compareMetadata(seen, point, to)
      return true
    case 'checkpointFile': {
      const { cleanShutdown, unmarkedDirs = [] } = brokerState(point.world, 1)!.durable
      const ours = cleanShutdown && !unmarkedDirs.includes(seen.directory)
      to.equal(point.label, `.kafka_cleanshutdown in ${seen.directory}`, seen.cleanShutdownFile, ours)
      return true
    }
    default:
      return false
  }
}

/** A process that is still there when it has closed its sockets is on its way out: that is no difference. */
function compareProcess(seen: Of<'process'>, point: StoragePoint, to: Comparison): void {
  const process = point.world.processes[`broker-${seen.broker}`]
  if (!seen.up) to.equal(point.label, 'exit code', seen.exitCode ?? null, process?.exitCode ?? null)
}

/** An answer that no broker gave: it had ended, or was about to. */
const isGone = (answer: number | string): boolean => typeof answer === 'string' && answer.startsWith('Connection')

function compareRestart(seen: SeenRestart, point: StoragePoint, to: Comparison): void {
  const process = point.world.processes['broker-1']
  const field = `start with ${seen.file} ${seen.damage}`
  const { listOffsets } = seen
  // A broker that dies of its first role may have been seen registered, or not.
  const gone = listOffsets === null || isGone(listOffsets.latest)
  const starts = process?.state === 'up' && (brokerState(point.world, 1)?.volatile?.offlineDirs.length ?? 0) === 0
  to.equal(point.label, field, !gone, starts)
  if (gone) return
  const ours = point.asked.map((answer) => {
    const { error, offset } = answer as { readonly error: string; readonly offset?: number }
    return error === 'NONE' ? (offset ?? null) : error
  })
  to.equal(point.label, `${field}: earliest and latest`, [listOffsets.earliest, listOffsets.latest], ours)
}

function compareRecovered(topic: string, seen: SeenRecovered, point: StoragePoint, to: Comparison): void {
  const name = `${topic}-0`
  const log = point.files(1).logs[name]
  if (log === undefined) {
    to.holds(point.label, name, false, 'a log', 'none')
    return
  }
  const ours = partitionDirectory(log, point.settingsOf(name), point.mechanisms)
  const { segments } = ours
  const field = (what: string): string => `${topic}: ${what}`
  to.equal(point.label, field('offsets'), [seen.earliest, seen.logEndOffset], [log.logStartOffset, log.logEndOffset])
  const shapes = segments.map(({ baseOffset, sizeBytes, lastOffset }) => [baseOffset, sizeBytes, lastOffset])
  to.equal(point.label, field('segments'), seen.segments, shapes)
  const indexes = segments.map(({ indexBytes }) => indexBytes)
  to.equal(point.label, field('index files'), seen.indexBytes, indexes)
  if (seen.timeindexBytes !== undefined) {
    const timeIndexes = segments.map(({ timeIndexBytes }) => timeIndexBytes)
    to.equal(point.label, field('time index files'), seen.timeindexBytes, timeIndexes)
  }
  const others = seen.other.filter((file) => file !== 'partition.metadata')
  to.equal(point.label, field('other files'), [...others].sort(), Object.keys(ours.files).sort())
  if (seen.epochCache === undefined) return
  const epochs = log.epochCache.map(({ epoch, startOffset }) => [epoch, startOffset])
  to.equal(point.label, field('epoch cache'), seen.epochCache, epochs)
}

/** Error, high watermark and offsets of a fetch. */
function fetched(answer: Json | undefined): Json {
  const { error, highWatermark, records } = (answer ?? {}) as {
    readonly error?: string
    readonly highWatermark?: number
    readonly records?: readonly (readonly [number, ...Json[]])[]
  }
  return [error ?? null, highWatermark ?? null, (records ?? []).map(([offset]) => offset)]
}

function compareWritesAfter(seen: Of<'produceThenFetchFrom25'>, point: StoragePoint, to: Comparison): void {
  seen.results.forEach(([topic, error, baseOffset, fetchError, highWatermark, offsets], n) => {
    const written = point.asked[2 * n] as { readonly error?: string; readonly baseOffset?: number } | undefined
    const ours = [written?.error ?? null, written?.baseOffset ?? null]
    to.equal(point.label, `${topic}: produce`, [error, baseOffset], ours)
    to.equal(
      point.label,
      `${topic}: fetch from 25`,
      [fetchError, highWatermark, offsets],
      fetched(point.asked[2 * n + 1]),
    )
  })
}

/** Segments that the start scanned, by partition. */
function compareScans(seen: Of<'brokerEventsByPartition'>, point: StoragePoint, to: Comparison): void {
  const intact = seen.events.intact
  const bases = (events: readonly { readonly event: string; readonly base?: number }[]): number[] =>
    events.flatMap(({ event, base }) => (event === 'recoveringSegment' && base !== undefined ? [base] : []))
  const compare = (topic: string, recorded: readonly number[]): void => {
    const entry = point.world.ledger.facts.findLast(
      ({ node, fact }) => node === 'broker-1' && fact.kind === 'recovered' && fact.partition === `${topic}-0`,
    )
    const scanned = entry?.fact.kind === 'recovered' ? (entry.fact.scanned ?? []) : []
    to.equal(point.label, `${topic}: segments scanned`, recorded, scanned)
  }
  for (const topic of Object.keys(seen.events)) {
    if (topic !== 'broker' && topic !== 'last-garbage-tail') compare(topic, bases(seen.events[topic]!))
  }
  if (intact !== undefined) for (const topic of seen.likeIntact) compare(topic, bases(intact))
}

function compareLogFile(seen: Of<'logFile'>, point: StoragePoint, to: Comparison): void {
  const log = point.files(seen.broker).logs[seen.partition]
  const base = log?.layout?.segments.at(-1)?.baseOffset ?? 0
  const ours = [
    (log?.logEndOffset ?? 0) - 1,
    log?.layout?.segments.at(-1)?.sizeBytes ?? null,
    log?.damage?.tails[base]?.bytes ?? 0,
  ]
  const field = 'last offset, bytes, bytes after the last whole batch'
  to.equal(point.label, field, [seen.lastOffset, seen.bytes, seen.bytesAfterLastWholeBatch], ours)
}

const stateOf = ({ leader, leaderEpoch, isr, version }: SeenState): Json => [leader, leaderEpoch, [...isr], version]

function truthOf(point: StoragePoint, name: string): Json {
  const truth = partitionTruth(point.world, name)
  return truth === null ? null : stateOf(truth)
}

/** Every state that the registry was given, partition by partition, in order. */
function compareStateChanges(seen: Of<'stateChanges'>, point: StoragePoint, to: Comparison): void {
  const names = [...new Set(seen.changes.map(([, name]) => String(name)))].filter((name) => /-\d+$/.test(name)).sort()
  for (const name of names) {
    const recorded = seen.changes.filter(([, each]) => each === name).map(([, , ...state]) => state)
    const ours = point.world.ledger.registryWrites
      .filter(({ path, write }) => path === statePath(name) && write !== 'delete')
      .map(({ data, version }) => {
        const { leader, leaderEpoch, isr } = data as unknown as StateZnode
        return [leader, leaderEpoch, [...isr], version]
      })
    to.equal(point.label, `states of ${name}`, recorded, ours)
  }
}

/** Brokers hear of a new state some ten ms after it is written; until then either is right. */
const BEING_TOLD_US = 100_000

function isBeingTold(point: StoragePoint, name: string): boolean {
  const last = point.world.ledger.registryWrites.findLast(({ path }) => path === statePath(name))
  return last !== undefined && point.atUs - last.atUs < BEING_TOLD_US
}

function compareMetadata(seen: Of<'metadata'>, point: StoragePoint, to: Comparison): void {
  const told = (point.asked[0] ?? {}) as { readonly partitions?: Readonly<Record<string, SeenMetadata>> }
  for (const [number, { error, leader, replicas, isr }] of Object.entries(seen.partitions)) {
    const name = `${seen.topic}-${number}`
    const ours = told.partitions?.[name]
    if (isBeingTold(point, name)) continue
    const known = ours === undefined ? null : [ours.error, ours.leader, [...ours.replicas], [...ours.isr]]
    to.equal(point.label, `metadata of ${name}`, [error, leader, [...replicas], [...isr]], known)
  }
}

/** With one directory there is nothing to choose. */
function comparePlacement(seen: Of<'placement'>, point: StoragePoint, to: Comparison): void {
  if (new Set(Object.values(seen.directoryOf)).size < 2) return
  const { directoryOf = {} } = brokerState(point.world, seen.broker)!.durable
  to.equal(point.label, 'directories', seen.directoryOf, directoryOf)
}
