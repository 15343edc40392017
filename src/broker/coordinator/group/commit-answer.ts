import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerState } from '../../state.ts'

/** Answers a commit, of a transaction or not: what becomes of it is the same for all its partitions. */
export function answerCommit(
  state: BrokerState,
  ctx: BrokerContext,
  type: 'OffsetCommitResponse' | 'TxnOffsetCommitResponse',
  { connection, correlationId }: { readonly connection: ConnectionId; readonly correlationId: number },
  names: readonly TopicPartition[],
  error: ErrorName,
): void {
  const partitions = Object.fromEntries(names.map((name) => [name, error]))
  respond(state, ctx, connection, { type, correlationId, partitions })
}
