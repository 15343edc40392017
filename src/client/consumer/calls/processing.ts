/** What the application of a plan does with the records of a poll: it processes them one by one, and commits before or after. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { beginCommit } from '../group/commit.ts'
import type { Processing, Thread } from './application.ts'

/** Between the result of a record and its offset, where a store outside Kafka takes them one after the other, in us. */
const STORE_GAP_US = 1_000

/** Goes on with it; false: something is waited for. */
export function processRecords(thread: Thread): boolean {
  const { memory, application, config, ctx } = thread
  const { processing } = application
  const member = config.member
  if (processing === null || member === undefined) return false
  const { group } = memory
  switch (processing.stage) {
    case 'begin':
      if (member.commits !== 'sync-before' || group === undefined) return to(thread, { stage: 'processing' })
      application.awaitedCommit = beginCommit(group, offsetsOf(processing), 'sync', ctx)
      return to(thread, { stage: 'committing-before' })
    case 'committing-before':
      return isCommitted(thread) && to(thread, { stage: 'processing' })
    case 'processing':
      return processNext(thread, processing)
    case 'storing':
      if (ctx.nowUs < (processing.doneAtUs ?? 0)) return wait(thread, processing)
      store(thread, processing.records[processing.done - 1]!)
      return to(thread, { stage: 'processing', doneAtUs: null })
    case 'committing-after':
      if (!isCommitted(thread)) return false
      application.processing = null
      return true
  }
}

/** What another thread works at while the poll loop goes on; returns when it is to be run again. */
export function processHandedOff(thread: Thread): number | null {
  const { application, config, ctx } = thread
  while (processRecords(thread)) ctx.probe('a record that was handed off goes on')
  const { processing } = application
  return config.member?.handsOff === true && processing !== null ? (processing.doneAtUs ?? ctx.nowUs) : null
}

function to({ application }: Thread, change: Partial<Processing>): boolean {
  application.processing = { ...application.processing!, ...change }
  return true
}

/** The thread is busy until the record in hand is done; another thread does not keep it from polling. */
function wait({ application, config }: Thread, { doneAtUs }: Processing): boolean {
  if (config.member?.handsOff !== true) application.busyUntilUs = doneAtUs
  return false
}

function processNext(thread: Thread, processing: Processing): boolean {
  const { memory, application, config, ctx } = thread
  const member = config.member!
  const record = processing.records[processing.done]
  if (record === undefined) return finish(thread, processing)
  if (processing.doneAtUs === null) {
    if (member.commits === 'store-offset-first') store(thread, record)
    return to(thread, { doneAtUs: ctx.nowUs + member.processUs })
  }
  if (ctx.nowUs < processing.doneAtUs) return wait(thread, processing)
  const [partition, offset] = record
  ctx.fact({ kind: 'recordProcessed', client: config.name, group: memory.group?.id ?? config.name, partition, offset })
  if (member.commits === 'store-together') store(thread, record)
  application.processing = { ...processing, done: processing.done + 1, doneAtUs: null }
  if (member.commits !== 'store-offset-last') return true
  return to(thread, { stage: 'storing', doneAtUs: ctx.nowUs + STORE_GAP_US })
}

/** Every record of the poll is done. */
function finish(thread: Thread, processing: Processing): boolean {
  const { memory, application, config, ctx } = thread
  const { group } = memory
  const commits = config.member?.commits
  if (group !== undefined && commits === 'sync-after') {
    application.awaitedCommit = beginCommit(group, offsetsOf(processing), 'sync', ctx)
    return to(thread, { stage: 'committing-after' })
  }
  if (group !== undefined && commits === 'async-after') beginCommit(group, offsetsOf(processing), 'async', ctx)
  application.processing = null
  return true
}

/** The store outside Kafka has the offset behind a record. It survives the consumer. */
function store({ state, config, ctx }: Thread, [partition, offset]: readonly [TopicPartition, number]): void {
  state.durable.committed[partition] = { offset: offset + 1, leaderEpoch: -1 }
  ctx.fact({ kind: 'offsetCommitted', client: config.name, partition, offset: offset + 1 })
}

const offsetsOf = ({ offsets }: Processing): Record<TopicPartition, { offset: number; leaderEpoch: number }> =>
  Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, { offset, leaderEpoch: -1 }]))

/** Whether the commit that is waited for has its result, whatever it is. */
function isCommitted({ memory, application }: Thread): boolean {
  const id = application.awaitedCommit
  const commit = id === null ? undefined : memory.group?.commits[id]
  if (commit !== undefined && commit.result === null) return false
  if (id !== null && memory.group !== undefined) delete memory.group.commits[id]
  application.awaitedCommit = null
  return true
}
