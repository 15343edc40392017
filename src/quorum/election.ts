/** Who is the active controller: Raft elections by epochs (KIP-595), with pre-votes from 4.0 (KIP-996). */
import { quorumNode } from '../kafka/ids.ts'
import type { VoteRequest, VoteResponse } from '../kafka/messages/quorum.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'
import { resignOffice, takeOffice } from './office.ts'
import { durationOf, type Given, running } from './state.ts'
import { QUORUM_CHANNEL } from './voters.ts'

export const ELECTION_TIMER = 'election'
export const MAJORITY_TIMER = 'majority'

const majority = ({ config }: Given): number => Math.floor(config.voters.length / 2) + 1

const fetchTimeoutUs = ({ config }: Given): number => durationOf(config, 'controller.quorum.fetch.timeout.ms', 2_000)

/** Stream `quorum.election/<controller>`: how much longer than the election time-out a controller waits, up to twice. */
function electionTimeoutUs({ ctx, config }: Given): number {
  const least = durationOf(config, 'controller.quorum.election.timeout.ms', 1_000)
  return least + Math.floor(ctx.random(`quorum.election/${ctx.self}`) * least)
}

/**
 * The process has started: alone a controller elects itself, else it waits whether somebody leads. At time 0 the first
 * one stands at once, so that a run begins with an active controller, as it begins with brokers that are up.
 */
export function startElections(given: Given): void {
  const { ctx, config } = given
  const begins = ctx.nowUs === 0 && config.id === config.voters[0]
  if (config.voters.length === 1 || begins) stand(given)
  else given.ctx.setTimer(ELECTION_TIMER, electionTimeoutUs(given))
}

/** Nobody was heard for too long, or an election came to nothing. */
export function onElectionTimer(given: Given): void {
  const { state, config } = given
  if (running(state).role === 'leader') return
  if (config.mechanisms.quorumPreVote) askBeforeStanding(given)
  else stand(given)
}

/** KIP-996 (4.0): would a majority vote for this controller? A lone one does not run away with the epoch. */
function askBeforeStanding(given: Given): void {
  const volatile = running(given.state)
  volatile.role = 'prospective'
  volatile.votes = [given.config.id]
  askForVotes(given, given.state.durable.epoch, true)
}

function stand(given: Given): void {
  const { state, config } = given
  const { durable } = state
  const volatile = running(state)
  durable.epoch += 1
  durable.votedFor = config.id
  volatile.role = 'candidate'
  volatile.leader = -1
  volatile.votes = [config.id]
  if (volatile.votes.length >= majority(given)) win(given)
  else askForVotes(given, durable.epoch, false)
}

function askForVotes(given: Given, epoch: number, preVote: boolean): void {
  const { state, ctx, config } = given
  const { log } = state.durable
  for (const id of config.voters) {
    if (id === config.id) continue
    // What is still out to that voter is not waited for.
    ctx.close(quorumNode(id), QUORUM_CHANNEL)
    ctx.send(quorumNode(id), QUORUM_CHANNEL, {
      type: 'VoteRequest',
      epoch,
      candidate: config.id,
      lastEpoch: log.at(-1)?.epoch ?? 0,
      endOffset: log.length,
      preVote,
    })
  }
  ctx.setTimer(ELECTION_TIMER, electionTimeoutUs(given))
}

export function onVoteRequest(given: Given, request: VoteRequest, connection: ConnectionId): void {
  const { state, ctx } = given
  const { durable } = state
  const reply = (granted: boolean): void =>
    ctx.reply(connection, { type: 'VoteResponse', epoch: durable.epoch, granted, preVote: request.preVote })
  const { epoch, candidate, preVote } = request
  const lastEpoch = durable.log.at(-1)?.epoch ?? 0
  const upToDate =
    request.lastEpoch > lastEpoch || (request.lastEpoch === lastEpoch && request.endOffset >= durable.log.length)
  if (preVote) {
    const volatile = running(state)
    const hears = volatile.role === 'leader' || ctx.nowUs - volatile.lastHeardUs < fetchTimeoutUs(given)
    reply(epoch >= durable.epoch && upToDate && !(hears && volatile.leader >= 0))
    return
  }
  if (epoch > durable.epoch) becomeFollower(given, epoch, -1)
  const free = durable.votedFor === null || durable.votedFor === candidate
  const granted = epoch === durable.epoch && free && upToDate && running(state).leader < 0
  if (granted) {
    durable.votedFor = candidate
    ctx.setTimer(ELECTION_TIMER, electionTimeoutUs(given))
  }
  reply(granted)
}

export function onVoteResponse(given: Given, response: VoteResponse, from: number): void {
  const { state } = given
  const volatile = running(state)
  if (response.epoch > state.durable.epoch) {
    becomeFollower(given, response.epoch, -1)
    return
  }
  const asks = response.preVote ? 'prospective' : 'candidate'
  if (!response.granted || volatile.role !== asks || response.epoch < state.durable.epoch) return
  if (!volatile.votes.includes(from)) volatile.votes.push(from)
  if (volatile.votes.length < majority(given)) return
  if (response.preVote) stand(given)
  else win(given)
}

function win(given: Given): void {
  given.ctx.cancelTimer(ELECTION_TIMER)
  takeOffice(given)
  if (given.config.mechanisms.quorumLeaderChecksMajority && given.config.voters.length > 1) {
    given.ctx.setTimer(MAJORITY_TIMER, fetchTimeoutUs(given))
  }
}

/**
 * KAFKA-15489 (3.7): a leader that a majority has not answered for one and a half fetch time-outs resigns, so that
 * brokers on its side of a cut look for another one. Before, it keeps the office, in which it cannot commit anything.
 */
export function onMajorityTimer(given: Given): void {
  const { state, ctx, config } = given
  const volatile = running(state)
  if (volatile.role !== 'leader') return
  const limitUs = fetchTimeoutUs(given) * 1.5
  const heard = Object.values(volatile.voters).filter((voter) => ctx.nowUs - voter.lastAnswerUs <= limitUs).length + 1
  if (heard >= Math.floor(config.voters.length / 2) + 1) {
    ctx.setTimer(MAJORITY_TIMER, fetchTimeoutUs(given) / 4)
    return
  }
  ctx.probe('active controller resigns without a majority')
  resignOffice(given, 'a majority of the controllers does not answer')
  volatile.role = 'follower'
  volatile.leader = -1
  ctx.setTimer(ELECTION_TIMER, electionTimeoutUs(given))
}

/** Up to so much earlier a follower has last heard of its leader: the wait of a KRaft follower's fetch, in us. */
const FETCH_PHASE_US = msToUs(500)

/**
 * Stream `quorum.patience/<controller>`, one draw a leader that is followed: how long ago its fetches are answered, and
 * with it who of several misses a dead leader first.
 */
function patienceUs(given: Given): number {
  const draw = given.ctx.random(`quorum.patience/${given.ctx.self}`)
  return fetchTimeoutUs(given) + Math.floor(draw * FETCH_PHASE_US)
}

/** A higher epoch, or the leader of this one, was heard of (`leader` -1: of an epoch without a leader so far). */
export function becomeFollower(given: Given, epoch: number, leader: number): void {
  const { state, ctx } = given
  const { durable } = state
  const volatile = running(state)
  if (volatile.role === 'leader') resignOffice(given, `epoch ${epoch} of the quorum has begun`)
  if (epoch > durable.epoch) {
    durable.epoch = epoch
    durable.votedFor = null
    volatile.leader = -1
  }
  volatile.role = 'follower'
  volatile.votes = []
  if (leader >= 0) {
    if (volatile.leader !== leader) volatile.patienceUs = patienceUs(given)
    volatile.leader = leader
    volatile.lastHeardUs = ctx.nowUs
    ctx.setTimer(ELECTION_TIMER, volatile.patienceUs)
  } else ctx.setTimer(ELECTION_TIMER, electionTimeoutUs(given))
}
