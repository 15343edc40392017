/** Inputs and outputs of real classes, held against ours: exact equality, for the version named. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { murmur2, toPositive } from '../kafka/murmur2.ts'
import { assignReplicas } from '../kafka/replica-assignment.ts'
import { AssertionError } from '../kernel/assert.ts'
import type { EpochCachedLog } from '../log/epoch-cache.ts'
import {
  assignEpoch,
  endOffsetForEpoch,
  latestEpoch,
  truncateEpochsFromEnd,
  truncateEpochsFromStart,
} from '../log/epoch-cache.ts'
import { runAssignors } from './assignor-vectors.ts'
import { runBatchSizes } from './batch-size-vectors.ts'
import type { Difference } from './check.ts'
import { runCompactions } from './compaction-vectors.ts'
import { Comparison } from './comparison.ts'
import { runOffsetPartitions } from './offset-partition-vectors.ts'
import { runProducerStates } from './producer-state-vectors.ts'

/** A file of vectors, as far as every kind of them has it. */
export interface VectorFile {
  /** Artifact, version and class: `org.apache.kafka:kafka_2.12:2.4.1, class …`. */
  readonly source: string
  readonly note?: string
  readonly cases: readonly unknown[]
}

export interface VectorReport {
  /** The file's name without its extension. */
  readonly name: string
  readonly source: string
  readonly status: 'agreed' | 'differing' | 'not-modelled'
  readonly differences: readonly Difference[]
  readonly compared: number
  readonly notModelledReason: string | null
}

type VectorRunner = (cases: readonly unknown[], mechanisms: Mechanisms, to: Comparison) => void

const RUNNERS: Readonly<Record<string, VectorRunner>> = {
  'leader-epoch-cache': runEpochCaches,
  'replica-assignment': runAssignments,
  murmur2: runMurmur2,
  'assignors-range': runAssignors('range'),
  'assignors-roundrobin': runAssignors('roundrobin'),
  'assignors-sticky': runAssignors('sticky'),
  'assignors-cooperative-sticky': runAssignors('cooperative-sticky'),
  compaction: runCompactions,
  'producer-state': runProducerStates,
  'batch-sizes': (cases, _, to) => runBatchSizes(cases, to),
  'offset-partition': (cases, _, to) => runOffsetPartitions(cases, to),
}

/** `leader-epoch-cache` for `leader-epoch-cache-0.11.0.3`, `producer-state` for `producer-state-2.4.1-part1`. */
export const kindOfVectors = (name: string): string => name.replace(/-part\d+$/, '').replace(/-\d+(\.\d+)+$/, '')

/** Runs one file of vectors. A kind that is not modelled says so by name. */
export function runVectors(name: string, file: VectorFile): VectorReport {
  const report = { name, source: file.source, differences: [], compared: 0 }
  const kind = kindOfVectors(name)
  const runner = Object.hasOwn(RUNNERS, kind) ? RUNNERS[kind] : undefined
  if (runner === undefined) {
    return { ...report, status: 'not-modelled', notModelledReason: `vectors of ${kind} are not modelled` }
  }
  const release = /:(\d+(?:\.\d+)+)/.exec(file.source)?.[1] ?? ''
  const generation = resolveGeneration(release)
  if (!generation.ok) return { ...report, status: 'not-modelled', notModelledReason: generation.message }
  const to = new Comparison()
  runner(file.cases, generation.generation.mechanisms, to)
  return {
    ...report,
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notModelledReason: null,
  }
}

interface EpochStep {
  readonly op: 'leo' | 'assign' | 'endOffsetFor' | 'latestEpoch' | 'truncateFromEnd' | 'truncateFromStart'
  readonly epoch?: number
  readonly offset?: number
  readonly result?: number | null | readonly [number, number]
  readonly entries?: readonly (readonly [number, number])[]
  readonly error?: string
}

/** The log end as the cache sees it before anything says otherwise. */
const FAR_LOG_END = 1_000_000

function runEpochCaches(cases: readonly unknown[], mechanisms: Mechanisms, to: Comparison): void {
  for (const { name, steps } of cases as readonly { name: string; steps: readonly EpochStep[] }[]) {
    const log: EpochCachedLog = { epochCache: [], logStartOffset: 0, logEndOffset: FAR_LOG_END }
    steps.forEach((step, index) => {
      runEpochStep(log, step, mechanisms, `${name}, step ${index + 1}`, to)
    })
  }
}

function runEpochStep(
  log: EpochCachedLog,
  step: EpochStep,
  mechanisms: Mechanisms,
  label: string,
  to: Comparison,
): void {
  const { op, epoch = -1, offset = -1 } = step
  switch (op) {
    case 'leo':
      log.logEndOffset = offset
      return
    case 'assign': {
      const refused = refusal(() => assignEpoch(log, epoch, offset, mechanisms))
      to.equal(label, `assign ${epoch} at ${offset}: refused`, step.error !== undefined, refused)
      break
    }
    case 'endOffsetFor': {
      const end = endOffsetForEpoch(log, epoch, mechanisms)
      const ours = Array.isArray(step.result) ? [end.epoch, end.endOffset] : end.endOffset
      to.equal(label, `end of epoch ${epoch}`, step.result, ours)
      return
    }
    case 'latestEpoch':
      to.equal(label, 'latest epoch', step.result ?? -1, latestEpoch(log))
      return
    case 'truncateFromEnd':
      truncateEpochsFromEnd(log, offset)
      break
    case 'truncateFromStart':
      truncateEpochsFromStart(log, offset)
      break
  }
  if (step.entries === undefined) return
  const entries = log.epochCache.map((entry) => [entry.epoch, entry.startOffset])
  to.equal(label, `entries after ${op}`, step.entries, entries)
}

/** Whether something is refused as an input that must not be. */
function refusal(act: () => void): boolean {
  try {
    act()
    return false
  } catch (error) {
    if (error instanceof AssertionError) return true
    throw error
  }
}

interface AssignmentCase {
  readonly brokers: readonly BrokerId[]
  readonly racks?: Readonly<Record<string, string>>
  readonly partitions: number
  readonly replicationFactor: number
  readonly fixedStartIndex: number
  readonly startPartitionId: number
  readonly assignment?: Readonly<Record<string, readonly BrokerId[]>>
  readonly error?: string
}

function runAssignments(cases: readonly unknown[], _: Mechanisms, to: Comparison): void {
  ;(cases as readonly AssignmentCase[]).forEach((each, index) => {
    if (each.assignment === undefined) return
    const ours = assignReplicas({
      brokers: each.brokers,
      racks: each.racks ?? null,
      partitions: each.partitions,
      replicationFactor: each.replicationFactor,
      startIndex: each.fixedStartIndex,
      startShift: each.fixedStartIndex,
      firstPartition: Math.max(0, each.startPartitionId),
    })
    to.equal(`case ${index + 1}`, 'assignment', each.assignment, ours)
  })
}

interface HashCase {
  readonly keyHex: string
  readonly hash: number
  readonly toPositive: number
  readonly partition: Readonly<Record<string, number>>
}

function runMurmur2(cases: readonly unknown[], _: Mechanisms, to: Comparison): void {
  for (const { keyHex, hash, toPositive: positive, partition } of cases as readonly HashCase[]) {
    const bytes = (keyHex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
    const label = `key ${keyHex === '' ? '(empty)' : keyHex}`
    const ours = murmur2(bytes)
    to.equal(label, 'hash', hash, ours)
    to.equal(label, 'positive hash', positive, toPositive(ours))
    for (const count of Object.keys(partition)) {
      to.equal(label, `partition of ${count}`, partition[count], toPositive(ours) % Number(count))
    }
  }
}
