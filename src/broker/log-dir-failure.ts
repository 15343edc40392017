/** What a broker does about a log directory that has failed (KIP-112, 1.0). */
import { LOG_DIR_EVENTS, type LogDirEventZnode } from '../kafka/znodes.ts'
import { directoriesOf, directoryOf } from './log-dirs.ts'
import { askRegistry } from './registry-request.ts'
import { unfollowPartition } from './replica-fetcher.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/**
 * ReplicaManager.handleLogDirFailure: fetchers of the directory stop, its partitions are nobody's here, and the
 * controller is told; without another directory the process halts. Nobody looks at the requests that wait: a produce is
 * answered REQUEST_TIMED_OUT when its time is up. In KRaft nobody is told before KIP-858 (3.7), which is not modelled.
 */
export function onLogDirTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, directory: string): void {
  const volatile = running(state)
  if (directoriesOf(config).every((each) => volatile.offlineDirs.includes(each))) {
    ctx.probe('the last log directory failed')
    ctx.exit(1)
    return
  }
  const lost = Object.keys(volatile.partitions)
    .sort()
    .filter((name) => directoryOf(state, config, name) === directory)
  for (const name of lost) {
    unfollowPartition(state, ctx, name)
    const partition = volatile.partitions[name]!
    partition.role = 'none'
    partition.pendingIsr = null
  }
  if (config.mechanisms.metadata === 'kraft') return
  const data: LogDirEventZnode = { broker: config.id, event: 1 }
  askRegistry(state, ctx, config, 'log-dir-event', directory, [
    {
      op: 'create',
      path: `${LOG_DIR_EVENTS}/log_dir_event_`,
      data,
      ephemeral: false,
      sequential: true,
    },
  ])
}
