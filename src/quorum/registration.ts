/** A broker process registers: fenced, under a broker epoch that is the offset of its record. */
import type { BrokerRegistrationRequest } from '../kafka/messages/quorum.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { afterUncleanShutdown } from './broker-changes.ts'
import { answerWhenCommitted, append } from './metadata-writer.ts'
import { hasValidSession, openSession } from './sessions.ts'
import { type Given, imageOf } from './state.ts'

export function onRegistration(given: Given, request: BrokerRegistrationRequest, connection: ConnectionId): void {
  const { state, ctx } = given
  const { correlationId, broker, incarnation, rack } = request
  const existing = imageOf(state).brokers[broker]
  const isNew = existing?.incarnation !== incarnation
  if (existing !== undefined && isNew && hasValidSession(given, broker)) {
    ctx.probe('registration refused while a former life has a session')
    ctx.reply(connection, {
      type: 'BrokerRegistrationResponse',
      correlationId,
      error: 'DUPLICATE_BROKER_REGISTRATION',
      brokerEpoch: -1,
    })
    return
  }
  if (!isNew) {
    const { brokerEpoch } = existing
    answerWhenCommitted(given, connection, registered(correlationId, brokerEpoch))
    return
  }
  const brokerEpoch = state.durable.log.length
  // KIP-966: a clean stop left the epoch of that life behind; anything else may have cost records (recorded on 4.1.1).
  const clean = existing !== undefined && request.previousBrokerEpoch === existing.brokerEpoch
  const cleaning = existing === undefined || clean ? [] : afterUncleanShutdown(given, broker)
  append(given, [...cleaning, { type: 'RegisterBroker', broker, incarnation, brokerEpoch, rack }])
  openSession(given, broker, brokerEpoch)
  answerWhenCommitted(given, connection, registered(correlationId, brokerEpoch))
}

const registered = (correlationId: number, brokerEpoch: number) =>
  ({ type: 'BrokerRegistrationResponse', correlationId, error: 'NONE', brokerEpoch }) as const
