/** A replay against its recording: what differs at each labelled point. */
import type { RunResult } from '../driver/simulate.ts'
import { formatDuration } from '../kernel/time.ts'
import type { Check, Difference, PinNote } from './check.ts'
import { compareBrokerEvents } from './compare-events.ts'
import { compareElectResult, compareKraftSnapshot, compareMetadataLog } from './compare-kraft.ts'
import { compareRegistryLog, compareStateSeen } from './compare-registry.ts'
import {
  compareFetchResult,
  compareListLatest,
  compareMetadata,
  compareOffsetForLeaderEpoch,
  compareProbes,
  compareProduceResult,
  compareProduceRuns,
} from './compare-requests.ts'
import {
  compareExitCode,
  compareHighWatermarks,
  compareLogs,
  compareProcess,
  compareSnapshot,
  compareStates,
} from './compare-snapshot.ts'
import { compareDelay, compareIsrShrink, compareSessionEnd } from './compare-times.ts'
import { Comparison } from './comparison.ts'
import type { Compiled } from './compile.ts'
import type { Recording } from './recording.ts'
import { Replay } from './replay.ts'

export interface RecordingReport {
  readonly name: string
  readonly kafka: string
  readonly status: 'agreed' | 'differing' | 'not-modelled'
  readonly differences: readonly Difference[]
  /** Fields that were held against each other. */
  readonly compared: number
  /** Points of the recording that the replay did not come to. */
  readonly notReached: number
  /** Words seen that are not known, and how often: they are not compared. */
  readonly unknownSaw: Readonly<Record<string, number>>
  readonly pins: readonly PinNote[]
  readonly notModelledReason: string | null
}

/** A recording that no plan was made of. */
export const notModelledReport = (
  { name, kafka }: Pick<Recording, 'name' | 'kafka'>,
  reason: string,
  unknownSaw: RecordingReport['unknownSaw'] = {},
): RecordingReport => ({
  name,
  kafka,
  status: 'not-modelled',
  differences: [],
  compared: 0,
  notReached: 0,
  unknownSaw,
  pins: [],
  notModelledReason: reason,
})

/** Compares a run of the compiled plan with what the recording saw. */
export function compareRun(recording: Recording, compiled: Compiled, result: RunResult): RecordingReport {
  const replay = new Replay(result, compiled.freeOrder)
  const to = new Comparison()
  let notReached = 0
  for (const check of [...compiled.checks].sort((a, b) => a.atMs - b.atMs)) {
    if (replay.firedUs(check.step) === null) notReached += 1
    else compare(check, replay, to)
  }
  const stopped = whereItStopped(compiled, result)
  if (stopped !== null) to.holds(stopped.label, stopped.field, false, stopped.recorded, stopped.ours)
  return {
    name: recording.name,
    kafka: recording.kafka,
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notReached,
    unknownSaw: compiled.unknownSaw,
    pins: compiled.pins,
    notModelledReason: null,
  }
}

/** What was waited for in vain, with the last point before it that the recording names. */
function whereItStopped(compiled: Compiled, result: RunResult): Difference | null {
  if (result.outcome === 'completed') return null
  const index = result.notReached?.step ?? null
  const step = index === null ? undefined : result.plan.steps[index]
  if (step === undefined)
    return { label: 'the whole replay', field: 'end', recorded: 'came to its end', ours: result.outcome }
  const check =
    compiled.checks.find((each) => each.step === step.id) ??
    compiled.checks.find((each) => each.step === step.id.split('.')[0])
  return {
    label: check?.label ?? step.text,
    field: `came true: ${wordsOf(step.when)}`,
    recorded: 'came true',
    ours: `not within ${formatDuration(step.withinUs ?? 0)}`,
  }
}

/** A condition in words: its own fields are plain enough. */
const wordsOf = (condition: unknown): string =>
  JSON.stringify(condition, (_, value: unknown) => (value === null ? undefined : value))
    .replace(/["{}]/g, '')
    .replace(/,/g, ', ')

type Comparers = {
  readonly [Kind in Check['kind']]: (check: Extract<Check, { kind: Kind }>, replay: Replay, to: Comparison) => void
}

const COMPARERS: Comparers = {
  snapshot: compareSnapshot,
  states: compareStates,
  logs: compareLogs,
  state: compareStateSeen,
  registryLog: compareRegistryLog,
  produceResult: compareProduceResult,
  produceRuns: compareProduceRuns,
  probes: compareProbes,
  fetchResult: compareFetchResult,
  listLatest: compareListLatest,
  offsetForLeaderEpoch: compareOffsetForLeaderEpoch,
  metadata: compareMetadata,
  highWatermarks: compareHighWatermarks,
  delay: compareDelay,
  brokerEvents: compareBrokerEvents,
  process: compareProcess,
  exitCode: compareExitCode,
  sessionEnd: compareSessionEnd,
  isrShrink: compareIsrShrink,
  kraftSnapshot: compareKraftSnapshot,
  metadataLog: compareMetadataLog,
  electResult: compareElectResult,
}

function compare(check: Check, replay: Replay, to: Comparison): void {
  const comparer = COMPARERS[check.kind] as (check: Check, replay: Replay, to: Comparison) => void
  to.request = 'request' in check ? check.request : null
  comparer(check, replay, to)
  to.request = null
}
