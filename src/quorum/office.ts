/** Becoming the active controller, and ceasing to be it. */
import { replayRecord } from '../kafka/metadata-log.ts'
import { isMutant } from '../kafka/mutants.ts'
import { refuseParkedFetches } from './metadata-fetch.ts'
import { append, LINGER_TIMER } from './metadata-writer.ts'
import { startPeriodicWork, stopPeriodicWork } from './periodic.ts'
import { armSessions, SESSION_TIMER } from './sessions.ts'
import { type Given, running } from './state.ts'
import { startReplication, stopReplication } from './voters.ts'

/**
 * Takes the log as it is, committed or not, writes the first record of its epoch and gives every registered broker a
 * fresh session. Partition states are left untouched (recorded).
 */
export function takeOffice(given: Given): void {
  const { state, ctx, config } = given
  const { durable } = state
  const volatile = running(state)
  const { brokers, topics, partitions } = durable.committed
  const image = { ...durable.committed, brokers: { ...brokers }, topics: { ...topics }, partitions: { ...partitions } }
  for (let offset = durable.committedEnd; offset < durable.log.length; offset++) {
    replayRecord(image, durable.log[offset]!.record, offset)
  }
  if (isMutant(config, 'producer-ids-begin-again')) delete image.nextProducerId
  volatile.role = 'leader'
  volatile.leader = config.id
  volatile.image = image
  volatile.flushedEnd = durable.log.length
  volatile.lingering = false
  volatile.waiting = []
  volatile.sessions = {}
  for (const id of Object.keys(image.brokers)) {
    const { brokerEpoch, fenced } = image.brokers[id]!
    volatile.sessions[id] = {
      brokerEpoch,
      lastContactUs: ctx.nowUs,
      metadataOffset: -1,
      fenced,
      controlledShutdownOffset: -1,
      tracked: !fenced,
    }
  }
  ctx.fact({ kind: 'controllerElected', controllerEpoch: durable.epoch })
  startReplication(given)
  append(given, [{ type: 'LeaderChange', leader: config.id }])
  armSessions(given)
  startPeriodicWork(given)
}

/** What was written and not committed is undone or not, as the next leader's log has it; who waits for it is hung up on. */
export function resignOffice(given: Given, reason: string): void {
  const { state, ctx } = given
  const volatile = running(state)
  ctx.fact({ kind: 'controllerResigned', reason })
  if (state.durable.committedEnd < state.durable.log.length) ctx.probe('controller deposed with records not committed')
  volatile.role = 'follower'
  volatile.image = null
  volatile.sessions = {}
  volatile.lingering = false
  ctx.cancelTimer(LINGER_TIMER)
  ctx.cancelTimer(SESSION_TIMER)
  stopPeriodicWork(given)
  stopReplication(given)
  refuseParkedFetches(given)
  const connections = [...new Set(volatile.waiting.map(({ connection }) => connection))]
  volatile.waiting = []
  for (const connection of connections) ctx.closeConnection(connection)
}
