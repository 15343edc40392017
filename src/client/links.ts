/** A client's connections to brokers: making them, what is unanswered on them, giving them up, trying again later. */
import type { Settings } from '../kafka/config.ts'
import type { Fact } from '../kafka/facts.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { brokerNode } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { ConnectionId, Context } from '../kernel/machine.ts'
import { timeSettingUs } from './settings.ts'
import { earlier } from './wake.ts'

export const CLIENT_CHANNEL = 'client'

export type ClientContext = Context<KafkaMessage, Fact>

/** A request that has no answer yet. `R` tells what it was for. */
export interface Outstanding<R> {
  readonly correlationId: number
  readonly sentAtUs: number
  readonly request: R
  /** Given up after this long; absent: after the time-out of its client. */
  readonly timeoutUs?: number
}

/** What every client asks besides its own requests. */
export type CommonRequest = { readonly kind: 'handshake' } | { readonly kind: 'metadata' }

export interface Link<R> {
  /** A link carries requests only while it is `ready`. */
  phase: 'closed' | 'connecting' | 'ready'
  /** While connecting: when it counts as ready without an answer; null: only with one. */
  readyAtUs: number | null
  /** The name of the present connection, known from its first answer on. */
  connection: ConnectionId | null
  /** Oldest first. */
  inFlight: Outstanding<R | CommonRequest>[]
  /** Times it failed since it was last ready. */
  failures: number
  /** Not tried again before this time. */
  retryAtUs: number
  /** Absent: CLIENT_CHANNEL. */
  readonly channel?: string
}

export interface Links<R> {
  byBroker: Record<string, Link<R>>
  /** The brokers that there is a link to, ascending. */
  brokers: BrokerId[]
  nextCorrelationId: number
  /** Connections of their own beside those of CLIENT_CHANNEL; absent: these. */
  readonly channel?: string
}

export const noLinks = <R>(channel?: string): Links<R> =>
  channel === undefined
    ? { byBroker: {}, brokers: [], nextCorrelationId: 1 }
    : { byBroker: {}, brokers: [], nextCorrelationId: 1, channel }

/** The brokers this client has or had a link to, ascending. */
export const linkedBrokers = <R>(links: Links<R>): BrokerId[] => [...links.brokers]

export function linkTo<R>(links: Links<R>, broker: BrokerId): Link<R> {
  let link = links.byBroker[broker]
  if (link === undefined) {
    link = { phase: 'closed', readyAtUs: null, connection: null, inFlight: [], failures: 0, retryAtUs: 0 }
    if (links.channel !== undefined) link = { ...link, channel: links.channel }
    links.byBroker[broker] = link
    links.brokers = [...links.brokers, broker].sort((a, b) => a - b)
  }
  return link
}

/** Whether one more request may go out now (clients: NetworkClient.canSendRequest). */
export const canSend = <R>(link: Link<R>, maxInFlight: number): boolean =>
  link.phase === 'ready' && link.inFlight.length < maxInFlight

/** The next correlation id of this client. */
export function nextCorrelationId<R>(links: Links<R>): number {
  const id = links.nextCorrelationId
  links.nextCorrelationId += 1
  return id
}

/** Sends a request on a ready link and remembers it until the answer. */
export function sendRequest<R>(
  link: Link<R>,
  broker: BrokerId,
  message: KafkaMessage & { readonly correlationId: number },
  request: R | CommonRequest,
  ctx: ClientContext,
  timeoutUs?: number,
): void {
  const sent = { correlationId: message.correlationId, sentAtUs: ctx.nowUs, request }
  link.inFlight.push(timeoutUs === undefined ? sent : { ...sent, timeoutUs })
  ctx.send(brokerNode(broker), link.channel ?? CLIENT_CHANNEL, message)
}

/** How long a client that exchanges no versions waits for the news that nobody listens. */
const CONNECT_US = 50_000

/**
 * Opens a closed link when its back-off is over, and says when to look at it again (null: an answer comes first).
 *
 * Clients from 0.10.2 on (KIP-97) first exchange versions and send nothing else before the answer, so a broker that
 * accepts connections but hangs is never handed a retry. Here that exchange is a metadata request about no topic.
 * Older clients go on as soon as the socket is connected, which a hanging broker's kernel does for it: no refusal
 * within CONNECT_US counts as that. Simplified: a connection through a cut link then seems made, too.
 */
export function maybeConnect<R>(
  links: Links<R>,
  broker: BrokerId,
  asksVersions: boolean,
  ctx: ClientContext,
): number | null {
  const link = linkTo(links, broker)
  if (link.phase === 'connecting' && link.readyAtUs !== null && ctx.nowUs >= link.readyAtUs) {
    link.phase = 'ready'
    link.inFlight = link.inFlight.filter(({ request }) => !isHandshake(request))
  }
  if (link.phase !== 'closed') return link.phase === 'connecting' ? link.readyAtUs : null
  if (ctx.nowUs < link.retryAtUs) return link.retryAtUs
  link.phase = 'connecting'
  link.readyAtUs = asksVersions ? null : ctx.nowUs + CONNECT_US
  const correlationId = nextCorrelationId(links)
  const message: KafkaMessage = { type: 'MetadataRequest', correlationId, version: 5, topics: [] }
  sendRequest(link, broker, message, { kind: 'handshake' }, ctx)
  return link.readyAtUs
}

const isHandshake = (request: unknown): boolean => (request as { readonly kind?: string }).kind === 'handshake'

/** Takes the request that an answer belongs to out of its link; null for the answer to a request given up before. */
export function takeAnswered<R>(
  links: Links<R>,
  broker: BrokerId,
  connection: ConnectionId,
  correlationId: number,
): Outstanding<R | CommonRequest> | null {
  const link = links.byBroker[broker]
  if (link === undefined) return null
  const index = link.inFlight.findIndex((one) => one.correlationId === correlationId)
  if (index < 0) return null
  const [outstanding] = link.inFlight.splice(index, 1)
  link.connection = connection
  link.phase = 'ready'
  link.failures = 0
  return outstanding ?? null
}

/** Marks a link as broken and gives back what was unanswered on it, oldest first. */
export function breakLink<R>(
  link: Link<R>,
  settings: Settings,
  ctx: ClientContext,
): readonly Outstanding<R | CommonRequest>[] {
  const lost = link.inFlight.slice()
  const baseUs = timeSettingUs(settings, 'reconnect.backoff.ms', 50)
  const maxUs = timeSettingUs(settings, 'reconnect.backoff.max.ms', 1000)
  // KIP-144 (0.11): doubles with each failure; the jitter of a fifth is left out.
  let backoffUs = baseUs
  for (let i = 0; i < link.failures && backoffUs < maxUs; i++) backoffUs *= 2
  link.phase = 'closed'
  link.connection = null
  link.inFlight = []
  link.failures += 1
  link.retryAtUs = ctx.nowUs + Math.max(baseUs, Math.min(backoffUs, maxUs))
  return lost
}

/** Whether a broken connection is the one this link uses now: the news of an older one may come late. */
export const isPresentConnection = <R>(link: Link<R>, connection: ConnectionId): boolean =>
  link.phase !== 'closed' && (link.connection === null || link.connection === connection)

const dueUs = <R>({ sentAtUs, timeoutUs }: Outstanding<R>, usualUs: number): number => sentAtUs + (timeoutUs ?? usualUs)

/** Brokers with a request past its time-out, ascending: their connections are to be closed. */
export function timedOutBrokers<R>(links: Links<R>, timeoutUs: number, nowUs: number): BrokerId[] {
  return links.brokers.filter((broker) =>
    links.byBroker[broker]!.inFlight.some((one) => dueUs(one, timeoutUs) <= nowUs),
  )
}

/** When the next request times out; null when nothing is unanswered. */
export function nextTimeoutUs<R>(links: Links<R>, timeoutUs: number): number | null {
  let next: number | null = null
  for (const broker of links.brokers) {
    for (const one of links.byBroker[broker]!.inFlight) next = earlier(next, dueUs(one, timeoutUs))
  }
  return next
}
