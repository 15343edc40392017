/** A finished run as plain data: everything that reports of any form say about it, and no world. */

import { longestUnavailable } from '../check/availability.ts'
import { countOf } from '../check/counts.ts'
import { propertyNamed } from '../check/index.ts'
import type { LostRecord } from '../check/loss.ts'
import { lostRecords } from '../check/loss.ts'
import { premiseHeld } from '../check/premises.ts'
import type { Verdict } from '../check/verdict.ts'
import { judge } from '../check/verdict.ts'
import type { RunResult } from '../driver/simulate.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import { own } from '../kernel/own.ts'
import { formatDuration } from '../kernel/time.ts'
import type { EndedTransaction } from '../log/producer-state.ts'
import { controllerTruth, knownPartitions, partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import { clusterWords } from './cluster-words.ts'
import type { GroupView, TransactionsView } from './coordinated-view.ts'
import { groupViews, stableView, transactionsView } from './coordinated-view.ts'
import type { ReplicaCell, TimelineRow } from './timeline.ts'
import { replicaCells } from './timeline.ts'

/**
 * How a run ended. `held`: nothing broke. `expected`: what broke is what the scenario says must break. `known-hole`:
 * what broke was never promised, or may break. The others fail, but for `stopped` (at the virtual time asked for).
 */
export type RunOutcome =
  | 'held'
  | 'expected'
  | 'known-hole'
  | 'violated'
  | 'expectation-missed'
  | 'step-not-reached'
  | 'limit-reached'
  | 'stopped'
  | 'interrupted'

export interface ReplicaView extends ReplicaCell {
  readonly logStartOffset: number
  /** null: no line in the file yet. */
  readonly highWatermarkCheckpoint: number | null
}

export interface PartitionView {
  readonly partition: TopicPartition
  /** -1: nobody. */
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly controllerEpoch: number
  readonly version: number
  readonly isr: readonly BrokerId[]
  readonly replicas: readonly BrokerId[]
  /** Of the leader the registry names; -1: there is none that runs. */
  readonly highWatermark: number
  /** How far a reader of committed transactions comes, by that leader; -1: there is none that runs. */
  readonly lastStableOffset: number
  /** Aborted transactions in its log, from the first record to the marker. */
  readonly aborted: readonly EndedTransaction[]
  readonly logs: readonly ReplicaView[]
}

export interface Counted {
  readonly sent: number
  readonly acked: number
  readonly failed: number
  readonly unknown: number
  readonly lost: number
  readonly duplicated: number
  /** Records that a consumer was handed again. */
  readonly redelivered: number
  readonly everMissing: number
  readonly longestUnavailableUs: number
}

interface ProducerView {
  readonly name: string
  readonly acks: string
  readonly sent: number
  readonly acked: number
  readonly failed: number
  readonly unknown: number
  readonly lost: number
  /** Errors it was told, by name. */
  readonly errors: Readonly<Record<string, number>>
}

interface ConsumerView {
  readonly name: string
  readonly polled: number
  readonly redelivered: number
}

export interface VerdictView extends Verdict {
  /** False: the run was over before its end could be judged. */
  readonly judged: boolean
  /** Something happened that could have broken it; a property that nothing could break has held for want of a test. */
  readonly tested: boolean
}

export interface RunView {
  /** Name or file of the scenario; null for a plan that came from elsewhere. */
  readonly scenario: string | null
  readonly title: string
  readonly story: string
  /** Generation name. */
  readonly kafka: string
  /** Which generation the asked version became, one sentence; empty when nobody says. */
  readonly became: string
  readonly seed: string
  /** What was set up, in words. */
  readonly cluster: string
  readonly outcome: RunOutcome
  readonly failed: boolean
  /** The step that did not come true in time. */
  readonly notReached: {
    readonly step: number
    readonly text: string
    readonly source: string | null
    readonly words: string
  } | null
  readonly digest: string
  readonly history: string
  readonly events: number
  readonly virtualUs: number
  readonly controller: { readonly broker: BrokerId; readonly epoch: number } | null
  readonly timeline: readonly TimelineRow[]
  /** Partitions by which the timeline tells its rows apart, and the brokers that have a replica of any. */
  readonly partitions: readonly PartitionView[]
  readonly brokers: readonly BrokerId[]
  readonly counted: Counted
  readonly unavailable: { readonly client: string; readonly fromUs: number } | null
  readonly producers: readonly ProducerView[]
  readonly consumers: readonly ConsumerView[]
  readonly groups: readonly GroupView[]
  readonly transactions: TransactionsView
  readonly lost: readonly LostRecord[]
  readonly verdicts: readonly VerdictView[]
  /** The command that repeats the run; empty when there is none. */
  readonly repeat: string
}

interface RunContext {
  readonly timeline: readonly TimelineRow[]
  readonly became: string
  readonly repeat: string
}

function partitionView(world: World, partition: TopicPartition): PartitionView {
  const truth = partitionTruth(world, partition)
  const cells = replicaCells(world, partition)
  const replicas = truth?.replicas ?? []
  const leader = truth?.leader ?? -1
  return {
    partition,
    leader,
    leaderEpoch: truth?.leaderEpoch ?? -1,
    controllerEpoch: truth?.controllerEpoch ?? -1,
    version: truth?.version ?? -1,
    isr: truth?.isr ?? [],
    replicas,
    highWatermark: cells.find((cell) => cell.broker === leader && cell.role === 'L')?.highWatermark ?? -1,
    ...stableView(world, partition),
    logs: cells
      .filter((cell) => replicas.includes(cell.broker) || cell.logEndOffset >= 0)
      .map((cell) => {
        const durable = brokerState(world, cell.broker)?.durable
        return {
          ...cell,
          logStartOffset: durable?.logs[partition]?.logStartOffset ?? -1,
          highWatermarkCheckpoint: durable?.highWatermarkCheckpoint?.[partition] ?? null,
        }
      }),
  }
}

/** The name of an acks value as clients write it. */
const acksName = (acks: number): string => (acks === -1 ? 'all' : String(acks))

type Tally = { -readonly [K in keyof ProducerView]: ProducerView[K] } & { errors: Record<string, number> }

const emptyTally = (name: string, acks: string): Tally => ({
  name,
  acks,
  sent: 0,
  acked: 0,
  failed: 0,
  unknown: 0,
  lost: 0,
  errors: {},
})

function producerViews(world: World, lost: readonly LostRecord[]): ProducerView[] {
  const views: Record<string, Tally> = {}
  const lostIds = new Set<RecordIdentity>(lost.map(({ id }) => id))
  for (const client of world.plan.clients) {
    if (client.kind === 'producer') views[client.name] = emptyTally(client.name, String(client.settings.acks ?? '1'))
  }
  for (const sent of Object.values(world.ledger.sent)) {
    const view = own(views, sent.client) ?? emptyTally(sent.client, acksName(sent.acks))
    views[sent.client] = view
    view.sent += 1
    view[sent.outcome ?? 'unknown'] += 1
    if (lostIds.has(sent.id)) view.lost += 1
    if (sent.error !== null && sent.error !== 'NONE') view.errors[sent.error] = (view.errors[sent.error] ?? 0) + 1
  }
  return Object.keys(views)
    .sort()
    .map((name) => views[name]!)
}

function consumerViews(world: World): ConsumerView[] {
  const names = new Set([
    ...world.plan.clients.filter(({ kind }) => kind === 'consumer').map(({ name }) => name),
    ...Object.keys(world.ledger.polled),
  ])
  return [...names].sort().map((name) => {
    let polled = 0
    let redelivered = 0
    for (const records of Object.values(own(world.ledger.polled, name) ?? {})) {
      polled += records.length
      redelivered += records.length - new Set(records.map(({ offset, id }) => `${offset} ${id}`)).size
    }
    return { name, polled, redelivered }
  })
}

/** Counts under the names that scenarios use, times in words. */
function countInWords(verdict: Verdict, { world, plan }: RunResult): Verdict {
  const name =
    verdict.name === 'unavailableUs'
      ? 'unavailable-time'
      : verdict.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const found = countOf(world, verdict.name)
  const bounds = plan.expect.counts[verdict.name]
  if (verdict.name !== 'unavailableUs' || found === null || bounds === undefined) return { ...verdict, name }
  const { equals, atLeast, atMost } = bounds
  const wanted = [
    equals === undefined ? '' : formatDuration(equals),
    atLeast === undefined ? '' : `at least ${formatDuration(atLeast)}`,
    atMost === undefined ? '' : `at most ${formatDuration(atMost)}`,
  ]
  return {
    ...verdict,
    name,
    words: `${formatDuration(found)}, expected ${wanted.filter((part) => part !== '').join(' and ')}`,
  }
}

/** `finally` claims of a run that was cut short were never looked at, and what was awaited may still have come. */
function verdictViews(result: RunResult): VerdictView[] {
  const whole = result.outcome !== 'stopped' && result.outcome !== 'interrupted'
  return judge(result.world, result.violations, result.plan).map((judged) => {
    const property = propertyNamed(judged.name)
    const tested = !judged.held || property === undefined || premiseHeld(result.world, property)
    const verdict = { ...(judged.kind === 'count' ? countInWords(judged, result) : judged), tested }
    if (whole) return { ...verdict, judged: true }
    const open =
      verdict.outcome === 'expectation-missed' ||
      (verdict.held && (verdict.kind === 'count' || property?.kind === 'finally'))
    if (!open) return { ...verdict, judged: true }
    return { ...verdict, judged: false, fails: false, words: 'not judged: the run was over before its end' }
  })
}

function outcomeOf(result: RunResult, verdicts: readonly VerdictView[]): RunOutcome {
  if (result.outcome !== 'completed' && result.outcome !== 'stopped') return result.outcome
  const judged = verdicts.filter((verdict) => verdict.judged)
  const found = new Set(judged.map(({ outcome }) => outcome))
  if (judged.some((verdict) => verdict.fails && verdict.outcome === 'violated')) return 'violated'
  if (judged.some(({ fails }) => fails)) return 'expectation-missed'
  if (result.outcome === 'stopped') return 'stopped'
  if (found.has('expected-violation')) return 'expected'
  return found.has('known-hole') || found.has('allowed') ? 'known-hole' : 'held'
}

/** Whether a run of that outcome fails its command (exit 1). */
export const isFailure = (outcome: RunOutcome): boolean =>
  outcome === 'violated' ||
  outcome === 'expectation-missed' ||
  outcome === 'step-not-reached' ||
  outcome === 'limit-reached'

function notReachedOf(result: RunResult): RunView['notReached'] {
  if (result.notReached === null) return null
  const step = result.plan.steps[result.notReached.step]
  const text =
    step?.text === undefined || step.text === ''
      ? (step?.actions.map((action) => action.do).join(', ') ?? '')
      : step.text
  return { step: result.notReached.step + 1, text, source: step?.source ?? null, words: result.notReached.words }
}

/** Everything there is to say about a run. */
export function runView(result: RunResult, context: RunContext): RunView {
  const { world, plan } = result
  const lost = lostRecords(world)
  const verdicts = verdictViews(result)
  const outcome = outcomeOf(result, verdicts)
  const consumers = consumerViews(world)
  const longest = longestUnavailable(world)
  const partitions = knownPartitions(world).map((partition) => partitionView(world, partition))
  const count = (name: string): number => countOf(world, name) ?? 0
  return {
    scenario: plan.source,
    title: plan.title,
    story: plan.story,
    kafka: plan.kafka,
    became: context.became,
    seed: plan.seed,
    cluster: clusterWords(plan),
    outcome,
    failed: isFailure(outcome),
    notReached: notReachedOf(result),
    digest: result.digest,
    history: result.history,
    events: result.events,
    virtualUs: result.virtualUs,
    controller: controllerTruth(world),
    timeline: context.timeline,
    partitions,
    brokers: plan.brokers
      .map(({ id }) => id)
      .filter((id) => partitions.some(({ logs }) => logs.some(({ broker }) => broker === id))),
    counted: {
      sent: count('sent'),
      acked: count('acked'),
      failed: count('failed'),
      unknown: count('unknown'),
      lost: lost.length,
      duplicated: count('duplicated'),
      redelivered: consumers.reduce((sum, { redelivered }) => sum + redelivered, 0),
      everMissing: count('everMissing'),
      longestUnavailableUs: longest?.forUs ?? 0,
    },
    unavailable: longest === null ? null : { client: longest.client, fromUs: longest.fromUs },
    producers: producerViews(world, lost),
    consumers,
    groups: groupViews(world),
    transactions: transactionsView(world),
    lost,
    verdicts,
    repeat: context.repeat,
  }
}

/** Everything there is to say about a run, without a timeline: for programs. */
export const report = (result: RunResult): RunView => runView(result, { timeline: [], became: '', repeat: '' })
