/**
 * A subscription by pattern (clients: SubscriptionState, ConsumerCoordinator.updatePatternSubscription): all topics are asked
 * for, and what matches is found at each refresh of the metadata, by default every five minutes. A coordinator of KIP-848
 * looks for matches itself, and its members ask only for what they are given.
 */
import { isInternalTopic } from '../../../kafka/internal-topics.ts'
import { matchingTopics } from '../../../kafka/topic-pattern.ts'
import type { ClientContext } from '../../links.ts'
import { booleanSetting } from '../../settings.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { isRemote, retryBackoffUs } from './settings.ts'
import type { GroupMembership } from './state.ts'

/** Whether this client itself holds a pattern against the topics. */
export const asksForAll = (config: ConsumerConfig): boolean => config.pattern !== undefined && !isRemote(config)

function matchesOf(pattern: string, topics: readonly string[], config: ConsumerConfig): string[] {
  const hidesInternal = booleanSetting(config.settings, 'exclude.internal.topics', true)
  return matchingTopics(pattern, topics).filter((topic) => !hidesInternal || !isInternalTopic(topic))
}

export const wantsTopic = (memory: ConsumerVolatile, topic: string, config: ConsumerConfig): boolean =>
  memory.topics.includes(topic) || (asksForAll(config) && matchesOf(config.pattern ?? '', [topic], config).length > 0)

/** Metadata has come. With other topics than it joined with the member joins again. */
export function discoverTopics(
  memory: ConsumerVolatile,
  group: GroupMembership,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const { application } = memory
  if (config.pattern === undefined || application === undefined || !asksForAll(config)) return
  const topics = matchesOf(config.pattern, Object.keys(memory.view.topics), config)
  if (topics.join(' ') === application.topics.join(' ')) return
  application.topics = topics
  memory.topics = [...new Set([...memory.topics, ...topics])].sort()
  ctx.fact({ kind: 'subscriptionChanged', client: config.name, group: group.id, topics: [...topics] })
  if (group.joinedTopics !== null && group.joinedTopics.join(' ') !== topics.join(' ')) group.rejoinNeeded = true
}

/**
 * Before a join the pattern is held against metadata that nobody asked to be renewed since. From 2.0 on it is renewed for
 * that, so that the members of a group find a new topic in one rebalance and not each in its own (ConsumerCoordinator.poll).
 */
export function knowsPresentTopics(
  { view }: ConsumerVolatile,
  group: GroupMembership,
  config: ConsumerConfig,
  ctx: ClientContext,
): boolean {
  if (!asksForAll(config)) return true
  if (group.freshSinceUs === null) {
    const mayAsk = view.lastAttemptUs === null || ctx.nowUs >= view.lastAttemptUs + retryBackoffUs(config)
    if (config.mechanisms.patternRefreshedBeforeJoin && mayAsk) view.refreshWanted = true
    const isAsking = view.refreshWanted || view.asking !== null
    group.freshSinceUs = isAsking ? ctx.nowUs : (view.lastSuccessUs ?? ctx.nowUs)
  }
  return view.lastSuccessUs !== null && view.lastSuccessUs >= group.freshSinceUs
}
