/** Inputs and outputs of real classes, held against ours: exact equality, for the version named. */
import type { z } from 'zod'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../../kafka/generation/table.ts'
import { own } from '../../kernel/own.ts'
import type { Difference } from '../check.ts'
import { Comparison } from '../comparison.ts'
import { misfitOf } from '../fitting.ts'
import { runAssignors } from './assignors.ts'
import { runBatchSizes } from './batch-sizes.ts'
import { runCompactions } from './compaction.ts'
import { runEpochCaches } from './epoch-caches.ts'
import {
  assignmentCase,
  assignorCase,
  batchCase,
  compactionCase,
  epochCacheCase,
  hashCase,
  offsetPartitionCase,
  producerStateCase,
} from './forms.ts'
import { runMurmur2 } from './murmur2.ts'
import { runOffsetPartitions } from './offset-partitions.ts'
import { runProducerStates } from './producer-states.ts'
import { runAssignments } from './replica-assignments.ts'

/** A file of vectors, as far as every kind of them has it. */
export interface VectorFile {
  /** Artifact, version and class: `org.apache.kafka:kafka_2.12:2.4.1, class …`. */
  readonly source: string
  readonly note?: string
  readonly cases: readonly unknown[]
}

export const isVectorFile = (data: unknown): data is VectorFile =>
  typeof data === 'object' &&
  data !== null &&
  'cases' in data &&
  Array.isArray(data.cases) &&
  'source' in data &&
  typeof data.source === 'string'

export interface VectorReport {
  /** The file's name without its extension. */
  readonly name: string
  readonly source: string
  readonly status: 'agreed' | 'differing' | 'not-modelled'
  readonly differences: readonly Difference[]
  readonly compared: number
  readonly notModelledReason: string | null
}

/** Compares cases, or says of the first one in another form what does not fit. */
type VectorRunner = (cases: readonly unknown[], mechanisms: Mechanisms, to: Comparison) => string | null

const each =
  <Form extends z.ZodType>(
    form: Form,
    run: (given: z.infer<Form>, mechanisms: Mechanisms, to: Comparison, index: number) => void,
  ): VectorRunner =>
  (cases, mechanisms, to) => {
    for (const [index, given] of cases.entries()) {
      const read = form.safeParse(given)
      if (!read.success) return `case ${index + 1} is in another form (${misfitOf(form, given)})`
      run(read.data, mechanisms, to, index)
    }
    return null
  }

const RUNNERS: Readonly<Record<string, VectorRunner>> = {
  'leader-epoch-cache': each(epochCacheCase, runEpochCaches),
  'replica-assignment': each(assignmentCase, runAssignments),
  murmur2: each(hashCase, runMurmur2),
  'assignors-range': each(assignorCase, runAssignors('range')),
  'assignors-roundrobin': each(assignorCase, runAssignors('roundrobin')),
  'assignors-sticky': each(assignorCase, runAssignors('sticky')),
  'assignors-cooperative-sticky': each(assignorCase, runAssignors('cooperative-sticky')),
  compaction: each(compactionCase, runCompactions),
  'producer-state': each(producerStateCase, runProducerStates),
  'batch-sizes': each(batchCase, runBatchSizes),
  'offset-partition': each(offsetPartitionCase, runOffsetPartitions),
}

/** `leader-epoch-cache` for `leader-epoch-cache-0.11.0.3`, `producer-state` for `producer-state-2.4.1-part1`. */
const kindOfVectors = (name: string): string => name.replace(/-part\d+$/, '').replace(/-\d+(\.\d+)+$/, '')

/**
 * Runs one file of vectors. What is not modelled, a kind, a version or a form of cases, says so by name. `flipped`
 * puts switches of the version otherwise.
 */
export function runVectors(name: string, file: VectorFile, flipped: Partial<Mechanisms> = {}): VectorReport {
  const notModelled = (notModelledReason: string): VectorReport => ({
    name,
    source: file.source,
    status: 'not-modelled',
    differences: [],
    compared: 0,
    notModelledReason,
  })
  const kind = kindOfVectors(name)
  const runner = own(RUNNERS, kind)
  if (runner === undefined) return notModelled(`vectors of ${kind} are not modelled`)
  const release = /:(\d+(?:\.\d+)+)/.exec(file.source)?.[1]
  if (release === undefined) return notModelled(`the source names no version: ${file.source}`)
  const generation = resolveGeneration(release)
  if (!generation.ok) return notModelled(generation.message)
  const to = new Comparison()
  const misfit = runner(file.cases, { ...generation.generation.mechanisms, ...flipped }, to)
  if (misfit !== null) return notModelled(misfit)
  if (to.compared === 0) return notModelled('there is nothing to compare')
  return {
    name,
    source: file.source,
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notModelledReason: null,
  }
}
