/**
 * A broker reads one request at a time from a connection: the next one stays in the socket until the one before is
 * answered (SocketServer mutes the channel, every version). A producer with several requests in flight therefore has
 * only the first of them appended while it waits for its acks.
 */
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerState, ClientRequest, RequestInHand } from './state.ts'

const inHandOf = (state: BrokerState, connection: ConnectionId): RequestInHand | undefined =>
  running(state).clients.find((client) => client.connection === connection)

/** Whether a client's request is read now. If not, it is kept until those before it are answered. */
export function readsNow(
  state: BrokerState,
  ctx: BrokerContext,
  connection: ConnectionId,
  message: ClientRequest,
): boolean {
  const client = inHandOf(state, connection)
  if (client === undefined) {
    running(state).clients.push({ connection, unread: [] })
    return true
  }
  ctx.probe('request unread behind an unanswered one')
  client.unread.push(message)
  return false
}

/** What a coordinator of this broker writes comes in on no connection: its answers are left for it in its own state. */
export const COORDINATOR_CONNECTION: ConnectionId = 'coordinator'

/** Answers a request; the connection's next one can then be read. */
export function respond(state: BrokerState, ctx: BrokerContext, connection: ConnectionId, message: KafkaMessage): void {
  if (connection === COORDINATOR_CONNECTION) {
    if (message.type === 'ProduceResponse') running(state).coordination?.answered.push(message)
    return
  }
  ctx.reply(connection, message)
  release(state, connection)
}

/** The request in hand is dealt with, with or without an answer. */
export function release(state: BrokerState, connection: ConnectionId): void {
  if (inHandOf(state, connection) !== undefined) running(state).released.push(connection)
}

/** The next request of a connection whose last one is dealt with; null: none. */
export function nextRead(state: BrokerState): { connection: ConnectionId; message: ClientRequest } | null {
  const volatile = running(state)
  for (;;) {
    const connection = volatile.released.shift()
    if (connection === undefined) return null
    const at = volatile.clients.findIndex((client) => client.connection === connection)
    if (at < 0) continue
    const message = volatile.clients[at]!.unread.shift()
    if (message !== undefined) return { connection, message }
    volatile.clients.splice(at, 1)
  }
}

/** The connection is gone: what was not read from it never will be. The request in hand is carried on with. */
export function forgetUnread(state: BrokerState, connection: ConnectionId): void {
  const client = inHandOf(state, connection)
  if (client !== undefined) client.unread = []
}
