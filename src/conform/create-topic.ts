import type { BrokerId } from '../kafka/ids.ts'
import type { Action } from '../world/plan.ts'

/** Creates a topic as a recorder did: with the replicas that it named, and settings that nobody checks. */
export const createTopic = (
  topic: string,
  assignment: Readonly<Record<string, readonly BrokerId[]>>,
  settings: Readonly<Record<string, unknown>> = {},
): Action => ({
  do: 'admin',
  request: {
    admin: 'createTopic',
    topic,
    partitions: Object.keys(assignment).length,
    replicationFactor: assignment['0']?.length ?? 1,
    assignment,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    unchecked: true,
  },
})
