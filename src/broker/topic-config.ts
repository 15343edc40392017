/**
 * Settings of topics. They arrive with the role (see LeaderAndIsrState.topicSettings); changes are announced under
 * /config/changes, and the broker then reads the topic's node.
 */
import { splitTopicPartition } from '../kafka/ids.ts'
import type { SessionResponse } from '../kafka/messages/registry.ts'
import { CONFIG_CHANGES, type ConfigChangeZnode, type TopicConfigZnode, topicConfigPath } from '../kafka/znodes.ts'
import { own } from '../kernel/own.ts'
import { wakeCleaner } from './cleaner.ts'
import { askRegistry } from './registry-request.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/** Looks at the announcements and asks to be told of the next ones: with each new session, and when told. */
export function watchConfigChanges(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  askRegistry(state, ctx, config, 'config-changes', CONFIG_CHANGES, [
    { op: 'getChildren', path: CONFIG_CHANGES, watch: true },
  ])
}

export function onConfigChanges(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: SessionResponse,
): void {
  const result = response.results[0]
  if (result?.error !== null) return
  const volatile = running(state)
  const changes = [...(result.children ?? [])].sort()
  const known = volatile.lastConfigChange
  volatile.lastConfigChange = changes.at(-1) ?? known ?? ''
  // What was announced before this life came with the roles.
  if (known === null) return
  for (const change of changes) {
    if (change <= known) continue
    askRegistry(state, ctx, config, 'config-change', change, [
      { op: 'getData', path: `${CONFIG_CHANGES}/${change}`, watch: false },
    ])
  }
}

export function onConfigChange(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: SessionResponse,
): void {
  const result = response.results[0]
  if (result?.error !== null) return
  const { topic } = result.data as ConfigChangeZnode
  askRegistry(state, ctx, config, 'topic-config', topic, [
    { op: 'getData', path: topicConfigPath(topic), watch: false },
  ])
}

export function onTopicConfig(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  topic: string,
  response: SessionResponse,
): void {
  const result = response.results[0]
  const { topicSettings } = running(state)
  if (result === undefined || own(topicSettings, topic) === undefined) return
  if (result.error === null) topicSettings[topic] = { ...(result.data as TopicConfigZnode).settings }
  else if (result.error === 'NONODE') topicSettings[topic] = {}
  for (const name of Object.keys(running(state).partitions).sort()) {
    if (splitTopicPartition(name).topic === topic) wakeCleaner(state, ctx, config, name)
  }
}
