/**
 * Topics of the plan, created at its `topicsAtUs`. In KRaft a broker is unfenced only after a heartbeat, and a
 * controller refuses replicas of whom none is active: an administrator waits until those are there that start with the
 * cluster, as scripts do that set a cluster up.
 */
import { ADMIN_NODE } from '../kafka/ids.ts'
import type { Host } from './host.ts'
import { schedule } from './pending.ts'
import type { PlanTopic } from './plan.ts'
import { isRegistered } from './targets.ts'
import type { EventBody, World } from './world.ts'
import { isKraft } from './world.ts'

const LOOK_US = 50_000
/** Whoever is not there by now is not waited for. */
const PATIENCE_US = 10_000_000

const operationOf = (topic: PlanTopic, number: number): EventBody => ({
  kind: 'operation',
  to: ADMIN_NODE,
  operation: {
    kind: 'admin',
    operationId: `create ${topic.name}#${number}`,
    request: {
      admin: 'createTopic',
      topic: topic.name,
      partitions: topic.partitions,
      replicationFactor: topic.replicationFactor,
      assignment: topic.assignment,
      settings: topic.settings,
    },
  },
})

function offer(world: World, host: Host, atUs: number, cause: readonly number[]): void {
  host.plan.topics.forEach((topic, number) => {
    const entity = `admin/createTopic ${topic.name}`
    const body = operationOf(topic, number)
    schedule(world, host, { atUs, cause, entity, count: 0, rule: 'topic of the plan', body })
  })
}

function look(world: World, host: Host, atUs: number, cause: readonly number[]): void {
  const rule = 'the topics of the plan wait for their brokers'
  schedule(world, host, { atUs, cause, entity: 'topics/look', count: 0, rule, body: { kind: 'topics' } })
}

export function schedulePlanTopics(world: World, host: Host): void {
  const { plan } = host
  if (plan.topics.length === 0) return
  if (isKraft(world)) look(world, host, plan.topicsAtUs, [])
  else offer(world, host, plan.topicsAtUs, [])
}

/** KRaft: creates the topics once every broker that starts with the cluster is active. */
export function onTopicsLook(world: World, host: Host, event: number): void {
  const { plan } = host
  const { nowUs } = world
  const early = plan.brokers.filter(({ startAtUs }) => startAtUs !== null && startAtUs <= plan.topicsAtUs)
  const missing = early.some(({ id }) => !isRegistered(world, id))
  if (missing && nowUs < plan.topicsAtUs + PATIENCE_US) look(world, host, nowUs + LOOK_US, [event])
  else offer(world, host, nowUs, [event])
}
