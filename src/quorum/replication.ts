/** What a controller makes of entries it is sent, and the leader of the answers. */
import type { QuorumAppendRequest, QuorumAppendResponse } from '../kafka/messages/quorum.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { commitUpTo } from './commit.ts'
import { becomeFollower } from './election.ts'
import { advanceCommit } from './metadata-writer.ts'
import { type Given, running } from './state.ts'
import { sendTo } from './voters.ts'

export function onAppendRequest(given: Given, request: QuorumAppendRequest, connection: ConnectionId): void {
  const { state, ctx } = given
  const { durable } = state
  const reply = (accepted: boolean, endOffset: number): void =>
    ctx.reply(connection, { type: 'QuorumAppendResponse', epoch: durable.epoch, accepted, endOffset })
  if (request.epoch < durable.epoch) {
    ctx.probe('deposed controller refused by another one')
    reply(false, durable.log.length)
    return
  }
  becomeFollower(given, request.epoch, request.leader)
  const { fromOffset, previousEpoch, entries } = request
  const agrees = fromOffset === 0 || durable.log[fromOffset - 1]?.epoch === previousEpoch
  if (!agrees) {
    // What is committed is the same everywhere: from there on the leader's entries fit.
    reply(false, Math.min(durable.committedEnd, Math.max(0, fromOffset - 1)))
    return
  }
  entries.forEach((entry, i) => {
    const offset = fromOffset + i
    const own = durable.log[offset]
    if (own !== undefined && own.epoch === entry.epoch) return
    if (own !== undefined) {
      ctx.probe('controller drops records that were never committed')
      durable.log.splice(offset)
    }
    durable.log.push(entry)
  })
  const matchedEnd = fromOffset + entries.length
  commitUpTo(given, Math.min(request.committedEnd, matchedEnd), false)
  reply(true, matchedEnd)
}

export function onAppendResponse(given: Given, response: QuorumAppendResponse, from: number): void {
  const { state, ctx } = given
  const volatile = running(state)
  const voter = volatile.voters[from]
  if (response.epoch > state.durable.epoch) {
    becomeFollower(given, response.epoch, -1)
    return
  }
  if (volatile.role !== 'leader' || voter === undefined || response.epoch < state.durable.epoch) return
  voter.outstandingSinceUs = null
  voter.lastAnswerUs = ctx.nowUs
  voter.nextOffset = response.endOffset
  if (response.accepted) {
    voter.matchedEnd = Math.max(voter.matchedEnd, response.endOffset)
    advanceCommit(given)
  }
  if (voter.outstandingSinceUs === null && (!response.accepted || voter.nextOffset < volatile.flushedEnd)) {
    sendTo(given, from, voter)
  }
}
