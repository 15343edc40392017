/** Transactions that take too long are aborted, transactional ids that are idle for too long are forgotten. */
import { comparePartitions } from '../../../kafka/ids.ts'
import { type BrokerContext, durationSetting, numberSetting, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import type { CoordinatedPartition } from '../state.ts'
import { fenceAndAbort } from './end-transaction.ts'
import type { TransactionalId } from './transaction.ts'
import { appendTransition, clockMs, transactionsOf } from './transactions.ts'

const ABORT_TIMER = 'transaction-timeouts:abort'
const EXPIRE_TIMER = 'transaction-timeouts:expire'

const abortEveryUs = (config: BrokerConfig): number =>
  durationSetting(config, 'transaction.abort.timed.out.transaction.cleanup.interval.ms', 60_000)

const expireEveryUs = (config: BrokerConfig): number =>
  durationSetting(config, 'transaction.remove.expired.transaction.cleanup.interval.ms', 3_600_000)

/** From the first partition that this broker coordinates on. */
export function startSweeps(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const transactions = transactionsOf(state)
  if (transactions.sweeping) return
  transactions.sweeping = true
  ctx.setTimer(ABORT_TIMER, abortEveryUs(config))
  ctx.setTimer(EXPIRE_TIMER, expireEveryUs(config))
}

export function onTimeLimitTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: string): void {
  if (name === ABORT_TIMER) {
    forEachIdle(state, (partition, id) => {
      const { status, startMs, timeoutMs } = id.metadata
      if (status !== 'Ongoing' || startMs + timeoutMs >= clockMs(ctx)) return
      ctx.probe('transaction timed out')
      fenceAndAbort(state, ctx, config, { partition, id, caller: null })
    })
    ctx.setTimer(ABORT_TIMER, abortEveryUs(config))
    return
  }
  const limitMs = numberSetting(config, 'transactional.id.expiration.ms') ?? 604_800_000
  forEachIdle(state, (partition, id) => {
    const { status, lastUpdateMs } = id.metadata
    const ended = status === 'Empty' || status === 'CompleteCommit' || status === 'CompleteAbort'
    if (!ended || lastUpdateMs + limitMs > clockMs(ctx)) return
    ctx.probe('transactional id expired')
    appendTransition(state, ctx, config, { partition, id, next: null, caller: null })
  })
  ctx.setTimer(EXPIRE_TIMER, expireEveryUs(config))
}

/** Every transactional id that is served here and of which nothing is being written. */
function forEachIdle(state: BrokerState, visit: (partition: CoordinatedPartition, id: TransactionalId) => void): void {
  const partitions = running(state).coordination?.partitions ?? {}
  for (const name of Object.keys(partitions).sort(comparePartitions)) {
    const partition = partitions[name]!
    if (partition.phase !== 'active') continue
    for (const transactionalId of Object.keys(partition.transactions ?? {}).sort()) {
      const id = partition.transactions![transactionalId]!
      if (id.pending === null) visit(partition, id)
    }
  }
}
