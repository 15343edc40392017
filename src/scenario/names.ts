/** What a scenario names: read from the raw data as far as it can be read, so that one mistake does not echo. */
import { topicPartition } from '../kafka/ids.ts'
import { logDirsIn } from '../kafka/log-dirs.ts'

interface NamedTopic {
  /** null: cannot be told. */
  readonly partitions: number | null
  /** Explicit replicas by partition; null: the cluster assigns them. */
  readonly replicas: readonly (readonly number[])[] | null
  /** It exists from the start, and not by a step. */
  readonly fromStart: boolean
}

export interface Names {
  /** null: the list of brokers cannot be read, so that no broker can be called unknown. */
  readonly brokers: readonly number[] | null
  readonly racks: readonly string[] | null
  /** Log directories that some broker has. */
  readonly logDirs: readonly string[]
  readonly topics: Readonly<Record<string, NamedTopic>>
  readonly clients: Readonly<Record<string, 'producer' | 'consumer' | null>>
  /** Labels of raw requests. */
  readonly labels: readonly string[]
  /** Partitions that a step moves to other replicas. */
  readonly reassigned: readonly string[]
}

type Plain = Record<string, unknown>

const plain = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {}
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const isNumber = (value: unknown): value is number => typeof value === 'number'

function brokersOf(cluster: Plain): number[] | null {
  const { brokers } = cluster
  if (isNumber(brokers)) return brokers >= 1 && brokers <= 99 ? Array.from({ length: brokers }, (_, i) => i + 1) : null
  if (!Array.isArray(brokers) || brokers.length === 0) return null
  const ids = brokers.map((each) => plain(each).id)
  return ids.every(isNumber) ? ids : null
}

function racksOf(cluster: Plain): string[] | null {
  if (!Array.isArray(cluster.brokers)) return isNumber(cluster.brokers) ? [] : null
  const racks = cluster.brokers.map((each) => plain(each).rack).filter((rack) => typeof rack === 'string')
  return [...new Set(racks)].sort()
}

function logDirsOf(cluster: Plain): string[] {
  const forms = [cluster, ...items(cluster.brokers).map(plain)]
  const named = forms.map(({ settings }) => plain(settings)['log.dirs']).filter((each) => typeof each === 'string')
  return [...new Set(named.length > 0 ? named.flatMap(logDirsIn) : logDirsIn(undefined))]
}

function topicOf(form: Plain, fromStart: boolean): NamedTopic {
  const { replicas, partitions } = form
  const explicit =
    Array.isArray(replicas) && replicas.every((each) => Array.isArray(each) && each.every(isNumber))
      ? (replicas as number[][])
      : null
  const count = isNumber(partitions)
    ? partitions
    : partitions !== undefined
      ? null
      : replicas === undefined
        ? 1
        : (explicit?.length ?? null)
  return { partitions: count, replicas: explicit, fromStart }
}

/** Everything that has a name in the raw data of a file. */
export function namesIn(value: unknown): Names {
  const document = plain(value)
  const cluster = plain(document.cluster)
  const topics: Record<string, NamedTopic> = {}
  for (const [name, form] of Object.entries(plain(document.topics))) topics[name] = topicOf(plain(form), true)
  const clients: Record<string, 'producer' | 'consumer' | null> = {}
  for (const [name, form] of Object.entries(plain(document.clients))) {
    clients[name] = 'produces' in plain(form) ? 'producer' : 'consumes' in plain(form) ? 'consumer' : null
  }
  const labels: string[] = []
  const reassigned: string[] = []
  items(document.steps).forEach((step, stepIndex) => {
    items(plain(step).do).forEach((each, actionIndex) => {
      const action = plain(each)
      const created = action['create-topic']
      if (typeof created === 'string' && !Object.hasOwn(topics, created)) topics[created] = topicOf(action, false)
      const grown = action['add-partitions']
      if (typeof grown === 'string' && Object.hasOwn(topics, grown)) {
        const partitions = isNumber(action.total) ? action.total : null
        topics[grown] = { partitions, replicas: null, fromStart: topics[grown]?.fromStart ?? false }
      }
      if ('request' in action || 'call' in action)
        labels.push(typeof action.as === 'string' ? action.as : defaultLabel(stepIndex, actionIndex))
      reassigned.push(...Object.keys(plain(action.reassign)))
    })
  })
  const [brokers, racks, logDirs] = [brokersOf(cluster), racksOf(cluster), logDirsOf(cluster)]
  return { brokers, racks, logDirs, topics, clients, labels, reassigned }
}

/** The name of a raw request or call that the scenario gives none. */
export const defaultLabel = (step: number, action: number): string =>
  `request ${step + 1}${action === 0 ? '' : `.${action + 1}`}`

/** Every partition that is known to exist at some time. */
export const partitionsIn = (names: Names): string[] =>
  Object.entries(names.topics).flatMap(([topic, { partitions }]) =>
    Array.from({ length: Math.min(partitions ?? 0, 100) }, (_, number) => topicPartition(topic, number)),
  )
