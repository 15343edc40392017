/** A change of a group of KIP-848 is committed, or its log has refused it (CoordinatorRuntime). */
import type { ErrorName } from '../../../kafka/errors.ts'
import { respond } from '../../client-connection.ts'
import { storeError } from '../group/log-errors.ts'
import { setMemberTimer } from './departure.ts'
import type { ConsumerGroupAppend, ConsumerGroupScope } from './scope.ts'

/** CoordinatorTimerImpl: work of a timer that could not be written is done again after this long. */
const TIMER_RETRY_MS = 500

/** `scope` is null where the group has another coordinator by now. */
export function onConsumerGroupAppended(
  state: ConsumerGroupScope['state'],
  ctx: ConsumerGroupScope['ctx'],
  scope: ConsumerGroupScope | null,
  { group, waiter, before, timer }: ConsumerGroupAppend,
  error: ErrorName,
): void {
  if (error !== 'NONE' && scope !== null) {
    // Nothing was appended: the group is what it was.
    if (error === 'NOT_ENOUGH_REPLICAS') scope.partition.consumerGroups![group] = before
    if (timer !== null) setMemberTimer(scope, timer.kind, TIMER_RETRY_MS, timer.member)
  }
  if (waiter === null) return
  const refused = { ...waiter.response, error: storeError(error), memberEpoch: 0, assignment: null }
  respond(state, ctx, waiter.connection, error === 'NONE' ? waiter.response : refused)
}
