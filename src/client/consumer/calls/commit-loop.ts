/** A loop of `commitSync` between other calls, as a test client runs it beside its poll loop. */
import type { CallResult, ClientCall } from '../../../kafka/calls.ts'
import type { Json } from '../../../kernel/json.ts'
import { MICROS_PER_MS } from '../../../kernel/time.ts'
import { beginCommit } from '../group/commit.ts'
import type { CallRule, Thread } from './application.ts'
import { RETURNED } from './application.ts'

export const loopingCommits: CallRule<Extract<ClientCall, { call: 'commitLoop' }>> = {
  begin: ({ application, running, call, ctx }) => {
    application.committing = {
      operationId: running.operation.operationId,
      partition: call.partition,
      everyUs: call.everyUs,
      next: 1,
      out: null,
      sinceUs: ctx.nowUs,
      nextAtUs: ctx.nowUs,
      ending: false,
      commits: [],
    }
    return RETURNED
  },
  look: () => RETURNED,
}

export const endingCommits: CallRule<Extract<ClientCall, { call: 'stopCommitLoop' }>> = {
  begin: ({ application }) => {
    if (application.committing !== undefined) application.committing.ending = true
    return RETURNED
  },
  look: () => RETURNED,
}

/** Goes on with the loop; true: something was done. */
export function runCommitLoop({ memory, application, ctx }: Thread): boolean {
  const loop = application.committing
  const { group } = memory
  if (loop === undefined || group === undefined) return false
  if (loop.out !== null) {
    const result = group.commits[loop.out]?.result ?? null
    if (result === null) return false
    delete group.commits[loop.out]
    loop.out = null
    loop.commits.push({ tookMs: Math.round((ctx.nowUs - loop.sinceUs) / MICROS_PER_MS), error: result })
    loop.nextAtUs = ctx.nowUs + loop.everyUs
    return true
  }
  if (loop.ending) {
    const result = { error: 'NONE', commits: loop.commits } as CallResult & { readonly commits: unknown }
    delete application.committing
    ctx.complete(loop.operationId, result as unknown as Json)
    return true
  }
  if (ctx.nowUs < loop.nextAtUs) return false
  loop.sinceUs = ctx.nowUs
  loop.out = beginCommit(group, { [loop.partition]: { offset: loop.next, leaderEpoch: -1 } }, 'sync', ctx)
  loop.next += 1
  return true
}
