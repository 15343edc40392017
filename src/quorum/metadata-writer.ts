/** The active controller's end of the log: what is appended, when it is committed, and who waits for it. */
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { MetadataRecord } from '../kafka/metadata-log.ts'
import { replayRecord } from '../kafka/metadata-log.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { commitUpTo } from './commit.ts'
import { answerParkedFetches } from './metadata-fetch.ts'
import { durationOf, type Given, imageOf, running } from './state.ts'
import { replicate } from './voters.ts'

export const LINGER_TIMER = 'linger'

/**
 * Appends records as one batch. They count at once for what this controller decides next, and for everybody else when a
 * majority has them (controller.quorum.append.linger.ms gathers writes before they go out).
 */
export function append({ state, ctx, config }: Given, records: readonly MetadataRecord[]): void {
  const volatile = running(state)
  const { log, epoch } = state.durable
  for (const record of records) {
    replayRecord(imageOf(state), record, log.length)
    log.push({ epoch, record })
  }
  if (records.length === 0 || volatile.lingering) return
  volatile.lingering = true
  ctx.setTimer(LINGER_TIMER, durationOf(config, 'controller.quorum.append.linger.ms', 25))
}

/** The writes that lingered go out. */
export function flush(given: Given): void {
  const { state } = given
  const volatile = running(state)
  volatile.lingering = false
  volatile.flushedEnd = state.durable.log.length
  replicate(given)
  advanceCommit(given)
  answerParkedFetches(given)
}

/** Answers when everything that is in the log now is committed: nobody acts on what could still be undone. */
export function answerWhenCommitted({ state, ctx }: Given, connection: ConnectionId, message: KafkaMessage): void {
  const end = state.durable.log.length
  if (state.durable.committedEnd >= end) ctx.reply(connection, message)
  else running(state).waiting.push({ end, connection, message })
}

/** A majority decides: what the larger half of the voters has is committed, if it is of this epoch (Raft 5.4.2). */
export function advanceCommit(given: Given): void {
  const { state, config } = given
  const { durable } = state
  const volatile = running(state)
  const ends = config.voters.map((id) =>
    id === config.id ? volatile.flushedEnd : (volatile.voters[id]?.matchedEnd ?? 0),
  )
  const end = ends.sort((a, b) => b - a)[Math.floor(config.voters.length / 2)]!
  if (end <= durable.committedEnd || durable.log[end - 1]?.epoch !== durable.epoch) return
  commitUpTo(given, end, true)
  const ready = volatile.waiting.filter((answer) => answer.end <= end)
  volatile.waiting = volatile.waiting.filter((answer) => answer.end > end)
  for (const { connection, message } of ready) given.ctx.reply(connection, message)
  answerParkedFetches(given)
  replicate(given)
}
