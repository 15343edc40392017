/** What a comparison of two runs looks at: steps, facts that matter, questions about epochs, answers to clients. */
import type { LockItem } from '../driver/lockstep.ts'
import type { Fact } from '../kafka/facts.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import { canonical } from '../kernel/fingerprint.ts'
import type { StepReport } from '../world/context.ts'
import { knownPartitions } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import type { ReplicaCell } from './timeline.ts'
import { replicaCells, stepRow } from './timeline.ts'
import type { Mark, Weight } from './words.ts'
import { factWords, markOf, nodeWords } from './words.ts'

export interface CompareRow extends LockItem {
  readonly event: number
  readonly mark: Pick<Mark, 'glyph' | 'tone'>
  readonly weight: Weight
  readonly node: string
  readonly words: string
  readonly partition: TopicPartition | null
  /** Log end and high watermark of each replica of that partition, a moment later. */
  readonly cells: readonly ReplicaCell[]
  /** What it changed, as text that two runs share when it changed the same; empty: nothing that lasts. */
  readonly effect: string
  readonly fact: Fact | null
}

/** Whoever holds the office: which broker won it differs from run to run. */
const laneOf = (node: string): string => (/^(controller|quorum)-/.test(node) ? 'controller' : node)

/** Parts of a fact that name whom it is about. */
const SUBJECTS = ['partition', 'broker', 'by', 'client', 'operationId', 'replica', 'follower', 'path'] as const

function keyOf(fact: Fact): string {
  const named = fact as Partial<Record<(typeof SUBJECTS)[number], unknown>>
  return [fact.kind, ...SUBJECTS.map((part) => named[part]).filter((part) => part !== undefined && part !== null)].join(
    ' ',
  )
}

/** What lasts of a fact: not how it came about, nor what is only counted. */
function effectOf(fact: Fact): string {
  switch (fact.kind) {
    case 'truncated':
    case 'powerLost':
    case 'diskReplaced':
    case 'recoveryCut':
      return fact.removed.length === 0 ? '' : canonical({ to: fact.to, removed: fact.removed.length })
    case 'becameLeader':
      return canonical({ end: fact.logEndOffset, isr: [...fact.isr].sort((a, b) => a - b), epoch: fact.leaderEpoch })
    case 'leaderElected':
      return canonical({ leader: fact.leader, isr: [...fact.isr].sort((a, b) => a - b), unclean: fact.unclean })
    case 'isrChanged':
      return canonical([...fact.toIsr].sort((a, b) => a - b))
    case 'clientTold':
      return canonical({ outcome: fact.outcome, error: fact.error, offset: fact.offset })
    case 'fetchOffsetReset':
    case 'positionReset':
      return canonical({ to: fact.to })
    default:
      return markOf(fact.kind).weight === 'major' ? fact.kind : ''
  }
}

function answerWords(who: string, error: string, epoch: number, end: number): string {
  if (error !== 'NONE') return `refused the end of the epoch by ${who}: ${error}`
  if (end < 0) return `told by ${who} that it does not know the epoch`
  return `told by ${who} that ${epoch < 0 ? 'it' : `epoch ${epoch}`} ends at ${end}`
}

/** Questions about the end of an epoch and what was answered, as rows of the broker that asked. */
function epochRows(
  from: string,
  to: string,
  message: KafkaMessage,
): { lane: string; key: string; words: string; partition: TopicPartition }[] {
  if (message.type === 'OffsetsForLeaderEpochRequest' && message.replicaId >= 0) {
    return Object.entries(message.partitions).map(([partition, { leaderEpoch }]) => ({
      lane: from,
      key: `asks epoch ${partition}`,
      words: `${partition}: asks ${nodeWords(to)} for the end of epoch ${leaderEpoch}`,
      partition,
    }))
  }
  if (message.type === 'OffsetsForLeaderEpochResponse' && to.startsWith('broker-')) {
    return Object.entries(message.partitions).map(([partition, { leaderEpoch, endOffset, error }]) => ({
      lane: to,
      key: `is told epoch ${partition}`,
      words: `${partition}: is ${answerWords(nodeWords(from), error, leaderEpoch, endOffset)}`,
      partition,
    }))
  }
  return []
}

/** Gathers the rows of one run. Give `onEvent` to the driver. */
export class CompareRows {
  readonly rows: CompareRow[] = []

  onEvent(world: World, report: StepReport): void {
    const cellsOf = (partition: TopicPartition | null): readonly ReplicaCell[] => {
      const about = partition ?? knownPartitions(world)[0] ?? null
      return about === null ? [] : replicaCells(world, about)
    }
    const { event } = report
    const at = { atUs: event.atUs, event: world.index - 1 }
    const step = stepRow(world, report)
    if (step !== null && (event.body.kind === 'step' || event.body.kind === 'arm')) {
      this.rows.push({
        ...at,
        key: `step ${event.body.step}`,
        lane: '',
        anchor: true,
        mark: step.mark,
        weight: 'major',
        node: '',
        words: step.words,
        partition: null,
        cells: step.cells,
        effect: '',
        fact: null,
      })
    }
    if (event.body.kind === 'deliver') {
      for (const row of epochRows(event.body.from, event.body.to, event.body.message)) {
        this.rows.push({
          ...at,
          key: row.key,
          lane: row.lane,
          anchor: false,
          mark: { glyph: '?', tone: 'info' },
          weight: 'minor',
          node: row.lane,
          words: row.words,
          partition: row.partition,
          cells: cellsOf(row.partition),
          effect: '',
          fact: null,
        })
      }
    }
    for (const { node, fact } of report.facts) {
      const { glyph, tone, weight } = markOf(fact.kind)
      const isAnswer = fact.kind === 'clientTold'
      if (weight === 'quiet' && !isAnswer) continue
      const partition = (fact as { readonly partition?: TopicPartition | null }).partition ?? null
      this.rows.push({
        ...at,
        key: keyOf(fact),
        lane: isAnswer ? '' : laneOf(node),
        anchor: isAnswer,
        mark: { glyph, tone },
        weight,
        node,
        words: isAnswer ? `${fact.operationId} ${factWords(fact)}` : factWords(fact),
        partition,
        // Thousands of answers need no picture of the replicas.
        cells: isAnswer ? [] : cellsOf(partition),
        effect: effectOf(fact),
        fact,
      })
    }
  }
}

/** The cell of the replica on a node; null for nodes that have none. */
export const cellOf = (row: CompareRow, node: string): ReplicaCell | null =>
  node.startsWith('broker-') ? (row.cells.find(({ broker }) => broker === nodeNumber(node)) ?? null) : null
