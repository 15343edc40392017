/** Runs the application's thread as far as it comes. */
import type { CallResult, PolledRecords } from '../../../kafka/calls.ts'
import { returnCall } from '../../callers.ts'
import { popFront } from '../../deque.ts'
import type { Calling, CallRule, ConsumerApplication, Processing, Thread } from './application.ts'
import { runCommitLoop } from './commit-loop.ts'
import { pollOnce } from './polling.ts'
import { processRecords } from './processing.ts'
import { CALL_RULES } from './rules.ts'

/** Pause of a loop after poll has thrown, in us. */
const AFTER_ERROR_US = 200_000

/** True: it did something that others may have to act on, and is to be run again then. */
export function runThread(thread: Thread): boolean {
  const { application, ctx } = thread
  application.fetching = false
  let moved = false
  for (;;) {
    if (application.closed) return moved
    if (application.busyUntilUs !== null) {
      if (ctx.nowUs < application.busyUntilUs) return moved
      application.busyUntilUs = null
    }
    const went =
      runCommitLoop(thread) || (application.running === null && !hasWaiting(thread) ? loop(thread) : call(thread))
    if (!went) return moved
    moved = true
  }
}

const hasWaiting = ({ application }: Thread): boolean => application.waiting.head !== application.waiting.tail

/** The call in hand, or the next one. */
function call(thread: Thread): boolean {
  const { application, ctx } = thread
  let begins = false
  if (application.running === null) {
    const operation = popFront(application.waiting)
    if (operation === null) return false
    application.running = { operation, sinceUs: ctx.nowUs, data: null }
    begins = true
  }
  const { running } = application
  const rule = CALL_RULES[running.operation.call.call] as CallRule | undefined
  const calling: Calling = { ...thread, running, call: running.operation.call }
  const result: CallResult | null =
    rule === undefined
      ? { error: ['UnsupportedOperationException'] }
      : begins
        ? rule.begin(calling)
        : rule.look(calling)
  if (result === null) return begins
  application.running = null
  // The loop that was begun is what the call stands for.
  if (running.operation.call.call !== 'commitLoop') returnCall(running.operation, result, ctx)
  return true
}

/** One round of the poll loop. */
function loop(thread: Thread): boolean {
  const { application, config, ctx, memory } = thread
  if (application.processing !== null && config.member?.handsOff !== true) return processRecords(thread)
  if (!application.looping) return false
  const outcome = pollOnce(thread)
  switch (outcome.kind) {
    case 'throws':
      ctx.fact({ kind: 'pollThrew', client: config.name, group: memory.group?.id ?? '', error: outcome.error[0]! })
      application.busyUntilUs = ctx.nowUs + AFTER_ERROR_US
      return true
    case 'records':
      if (config.member !== undefined) {
        const offsets: Record<string, number> = {}
        for (const name of Object.keys(outcome.records)) offsets[name] = memory.partitions[name]!.position
        handOut(application, pairs(outcome.order), offsets)
      }
      return true
    case 'waits':
      return false
  }
}

const pairs = (records: PolledRecords['records']): Processing['records'] =>
  records.map(({ partition, offset }) => [partition, offset])

/** Records come to the application; behind those that it still works at, when another thread does that. */
function handOut(
  application: ConsumerApplication,
  records: Processing['records'],
  offsets: Processing['offsets'],
): void {
  const { processing } = application
  application.processing =
    processing === null
      ? { stage: 'begin', records, done: 0, doneAtUs: null, offsets }
      : { ...processing, records: [...processing.records.slice(processing.done), ...records], done: 0, offsets }
}
