/** A broker's data directory as a listing shows it: files, sizes, and the times of their last writing. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { logDirsIn } from '../kafka/log-dirs.ts'
import { formatTime, MICROS_PER_MS } from '../kernel/time.ts'
import { partitionDirectory } from '../log/directory.ts'
import { segmentName } from '../log/segment.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'

interface ListedFile {
  readonly name: string
  readonly bytes: number
  /** Of the last append, by the broker's clock; null where nothing keeps it. */
  readonly modifiedMs: number | null
}

interface ListedDirectory {
  /** `.` for the files of offsets, else the partition, behind its log directory where there are several. */
  readonly name: string
  readonly files: readonly ListedFile[]
}

type Offsets = Readonly<Record<string, number>> | null | undefined

/** The text of a file of offsets: version, count, and a line a partition. */
export function offsetsText(offsets: Readonly<Record<string, number>>): string {
  const names = Object.keys(offsets).sort()
  const lines = names.map((name) => `${name.replace(/-(\d+)$/, ' $1')} ${offsets[name]}`)
  return [`0`, String(lines.length), ...lines, ''].join('\n')
}

/** The files of offsets that a broker has at the moment, by name. */
export function offsetFiles(world: World, broker: number): Record<string, Readonly<Record<string, number>>> {
  const durable = brokerState(world, broker)?.durable
  const files: Record<string, Readonly<Record<string, number>>> = {}
  const add = (name: string, offsets: Offsets): void => {
    if (offsets != null) files[name] = offsets
  }
  add('replication-offset-checkpoint', durable?.highWatermarkCheckpoint)
  add('recovery-point-offset-checkpoint', durable?.recoveryPointCheckpoint)
  add('log-start-offset-checkpoint', durable?.logStartOffsetCheckpoint)
  add('cleaner-offset-checkpoint', durable?.cleanerCheckpoint)
  return files
}

/** A file that was made and never written is empty. */
const bytesOf = (offsets: Readonly<Record<string, number>>): number =>
  Object.keys(offsets).length === 0 ? 0 : offsetsText(offsets).length

/** Where a broker keeps a partition, `A/orders-0`; with one log directory that is not named. */
export function placeOf(world: World, broker: number, partition: string): string {
  const [first, ...others] = logDirsOf(world, broker)
  if (others.length === 0) return partition
  return `${brokerState(world, broker)?.durable.directoryOf?.[partition] ?? first}/${partition}`
}

const logDirsOf = (world: World, broker: number): readonly string[] =>
  logDirsIn(world.plan.brokers.find(({ id }) => id === broker)?.settings['log.dirs'])

/** Everything in the log directories of a broker. The files of offsets of several directories are shown as one. */
export function listBroker(world: World, broker: number, m: Mechanisms): ListedDirectory[] {
  const state = brokerState(world, broker)
  if (state === null) return []
  const runs = world.processes[`broker-${broker}`]?.state !== 'down'
  const offsets = offsetFiles(world, broker)
  const top: ListedFile[] = Object.entries(offsets).map(([name, each]) => ({
    name,
    bytes: bytesOf(each),
    modifiedMs: null,
  }))
  if (state.durable.cleanShutdown) top.push({ name: '.kafka_cleanshutdown', bytes: 0, modifiedMs: null })
  const directories = Object.keys(state.durable.logs)
    .sort()
    .map((name): ListedDirectory => {
      const log = state.durable.logs[name]!
      const settings = runs ? (log.layout?.settings ?? null) : null
      const { segments, files } = partitionDirectory(log, settings, m)
      const times = new Map(log.layout?.segments.map(({ baseOffset, lastModifiedMs }) => [baseOffset, lastModifiedMs]))
      const listed: ListedFile[] = Object.entries(files).map(([file, bytes]) => ({
        name: file,
        bytes,
        modifiedMs: null,
      }))
      for (const { baseOffset, sizeBytes, indexBytes, timeIndexBytes } of segments) {
        const modifiedMs = times.get(baseOffset) ?? null
        const base = segmentName(baseOffset)
        listed.push({ name: `${base}.log`, bytes: sizeBytes, modifiedMs })
        listed.push({ name: `${base}.index`, bytes: indexBytes, modifiedMs })
        if (timeIndexBytes !== null) listed.push({ name: `${base}.timeindex`, bytes: timeIndexBytes, modifiedMs })
      }
      return { name: placeOf(world, broker, name), files: listed.sort(byName) }
    })
  return [{ name: '.', files: top.sort(byName) }, ...directories]
}

const byName = (a: ListedFile, b: ListedFile): number => (a.name < b.name ? -1 : 1)

/** As `ls -l` prints it: mode, links, owner, size, time and name. */
export function listingText(directories: readonly ListedDirectory[]): string {
  const blocks = directories.map(({ name, files }) => {
    const width = files.reduce((most, { bytes }) => Math.max(most, String(bytes).length), 1)
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const lines = files.map(({ name: file, bytes, modifiedMs }) => {
      const time = modifiedMs === null ? '         -' : formatTime(modifiedMs * MICROS_PER_MS).padStart(10)
      return `-rw-r--r-- 1 kafka kafka ${String(bytes).padStart(width)} ${time} ${file}`
    })
    return [`${name}:`, `total ${total}`, ...lines, ''].join('\n')
  })
  return blocks.join('\n')
}
