/**
 * The log among controllers. Simplified: the leader pushes (as in the Raft paper) where KRaft's followers pull; the
 * rules of what is committed, of epochs and of truncation are the same.
 */
import { quorumNode } from '../kafka/ids.ts'
import { msToUs } from '../kernel/time.ts'
import { durationOf, type Given, running, type VoterProgress } from './state.ts'

/** The channel between controllers. */
export const QUORUM_CHANNEL = 'quorum'

/** A follower hears of its leader at least this often (the wait of a KRaft follower's fetch). */
const SIGN_OF_LIFE_US = msToUs(500)

const VOTER_TIMER = 'voter:'

export const isVoterTimer = (name: string): boolean => name.startsWith(VOTER_TIMER)

const others = ({ config }: Given): number[] => config.voters.filter((id) => id !== config.id)

/** A new leader knows nothing of the others' logs and asks from its own end. */
export function startReplication(given: Given): void {
  const { state, ctx } = given
  const volatile = running(state)
  volatile.voters = {}
  for (const id of others(given)) {
    const end = state.durable.log.length
    volatile.voters[id] = { nextOffset: end, matchedEnd: 0, lastAnswerUs: ctx.nowUs, outstandingSinceUs: null }
    sendTo(given, id, volatile.voters[id]!)
    ctx.setTimer(VOTER_TIMER + id, SIGN_OF_LIFE_US)
  }
}

export function stopReplication(given: Given): void {
  for (const id of others(given)) given.ctx.cancelTimer(VOTER_TIMER + id)
  running(given.state).voters = {}
}

/** Sends everybody what they lack, as far as nothing is out to them. */
export function replicate(given: Given): void {
  const { voters, flushedEnd } = running(given.state)
  for (const id of others(given)) {
    const voter = voters[id]
    if (voter !== undefined && voter.outstandingSinceUs === null && voter.nextOffset < flushedEnd)
      sendTo(given, id, voter)
  }
}

/** Time for a sign of life, or for another connection where an answer is overdue. */
export function onVoterTimer(given: Given, name: string): void {
  const { state, ctx, config } = given
  const id = Number(name.slice(VOTER_TIMER.length))
  const voter = running(state).voters[id]
  if (voter === undefined) return
  const patienceUs = durationOf(config, 'controller.quorum.fetch.timeout.ms', 2_000)
  if (voter.outstandingSinceUs !== null && ctx.nowUs - voter.outstandingSinceUs > patienceUs) {
    ctx.close(quorumNode(id), QUORUM_CHANNEL)
    voter.outstandingSinceUs = null
  }
  if (voter.outstandingSinceUs === null) sendTo(given, id, voter)
  ctx.setTimer(VOTER_TIMER + id, SIGN_OF_LIFE_US)
}

export function sendTo({ state, ctx, config }: Given, id: number, voter: VoterProgress): void {
  const { log, epoch, committedEnd } = state.durable
  const fromOffset = Math.min(voter.nextOffset, log.length)
  voter.outstandingSinceUs = ctx.nowUs
  ctx.send(quorumNode(id), QUORUM_CHANNEL, {
    type: 'QuorumAppendRequest',
    epoch,
    leader: config.id,
    fromOffset,
    previousEpoch: log[fromOffset - 1]?.epoch ?? -1,
    entries: log.slice(fromOffset, Math.max(fromOffset, running(state).flushedEnd)),
    committedEnd,
  })
}

/** The connection to a voter broke: what was out is lost and sent again with the next sign of life. */
export function onVoterGone(given: Given, id: number): void {
  const voter = running(given.state).voters[id]
  if (voter !== undefined) voter.outstandingSinceUs = null
}
