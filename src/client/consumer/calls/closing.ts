/** `close`: the last commit, callbacks (2.4), LeaveGroup, and the connections. */
import type { CallResult, ClientCall } from '../../../kafka/calls.ts'
import { linkedBrokers } from '../../links.ts'
import { WAKE_TIMER } from '../../wake.ts'
import { closeLinks } from '../fetching.ts'
import { giveUp } from '../group/callbacks.ts'
import { beginCommit, consumedOffsets } from '../group/commit.ts'
import { closeCoordinatorLink } from '../group/coordinator.ts'
import { leave } from '../group/heartbeat.ts'
import { autoCommits } from '../group/settings.ts'
import type { GroupMembership } from '../group/state.ts'
import type { Calling, CallRule, Thread } from './application.ts'
import { RETURNED } from './application.ts'

/** Longest time that a close takes (KafkaConsumer.DEFAULT_CLOSE_TIMEOUT_MS). */
const CLOSE_TIMEOUT_US = 30_000_000

type CloseCall = Extract<ClientCall, { call: 'close' }>

export const closing: CallRule<CloseCall> = {
  begin: (calling) => {
    const { memory, application, config, ctx } = calling
    const { group } = memory
    application.looping = false
    if (group !== undefined && autoCommits(config) && application.subscription !== 'none' && group.state === 'stable') {
      application.awaitedCommit = beginCommit(group, consumedOffsets(memory, config), 'close', ctx)
    } else application.awaitedCommit = null
    calling.running.data = 'committing'
    return goOn(calling)
  },
  look: goOn,
}

function goOn(calling: Calling<CloseCall>): CallResult | null {
  const { memory, application, running, config, ctx } = calling
  const { group } = memory
  const late = ctx.nowUs >= running.sinceUs + CLOSE_TIMEOUT_US
  if (group !== undefined && running.data === 'committing') {
    if (!late && isCommitting(application.awaitedCommit, group)) return null
    if (application.subscription === 'topics') giveUp(calling, group)
    running.data = 'revoking'
  }
  if (group !== undefined && running.data === 'revoking') {
    // The callback returns before the member says goodbye.
    if (application.busyUntilUs !== null) return null
    if (application.subscription === 'topics') leave(group, config, ctx)
    running.data = 'leaving'
  }
  if (group !== undefined && !late && isLeaving(group)) return null
  end(calling)
  return RETURNED
}

/** Asynchronous commits that are under way are waited for too. */
const isCommitting = (awaited: number | null, group: GroupMembership): boolean =>
  (awaited !== null && group.commits[awaited]?.result === null) ||
  Object.values(group.commits).some(({ how, result }) => (how === 'async' || how === 'auto') && result === null)

const isLeaving = (group: GroupMembership): boolean =>
  Object.values(group.links.byBroker).some((link) => link.inFlight.some(({ request }) => request.kind === 'leave'))

export function end({ memory, application, ctx }: Thread): void {
  closeLinks(memory, ctx)
  if (memory.group !== undefined) {
    for (const broker of linkedBrokers(memory.group.links)) {
      if (memory.group.links.byBroker[broker]!.phase !== 'closed') closeCoordinatorLink(broker, ctx)
    }
  }
  ctx.cancelTimer(WAKE_TIMER)
  application.closed = true
}
