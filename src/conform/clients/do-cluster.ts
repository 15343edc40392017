/** What was done to brokers, controllers and topics. */
import type { BrokerId } from '../../kafka/ids.ts'
import { msToUs } from '../../kernel/time.ts'
import type { Action } from '../../world/plan.ts'
import { brokerTarget } from '../conditions.ts'
import { createTopic } from '../create-topic.ts'
import type { ClientsEntry } from './recording.ts'
import { numberOf, objectOf, textOf } from './recording.ts'
import type { DoRule } from './rule.ts'

const toBroker =
  (action: (broker: BrokerId, entry: ClientsEntry) => Action): DoRule =>
  (entry) => {
    const broker = numberOf(entry, 'broker')
    return broker === null ? null : [action(broker, entry)]
  }

/**
 * Threads of a killed process stop at once, but its sockets are closed only when its memory has been given back (Linux
 * do_exit: exit_mm before exit_files). Until then its clients send into open connections: in recorded kills two to
 * five requests of a producer that sent one each 4 ms were under way.
 */
const SOCKETS_OUTLIVE_KILL_MS = 12

const crash: DoRule = (entry, script) => {
  const broker = numberOf(entry, 'broker')
  if (broker === null) return null
  const target = brokerTarget(broker)
  const id = `e${script.index}`
  script.add({
    id: `${id}.sockets`,
    atMs: entry.atMs + SOCKETS_OUTLIVE_KILL_MS,
    order: script.index,
    text: `the sockets of broker ${broker} are closed`,
    actions: [{ do: 'crash', target }],
    beside: id,
  })
  return [{ do: 'pause', target, forUs: null }]
}

const createTopicOf: DoRule = (entry) => {
  const topic = textOf(entry, 'topic')
  const assignment = objectOf(entry, 'assignment') as Readonly<Record<string, readonly BrokerId[]>> | null
  if (topic === null || assignment === null) return null
  return [createTopic(topic, assignment, objectOf(entry, 'settings') ?? {})]
}

export const CLUSTER_ACTIONS: Readonly<Record<string, DoRule>> = {
  start: (entry, script) => {
    const broker = numberOf(entry, 'broker')
    if (broker === null) return null
    const startupMs = script.options.startup.get(script.index)
    const startupUs = startupMs === undefined ? null : msToUs(startupMs)
    return [{ do: 'start', target: brokerTarget(broker), startupUs }]
  },
  startController: (entry) => {
    const id = numberOf(entry, 'controller')
    return id === null ? null : [{ do: 'start', target: { role: 'quorum', id }, startupUs: null }]
  },
  crash,
  stop: toBroker((broker) => ({ do: 'stop', target: brokerTarget(broker) })),
  pause: toBroker((broker) => ({ do: 'pause', target: brokerTarget(broker), forUs: null })),
  resume: toBroker((broker) => ({ do: 'resume', target: brokerTarget(broker) })),
  createTopic: createTopicOf,
  wait: () => [],
  note: () => [],
}
