/**
 * A coordinator writes to its own log as a producer with acks=all would: through the partition's lock, under min ISR,
 * answered when the high watermark has passed or when that can no longer be (ReplicaManager.appendRecords).
 */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { BatchProducer } from '../../kafka/records.ts'
import { MICROS_PER_MS } from '../../kernel/time.ts'
import { COORDINATOR_CONNECTION } from '../client-connection.ts'
import { handleProduce } from '../produce.ts'
import { type BrokerContext, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { coordinationOf } from './coordination.ts'
import type { AppendContinuation } from './state.ts'

export interface CoordinatorRecord {
  readonly key: string
  /** null: a tombstone. */
  readonly value: string | null
}

interface CoordinatorAppend {
  readonly partition: TopicPartition
  readonly records: readonly CoordinatorRecord[]
  readonly acks: number
  /** How long to wait for the acks. */
  readonly timeoutMs: number
  readonly next: AppendContinuation
  /** Of records that belong to a producer's transaction. */
  readonly producer?: BatchProducer
  readonly transactionalId?: string
}

/** Appends, and goes on with `next` in this step or a later one (see `onAppended` in coordinator.ts). */
export function appendToCoordinatorLog(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { partition, records, acks, timeoutMs, next, producer, transactionalId }: CoordinatorAppend,
): void {
  const correlationId = running(state).nextId++
  coordinationOf(state).appends[correlationId] = { partition, next }
  const timestampMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
  const request = {
    type: 'ProduceRequest',
    correlationId,
    clientId: '',
    acks,
    timeoutMs,
    ...(producer === undefined ? {} : { producers: { [partition]: producer } }),
    ...(transactionalId === undefined ? {} : { transactionalId }),
    partitions: {
      [partition]: records.map(({ key, value }, index) => ({
        id: `coordinator-${config.id}@${ctx.nowUs}/${correlationId}.${index}`,
        key,
        value,
        timestampMs,
      })),
    },
  } as const
  handleProduce(state, ctx, config, request, COORDINATOR_CONNECTION)
}
