/** What a client believes about the cluster: brokers, partitions and leaders, from the last metadata it was given. */
import type { Settings } from '../kafka/config.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { comparePartitions, NO_LEADER, splitTopicPartition } from '../kafka/ids.ts'
import type { MetadataResponse } from '../kafka/messages/data.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import type { ClientContext, Links } from './links.ts'
import { canSend, linkTo, maybeConnect, nextCorrelationId, sendRequest } from './links.ts'
import { timeSettingUs } from './settings.ts'
import { earlier } from './wake.ts'

interface KnownPartition {
  /** -1: no leader, or a leader that the metadata does not list as alive. */
  readonly leader: BrokerId
  /** -1: not told. */
  readonly leaderEpoch: number
  /** Absent: the client has no use for them. */
  readonly replicas?: readonly BrokerId[]
}

export interface ClusterView {
  /** Live brokers as last told, ascending; empty before the first answer and after `rebootstrap`: then the bootstrap list is asked. */
  brokers: readonly BrokerId[]
  /** Partitions by topic, in partition order. */
  topics: Record<string, readonly TopicPartition[]>
  partitions: Record<TopicPartition, KnownPartition>
  /** A refresh was asked for since the last answer. */
  refreshWanted: boolean
  /** Whom the running refresh asks; null: none runs. */
  asking: BrokerId | null
  /** When a refresh was last sent, answered or lost; the next one waits a back-off from it. */
  lastAttemptUs: number | null
  lastSuccessUs: number | null
  /** Since when it has tried to get metadata in vain; absent: it does not, or it never begins anew. */
  tryingSinceUs?: number
}

export const unknownCluster = (): ClusterView => ({
  brokers: [],
  topics: {},
  partitions: {},
  refreshWanted: true,
  asking: null,
  lastAttemptUs: null,
  lastSuccessUs: null,
})

export interface RefreshOptions {
  readonly settings: Settings
  readonly bootstrap: readonly BrokerId[]
  /** null: every topic. */
  readonly topics: readonly string[] | null
  /** Metadata request version: 7 tells leader epochs (KIP-320), 5 does not. */
  readonly version: number
  readonly maxInFlight: number
  readonly asksVersions: boolean
  /** Name of the client; its stream `client.metadata/<name>` gives the place in the list of brokers where the search begins. */
  readonly name: string
}

/** Whom a client turns to that wants no particular broker: those it was told of, else its bootstrap servers. */
export const whoIsAsked = (view: ClusterView, bootstrap: readonly BrokerId[]): readonly BrokerId[] =>
  view.brokers.length > 0 ? view.brokers : bootstrap

/** It has begun anew, and nothing has come yet: the topics that it used to know are unknown to it. */
export const hasForgotten = (view: ClusterView): boolean => view.brokers.length === 0 && view.lastSuccessUs !== null

/** The partitions of a topic, in order; undefined: nothing is known of it. A topic may be called `constructor`. */
export const partitionsOf = (view: ClusterView, topic: string): readonly TopicPartition[] | undefined =>
  Object.hasOwn(view.topics, topic) ? view.topics[topic] : undefined

export const leaderOf = (view: ClusterView, name: TopicPartition): BrokerId =>
  view.partitions[name]?.leader ?? NO_LEADER

/** When a refresh is due; null while one runs. */
function refreshDueUs(view: ClusterView, settings: Settings): number | null {
  if (view.asking !== null) return null
  const backoffUs = timeSettingUs(settings, 'retry.backoff.ms', 100)
  const allowedUs = view.lastAttemptUs === null ? 0 : view.lastAttemptUs + backoffUs
  if (view.refreshWanted || view.lastSuccessUs === null) return allowedUs
  return Math.max(allowedUs, view.lastSuccessUs + timeSettingUs(settings, 'metadata.max.age.ms', 300_000))
}

/**
 * Whom to ask (clients: NetworkClient.leastLoadedNode): a ready link with nothing unanswered, else the ready link with
 * least, else one that is being made, else one that may be made.
 */
export function leastLoaded<R>(
  links: Links<R>,
  view: ClusterView,
  options: RefreshOptions,
  ctx: ClientContext,
): BrokerId | null {
  const brokers = whoIsAsked(view, options.bootstrap)
  if (brokers.length === 0) return null
  const offset = Math.floor(ctx.random(`client.metadata/${options.name}`) * brokers.length)
  let ready: BrokerId | null = null
  let connecting: BrokerId | null = null
  let connectable: BrokerId | null = null
  for (let i = 0; i < brokers.length; i++) {
    const broker = brokers[(offset + i) % brokers.length]!
    const link = linkTo(links, broker)
    if (canSend(link, options.maxInFlight)) {
      if (link.inFlight.length === 0) return broker
      if (ready === null || link.inFlight.length < linkTo(links, ready).inFlight.length) ready = broker
    } else if (link.phase === 'connecting') connecting = broker
    else if (link.phase === 'closed' && ctx.nowUs >= link.retryAtUs) connectable = broker
  }
  return ready ?? connecting ?? connectable
}

/**
 * Asks for metadata when it is wanted or too old. Returns when to look again, or null when an answer or a link that
 * is being made will come first.
 */
export function maybeRefresh<R>(
  links: Links<R>,
  view: ClusterView,
  options: RefreshOptions,
  ctx: ClientContext,
): number | null {
  const dueUs = refreshDueUs(view, options.settings)
  if (dueUs !== null && dueUs > ctx.nowUs) return earlier(dueUs, rebootstrapDueUs(view, options.settings))
  const lookUs = dueUs === null ? null : refresh(links, view, options, ctx)
  return earlier(lookUs, rebootstrapDueUs(view, options.settings))
}

function refresh<R>(links: Links<R>, view: ClusterView, options: RefreshOptions, ctx: ClientContext): number | null {
  if (beginsAnew(options.settings)) view.tryingSinceUs ??= ctx.nowUs
  let broker = leastLoaded(links, view, options, ctx)
  if (broker === null && beginsAnew(options.settings) && !hasReadyLink(links, view, options)) {
    rebootstrap(view, options.name, ctx)
    broker = leastLoaded(links, view, options, ctx)
  }
  if (broker === null) return nextRetryUs(links, view, options)
  const link = linkTo(links, broker)
  // 2.4 DefaultMetadataUpdater.maybeUpdate: while any link is being made, wait for it rather than open another.
  const lookUs = maybeConnect(links, broker, options.asksVersions, ctx)
  if (!canSend(link, options.maxInFlight)) return lookUs
  const correlationId = nextCorrelationId(links)
  view.asking = broker
  view.lastAttemptUs = ctx.nowUs
  sendRequest(
    link,
    broker,
    { type: 'MetadataRequest', correlationId, version: options.version, topics: options.topics },
    { kind: 'metadata' },
    ctx,
  )
  return null
}

/** When the first closed link may be tried again. */
function nextRetryUs<R>(links: Links<R>, view: ClusterView, options: RefreshOptions): number | null {
  let next: number | null = null
  for (const broker of whoIsAsked(view, options.bootstrap)) {
    const link = linkTo(links, broker)
    if (link.phase === 'closed') next = earlier(next, link.retryAtUs)
  }
  return next
}

/** `metadata.recovery.strategy` (KIP-899, 3.8; `rebootstrap` by default since KIP-1102, 4.0). */
export const beginsAnew = (settings: Settings): boolean => settings['metadata.recovery.strategy'] === 'rebootstrap'

/** Whether some broker that it knows could be asked, were there not so much unanswered (3.8 LeastLoadedNode). */
const hasReadyLink = <R>(links: Links<R>, view: ClusterView, options: RefreshOptions): boolean =>
  whoIsAsked(view, options.bootstrap).some((broker) => linkTo(links, broker).phase === 'ready')

/**
 * Forgets the cluster and asks the bootstrap servers again (3.8 Metadata.rebootstrap). Leader epochs go too: a topic whose
 * id is not known any more takes whatever epoch it is told with.
 */
function rebootstrap(view: ClusterView, client: string, ctx: ClientContext): void {
  if (view.brokers.length > 0) ctx.fact({ kind: 'clientRebootstrapped', client, brokers: [...view.brokers] })
  view.brokers = []
  view.topics = {}
  view.partitions = {}
  view.refreshWanted = true
  view.tryingSinceUs = ctx.nowUs
}

/** When it has tried for longer than `metadata.recovery.rebootstrap.trigger.ms` (KIP-1102, 4.0); null: never. */
function rebootstrapDueUs(view: ClusterView, settings: Settings): number | null {
  if (view.tryingSinceUs === undefined || !(REBOOTSTRAP_TRIGGER in settings)) return null
  return view.tryingSinceUs + timeSettingUs(settings, REBOOTSTRAP_TRIGGER, 300_000) + MICROS_PER_MS
}

const REBOOTSTRAP_TRIGGER = 'metadata.recovery.rebootstrap.trigger.ms'

/**
 * Begins anew when no metadata has come for too long, although somebody seems to be there (4.0 NetworkClient.handleRebootstrap):
 * `disconnect` is to close the connection to a broker, which loses what is unanswered on it.
 */
export function maybeRebootstrap<R>(
  links: Links<R>,
  view: ClusterView,
  { settings, bootstrap, name }: Pick<RefreshOptions, 'settings' | 'bootstrap' | 'name'>,
  ctx: ClientContext,
  disconnect: (broker: BrokerId) => void,
): void {
  const dueUs = rebootstrapDueUs(view, settings)
  if (dueUs === null || ctx.nowUs < dueUs) return
  for (const broker of whoIsAsked(view, bootstrap)) if (linkTo(links, broker).phase !== 'closed') disconnect(broker)
  rebootstrap(view, name, ctx)
}

/** The refresh that was running got no answer. */
export function refreshLost(view: ClusterView, nowUs: number): void {
  view.asking = null
  view.refreshWanted = true
  view.lastAttemptUs = nowUs
}

interface TakeOptions {
  /** Whether the client has a use for a topic. */
  readonly wants: (topic: string) => boolean
  /** It asked for every topic: what the answer does not name is not there. */
  readonly askedForAll?: boolean
  readonly tracksEpochs: boolean
  /** It remembers where replicas are. */
  readonly keepsReplicas?: boolean
}

/**
 * Takes an answer in. A client that `tracksEpochs` (2.2, KIP-320) leaves a partition as it is when it is told at an
 * older leader epoch than the one known, so that a broker that was cut off cannot lead it back, and asks again as long
 * as a topic is unknown or a partition has no leader, whether or not it has records for it.
 */
export function takeMetadata(
  view: ClusterView,
  response: MetadataResponse,
  options: TakeOptions,
  ctx: ClientContext,
): void {
  view.asking = null
  view.lastAttemptUs = ctx.nowUs
  if (response.brokers.length === 0) {
    // 2.4 DefaultMetadataUpdater.handleCompletedMetadataResponse: an answer without brokers is thrown away.
    ctx.probe('metadata-answer-without-brokers')
    view.refreshWanted = true
    return
  }
  view.lastSuccessUs = ctx.nowUs
  delete view.tryingSinceUs
  view.refreshWanted = false
  view.brokers = response.brokers.slice().sort((a, b) => a - b)
  for (const topic of response.unknownTopics) {
    forgetTopic(view, topic)
    // 2.2 Metadata.handleMetadataResponse: also a topic that is not there is asked for again.
    if (options.tracksEpochs) view.refreshWanted = true
  }
  const byTopic = new Map<string, TopicPartition[]>()
  for (const name of Object.keys(response.partitions).sort(comparePartitions)) {
    const { topic } = splitTopicPartition(name)
    if (!options.wants(topic)) continue
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), name])
    const told = response.partitions[name]!
    const known = view.partitions[name]
    const isOlder = told.leaderEpoch >= 0 && known !== undefined && told.leaderEpoch < known.leaderEpoch
    if (isOlder && options.tracksEpochs) {
      ctx.probe('metadata-answer-with-older-leader-epoch')
      view.refreshWanted = true
      continue
    }
    const leader = view.brokers.includes(told.leader) ? told.leader : NO_LEADER
    // A partition without a leader is told without its epoch: what was seen before still counts.
    const leaderEpoch = Math.max(told.leaderEpoch, known?.leaderEpoch ?? -1)
    view.partitions[name] =
      options.keepsReplicas === true ? { leader, leaderEpoch, replicas: [...told.replicas] } : { leader, leaderEpoch }
    if (leader === NO_LEADER && options.tracksEpochs) view.refreshWanted = true
  }
  if (options.askedForAll === true) {
    for (const topic of Object.keys(view.topics).sort()) if (!byTopic.has(topic)) forgetTopic(view, topic)
  }
  for (const topic of [...byTopic.keys()].sort()) view.topics[topic] = byTopic.get(topic)!
}

function forgetTopic(view: ClusterView, topic: string): void {
  for (const name of partitionsOf(view, topic) ?? []) delete view.partitions[name]
  delete view.topics[topic]
}
