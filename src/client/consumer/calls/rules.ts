/** Every call that a consumer knows, by name. */
import type { CallResult, ClientCall, PolledRecords } from '../../../kafka/calls.ts'
import { splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'
import { timeSettingUs } from '../../settings.ts'
import { giveUp } from '../group/callbacks.ts'
import { beginCommit, consumedOffsets } from '../group/commit.ts'
import { leave } from '../group/heartbeat.ts'
import { noMetadata, own } from '../group/membership.ts'
import { commitIntervalUs } from '../group/settings.ts'
import type { Commit } from '../group/state.ts'
import { assign, seekTo } from '../positions.ts'
import type { Calling, CallRule } from './application.ts'
import { RETURNED } from './application.ts'
import { closing } from './closing.ts'
import { endingCommits, loopingCommits } from './commit-loop.ts'
import { pollOnce } from './polling.ts'

/** The call of that name; several names may share one form. */
type Of<Name extends ClientCall['call'], Call = ClientCall> = Call extends ClientCall
  ? Name extends Call['call']
    ? Call
    : never
  : never

/** A call that returns at once. */
const atOnce = <Call extends ClientCall>(does: (calling: Calling<Call>) => CallResult): CallRule<Call> => ({
  begin: does,
  look: () => RETURNED,
})

const subscribing = atOnce<Of<'subscribe'>>(({ memory, application, call }) => {
  application.subscription = 'topics'
  application.revokedTakesUs = call.revokedTakesUs
  application.topics = [...call.topics].sort()
  memory.topics = application.topics
  memory.view.refreshWanted = true
  if (memory.group !== undefined) memory.group.rejoinNeeded = true
  return RETURNED
})

const assigning = atOnce<Of<'assign'>>(({ memory, application, call, config, ctx }) => {
  application.subscription = 'partitions'
  memory.topics = [...new Set(call.partitions.map((name) => splitTopicPartition(name).topic))].sort()
  memory.view.refreshWanted = true
  memory.nextCommitAtUs = ctx.nowUs + commitIntervalUs(config)
  if (memory.group !== undefined) own(memory, memory.group, call.partitions, config)
  else
    for (const name of call.partitions)
      if (memory.partitions[name] === undefined) assign(memory, name, undefined, config, ctx)
  return RETURNED
})

const unsubscribing = atOnce<Of<'unsubscribe'>>((calling) => {
  const { memory, application, config, ctx } = calling
  const { group } = memory
  if (group !== undefined && application.subscription === 'topics') {
    giveUp(calling, group)
    leave(group, config, ctx)
    // AsyncKafkaConsumer.resetGroupMetadata; the classic consumer goes on telling who it was.
    if (group.remote !== undefined) group.metadata = noMetadata(group.instanceId)
  }
  application.subscription = 'none'
  for (const name of Object.keys(memory.partitions)) delete memory.partitions[name]
  memory.buffered = {}
  return RETURNED
})

const polling: CallRule<Of<'poll'>> = {
  begin: (calling) => polling.look(calling),
  look: (calling) => {
    const { ctx, running, call } = calling
    const outcome = pollOnce(calling)
    if (outcome.kind === 'throws') return { error: outcome.error }
    if (outcome.kind === 'records') return { error: 'NONE', records: outcome.records } as CallResult
    return ctx.nowUs >= running.sinceUs + call.timeoutUs ? ({ error: 'NONE', records: {} } as CallResult) : null
  },
}

const pollingRecords: CallRule<Of<'pollRecords'>> = {
  begin: (calling) => {
    // Whoever polls on has come back from the callbacks.
    delete calling.application.callbacks
    return pollingRecords.look(calling)
  },
  look: (calling) => {
    const { application, ctx, running, call } = calling
    const outcome = pollOnce(calling)
    if (outcome.kind === 'throws') return { error: outcome.error }
    const records = outcome.kind === 'records' ? outcome.order : []
    const callbacks = application.callbacks ?? []
    const late = ctx.nowUs >= running.sinceUs + call.timeoutUs
    return records.length === 0 && callbacks.length === 0 && !late
      ? null
      : ({ error: 'NONE', records, callbacks } as PolledRecords)
  },
}

const seekingCommitted = atOnce<Of<'seekToCommitted'>>(({ memory, call }) => {
  const { group } = memory
  if (group === undefined) return { error: ['InvalidGroupIdException'] }
  for (const name of call.partitions) {
    delete memory.partitions[name]
    delete memory.buffered[name]
  }
  group.unpositioned = group.owned.filter((name) => memory.partitions[name] === undefined)
  return RETURNED
})

const loops = (on: boolean): CallRule<Of<'pollLoop'>> =>
  atOnce(({ application }) => {
    application.looping = on
    return RETURNED
  })

const processing: CallRule<Of<'processFor'>> = {
  begin: ({ application, call, ctx }) => {
    application.busyUntilUs = ctx.nowUs + call.forUs
    return null
  },
  look: () => RETURNED,
}

/** What is committed: what the call says, else everything that was handed out. */
function offsetsOf({ memory, config, call }: Calling<Of<'commitSync'>>): Commit['offsets'] {
  if (call.offsets === null) return consumedOffsets(memory, config)
  const entries = Object.entries(call.offsets).map(([name, offset]) => [name, { offset, leaderEpoch: -1 }])
  return Object.fromEntries(entries) as Commit['offsets']
}

const committing: CallRule<Of<'commitSync'>> = {
  begin: (calling) => {
    const { memory, running, ctx } = calling
    if (memory.group === undefined) return { error: ['InvalidGroupIdException'] }
    running.data = beginCommit(memory.group, offsetsOf(calling), 'sync', ctx)
    return committing.look(calling)
  },
  look: ({ memory, running, config, ctx }) => {
    const id = running.data as number
    const result = memory.group?.commits[id]?.result ?? null
    // KIP-266 (2.0); before, it is tried for ever.
    const limitUs =
      config.settings['default.api.timeout.ms'] === undefined
        ? null
        : timeSettingUs(config.settings, 'default.api.timeout.ms', 60_000)
    const late = limitUs !== null && ctx.nowUs >= running.sinceUs + limitUs
    if (result === null && !late) return null
    if (memory.group !== undefined) delete memory.group.commits[id]
    return { error: result ?? ['TimeoutException'] }
  },
}

const committingAsync = atOnce<Of<'commitAsync'>>((calling) => {
  const { memory, ctx } = calling
  if (memory.group === undefined) return { error: ['InvalidGroupIdException'] }
  beginCommit(memory.group, offsetsOf(calling), 'async', ctx)
  return RETURNED
})

const positions = atOnce<Of<'positions'>>(({ memory }) => {
  const told: Record<TopicPartition, number> = {}
  for (const name of Object.keys(memory.partitions).sort()) {
    const { position } = memory.partitions[name]!
    if (position >= 0) told[name] = position
  }
  return { error: 'NONE', positions: told } as CallResult
})

const groupMetadata = atOnce<Of<'groupMetadata'>>(({ memory: { group } }) =>
  group === undefined
    ? { error: ['InvalidGroupIdException'] }
    : ({ error: 'NONE', member: { ...group.metadata } } as CallResult),
)

const seeking = atOnce<Of<'seek'>>(({ memory, call, config, ctx }) => {
  const partition = memory.partitions[call.partition]
  if (partition === undefined) return { error: ['IllegalStateException'] }
  delete memory.buffered[call.partition]
  seekTo(call.partition, partition, call.offset, config, ctx)
  return RETURNED
})

const pausing = (paused: boolean): CallRule<Of<'pause'>> =>
  atOnce(({ application, call }) => {
    const others = application.paused.filter((name) => !call.partitions.includes(name))
    application.paused = paused ? [...others, ...call.partitions].sort() : others
    return RETURNED
  })

export const CALL_RULES: Readonly<Record<string, CallRule>> = {
  subscribe: subscribing as CallRule,
  assign: assigning as CallRule,
  unsubscribe: unsubscribing as CallRule,
  poll: polling as CallRule,
  pollRecords: pollingRecords as CallRule,
  seekToCommitted: seekingCommitted as CallRule,
  pollLoop: loops(true) as CallRule,
  stopPolling: loops(false) as CallRule,
  processFor: processing as CallRule,
  commitSync: committing as CallRule,
  commitAsync: committingAsync as CallRule,
  commitLoop: loopingCommits as CallRule,
  stopCommitLoop: endingCommits as CallRule,
  positions: positions as CallRule,
  groupMetadata: groupMetadata as CallRule,
  seek: seeking as CallRule,
  pause: pausing(true) as CallRule,
  resume: pausing(false) as CallRule,
  close: closing as CallRule,
}
