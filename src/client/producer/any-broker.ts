/** Requests that any broker answers: whom to ask, and what a turn of the sending thread comes to meanwhile. */
import type { BrokerId } from '../../kafka/ids.ts'
import { whoIsAsked } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import { canSend, linkTo, maybeConnect } from '../links.ts'
import { earlier } from '../wake.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

export interface TransactionTurn {
  /** Records wait while a transactional request is under way or the thread sleeps. */
  readonly recordsWait: boolean
  /** When to look again; null: an answer comes first. */
  readonly lookUs: number | null
}

const knownBrokers = (memory: ProducerVolatile, config: ProducerConfig): readonly BrokerId[] =>
  whoIsAsked(memory.view, config.bootstrap)

/** A broker whose link is ready, with the least unanswered; else one link is made (clients: leastLoadedNode). */
export function anyBroker(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): BrokerId | null {
  const brokers = knownBrokers(memory, config)
  let best: BrokerId | null = null
  for (const broker of brokers) {
    const link = linkTo(memory.links, broker)
    if (!canSend(link, Number.MAX_SAFE_INTEGER)) continue
    if (best === null || link.inFlight.length < linkTo(memory.links, best).inFlight.length) best = broker
  }
  if (best !== null) return best
  if (brokers.some((broker) => linkTo(memory.links, broker).phase === 'connecting')) return null
  const closed = brokers.find((broker) => linkTo(memory.links, broker).retryAtUs <= ctx.nowUs)
  if (closed !== undefined) maybeConnect(memory.links, closed, config.mechanisms.clientAsksVersions, ctx)
  return null
}

/** When to look for a connection again: a link that is being made is waited for, else the first closed one is due. */
export function nextConnectUs(memory: ProducerVolatile, config: ProducerConfig): number | null {
  const links = knownBrokers(memory, config).map((broker) => linkTo(memory.links, broker))
  const making = links.filter(({ phase }) => phase === 'connecting')
  if (making.length > 0) return making.reduce<number | null>((next, { readyAtUs }) => earlier(next, readyAtUs), null)
  return links.reduce<number | null>(
    (next, { phase, retryAtUs }) => (phase === 'closed' ? earlier(next, retryAtUs) : next),
    null,
  )
}
