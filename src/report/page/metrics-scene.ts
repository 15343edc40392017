/** What an operator's dashboard says of the cluster at a moment: Kafka's own gauges, and elections with was and now. */
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import type { PageRun } from './page-run.ts'
import { truthPath } from './view-state.ts'

export interface LeaderChange {
  readonly event: number
  readonly partition: TopicPartition
  /** -1: nobody. */
  readonly from: number
  readonly to: number
}

interface MetricsScene {
  readonly underReplicated: readonly TopicPartition[]
  readonly underMinIsr: readonly TopicPartition[]
  readonly offline: readonly TopicPartition[]
  /** Up to now: how often an ISR lost a member, and how often one came back. */
  readonly shrinks: number
  readonly expands: number
  /** Up to now, the last one first. */
  readonly leaderChanges: readonly LeaderChange[]
}

/** As the topic says, else as the first broker does, else 1; changes of it during the run are not in a trace. */
function minInsyncReplicas({ header }: PageRun, partition: TopicPartition): number {
  const { topic } = splitTopicPartition(partition)
  const { brokers, topics } = header.plan
  const ofTopic = topics.find(({ name }) => name === topic)?.settings['min.insync.replicas']
  return Number(ofTopic ?? brokers[0]?.settings['min.insync.replicas'] ?? 1)
}

export function metricsScene(run: PageRun, index: number): MetricsScene {
  const state = run.stateAt(index)
  const underReplicated: TopicPartition[] = []
  const underMinIsr: TopicPartition[] = []
  const offline: TopicPartition[] = []
  let shrinks = 0
  let expands = 0
  const leaderChanges: LeaderChange[] = []
  for (const partition of run.partitions) {
    const leader = state.get(truthPath(partition, 'leader')) as number | undefined
    const isr = (state.get(truthPath(partition, 'isr')) as readonly number[] | undefined) ?? []
    const replicas = (state.get(truthPath(partition, 'replicas')) as readonly number[] | undefined) ?? []
    if (leader === undefined) continue
    if (isr.length < replicas.length) underReplicated.push(partition)
    if (isr.length < minInsyncReplicas(run, partition)) underMinIsr.push(partition)
    if (leader < 0) offline.push(partition)
    const sizes = upTo(run, truthPath(partition, 'isr'), index).map((value) => (value as readonly number[]).length)
    shrinks += sizes.filter((size, i) => i > 0 && size < sizes[i - 1]!).length
    expands += sizes.filter((size, i) => i > 0 && size > sizes[i - 1]!).length
    leaderChanges.push(...changesOfLeader(run, partition, index))
  }
  leaderChanges.sort((a, b) => b.event - a.event)
  return { underReplicated, underMinIsr, offline, shrinks, expands, leaderChanges }
}

const upTo = (run: PageRun, path: string, index: number): unknown[] =>
  run
    .series(path)
    .filter(({ event, value }) => event <= index && value !== null)
    .map(({ value }) => value)

function changesOfLeader(run: PageRun, partition: TopicPartition, index: number): LeaderChange[] {
  const changes: LeaderChange[] = []
  let from: number | null = null
  for (const { event, value } of run.series(truthPath(partition, 'leader'))) {
    if (event > index) break
    const to = typeof value === 'number' ? value : -1
    if (from !== null && to !== from) changes.push({ event, partition, from, to })
    from = to
  }
  return changes
}
