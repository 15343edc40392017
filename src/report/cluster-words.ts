/** What a plan sets up, in the words of a header. */
import type { Plan, PlanClient } from '../world/plan.ts'
import { plural } from './words.ts'

const topicWords = ({ name, partitions, replicationFactor }: Plan['topics'][number]): string =>
  `topic ${name} (${plural(partitions, 'partition')}, ${plural(replicationFactor, 'replica')})`

const clientWords = (client: PlanClient): string =>
  client.kind === 'producer'
    ? `producer ${client.name} (acks=${client.settings.acks ?? '1'})`
    : `consumer ${client.name}`

/** More than these are counted only. */
const MOST_NAMED = 4

const named = <T>(items: readonly T[], words: (item: T) => string, one: string): string[] =>
  items.length > MOST_NAMED ? [plural(items.length, one)] : items.map(words)

/** `3 brokers, topic orders (1 partition, 3 replicas), producer p1 (acks=all)`. */
export function clusterWords(plan: Plan): string {
  const parts = [
    plural(plan.brokers.length, 'broker'),
    ...named(plan.topics, topicWords, 'topic'),
    ...named(plan.clients, clientWords, 'client'),
  ]
  return parts.join(', ')
}
