/** What the application of a plan does with the records of a poll: it processes them, and commits before or after. */
import { beginCommit } from '../group/commit.ts'
import type { Thread } from './application.ts'

/** Goes on with it; false: a commit is waited for. */
export function processRecords(thread: Thread): boolean {
  const { memory, application, config, ctx } = thread
  const { processing } = application
  const { group } = memory
  const member = config.member
  if (processing === null || member === undefined) return false
  const offsets = (): Record<string, { offset: number; leaderEpoch: number }> =>
    Object.fromEntries(Object.entries(processing.offsets).map(([name, offset]) => [name, { offset, leaderEpoch: -1 }]))
  switch (processing.stage) {
    case 'begin':
      if (member.commits === 'sync-before' && group !== undefined) {
        application.awaitedCommit = beginCommit(group, offsets(), 'sync', ctx)
        application.processing = { ...processing, stage: 'committing-before' }
        return true
      }
      return process(thread, processing.records * member.processUs)
    case 'committing-before':
      if (!isCommitted(thread)) return false
      return process(thread, processing.records * member.processUs)
    case 'processing':
      ctx.fact({ kind: 'recordsProcessed', client: config.name, offsets: { ...processing.offsets } })
      if (group !== undefined && member.commits === 'sync-after') {
        application.awaitedCommit = beginCommit(group, offsets(), 'sync', ctx)
        application.processing = { ...processing, stage: 'committing-after' }
        return true
      }
      if (group !== undefined && member.commits === 'async-after') beginCommit(group, offsets(), 'async', ctx)
      application.processing = null
      return true
    case 'committing-after':
      if (!isCommitted(thread)) return false
      application.processing = null
      return true
  }
}

function process({ application, ctx }: Thread, takesUs: number): boolean {
  application.processing = { ...application.processing!, stage: 'processing' }
  if (takesUs > 0) application.busyUntilUs = ctx.nowUs + takesUs
  return true
}

/** Whether the commit that is waited for has its result, whatever it is. */
function isCommitted({ memory, application }: Thread): boolean {
  const id = application.awaitedCommit
  const commit = id === null ? undefined : memory.group?.commits[id]
  if (commit !== undefined && commit.result === null) return false
  if (id !== null && memory.group !== undefined) delete memory.group.commits[id]
  application.awaitedCommit = null
  return true
}
