/** What a broker does about a log directory that has failed (KIP-112, 1.0). */
import { LOG_DIR_EVENTS } from '../kafka/znodes.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { directoriesOf, directoryOf } from './log-dirs.ts'
import { askRegistry } from './registry-request.ts'
import { unfollowPartition } from './replica-fetcher.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/**
 * ReplicaManager.handleLogDirFailure: fetchers of the directory stop, its partitions are nobody's here, and whoever
 * elects is told; without another directory the process halts.
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
    unfollowPartition(state, ctx, config, name)
    const partition = volatile.partitions[name]!
    partition.role = 'none'
    partition.pendingIsr = null
    completeDelayedRequests(state, ctx, config, name)
  }
  if (config.mechanisms.metadata === 'kraft') return
  askRegistry(state, ctx, config, 'log-dir-event', directory, [
    {
      op: 'create',
      path: `${LOG_DIR_EVENTS}/log_dir_event_`,
      data: { broker: config.id, event: 1 },
      ephemeral: false,
      sequential: true,
    },
  ])
}
