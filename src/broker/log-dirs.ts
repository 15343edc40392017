/**
 * Log directories and the disks under them (KIP-112). An error of a disk takes its directory offline: its replicas are
 * served no more, and the process ends with its last directory. Before 1.0 any such error ends the process.
 */
import type { TopicPartition } from '../kafka/ids.ts'
import { logDirsIn } from '../kafka/log-dirs.ts'
import { msToUs } from '../kernel/time.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

export const LOG_DIR_TIMER = 'log-dir'

/** Between an error of a disk and what the handler of failed directories does about it (recorded 7 to 16 ms). */
const HANDLED_AFTER_US = msToUs(10)

/** The directories of a broker, in the order of `log.dirs`. */
export const directoriesOf = (config: BrokerConfig): readonly string[] => logDirsIn(config.settings['log.dirs'])

/** Where a log lies. With one directory nobody writes it down. */
export const directoryOf = (state: BrokerState, config: BrokerConfig, name: TopicPartition): string =>
  state.durable.directoryOf?.[name] ?? directoriesOf(config)[0]!

/** LogManager.nextLogDir: a new log goes where the fewest are; of equal directories, to the first. */
export function placeLog(state: BrokerState, config: BrokerConfig, name: TopicPartition): void {
  const online = directoriesOf(config).filter((each) => !running(state).offlineDirs.includes(each))
  if (directoriesOf(config).length < 2 || online.length === 0) return
  const counts = online.map(
    (dir) => Object.values(state.durable.directoryOf ?? {}).filter((each) => each === dir).length,
  )
  state.durable.directoryOf ??= {}
  state.durable.directoryOf[name] = online[counts.indexOf(Math.min(...counts))]!
}

export const isOffline = (state: BrokerState, config: BrokerConfig, name: TopicPartition): boolean => {
  const { offlineDirs } = running(state)
  return offlineDirs.length > 0 && offlineDirs.includes(directoryOf(state, config, name))
}

/** Logs in directories that work, sorted: the log manager looks at no others. */
export const usableLogs = (state: BrokerState, config: BrokerConfig): TopicPartition[] =>
  Object.keys(state.durable.logs)
    .sort()
    .filter((name) => !isOffline(state, config, name))

/** A disk failed under a directory. What follows is the handler's: a moment later. */
export function failDirectory(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  directory: string,
  reason: string,
): void {
  const { offlineDirs } = running(state)
  if (offlineDirs.includes(directory)) return
  offlineDirs.push(directory)
  ctx.fact({ kind: 'logDirFailed', directory, reason })
  if (config.mechanisms.logDirFailures !== true) {
    ctx.exit(1)
    return
  }
  ctx.setTimer(`${LOG_DIR_TIMER}:${directory}`, HANDLED_AFTER_US)
}
