/**
 * Highwater as a library: scenarios become plans, plans become runs, runs become verdicts and reports.
 *
 * @example
 * const parsed = parseScenario(text, 'my.yaml')
 * const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka: '0.10.2', seed: '7' }) : parsed
 * if (compiled.ok) console.log(report(simulate(compiled.plan)).outcome)
 */

// --- Random plans, for fast-check
export type { FaultFamily, RandomFault, RandomPlanOptions } from './campaign/random-plan.ts'
export { FAULT_FAMILIES, planWith, randomPlan } from './campaign/random-plan.ts'
// --- Verdicts
export { longestUnavailable } from './check/availability.ts'
export { COUNT_NAMES, countOf } from './check/counts.ts'
export { PROPERTIES, propertyNamed } from './check/index.ts'
export type { DuplicatedRecord, LostRecord } from './check/loss.ts'
export { duplicatedRecords, everMissing, lostCommitted, lostRecords } from './check/loss.ts'
export type { Promised, Property, Violation } from './check/property.ts'
export type { Verdict, VerdictOutcome } from './check/verdict.ts'
export { hasFailed, judge } from './check/verdict.ts'
// --- Recordings of real clusters
export type { RecordingReport } from './conform/compare.ts'
export { compareRun } from './conform/compare.ts'
export { compileRecording } from './conform/compile.ts'
export { conform } from './conform/conform.ts'
export { parseRecording } from './conform/recording.ts'
export { applyPatches } from './driver/patches.ts'
// --- Runs
export type { RecordedEvent, Recording, RecordOptions } from './driver/record.ts'
export { record, worldAt } from './driver/record.ts'
export type { Divergence, ReplayOptions, ReplayResult } from './driver/replay.ts'
export { replay } from './driver/replay.ts'
export type { Outcome, RunResult, SimulateOptions } from './driver/simulate.ts'
export { simulate, simulateInSlices } from './driver/simulate.ts'
export type { Trace, TraceEvent, TraceFooter, TraceHeader } from './driver/trace.ts'
export { parseTrace, traceEvent, traceFooter, traceHeader } from './driver/trace.ts'
// --- Kafka's vocabulary
export type { Setting, SettingScope, Settings } from './kafka/config.ts'
export { defaultIn, resolveSettings, SETTINGS } from './kafka/config.ts'
export type { KafkaError } from './kafka/errors.ts'
export { ERRORS } from './kafka/errors.ts'
export type { Fact, FactKind } from './kafka/facts.ts'
export type { Generation } from './kafka/generation/generation.ts'
export type { Mechanisms } from './kafka/generation/mechanisms.ts'
export type { ResolvedGeneration } from './kafka/generation/table.ts'
export { GENERATIONS, generationNamed, resolveGeneration } from './kafka/generation/table.ts'
export type { BrokerId, TopicPartition } from './kafka/ids.ts'
export { formatDuration, formatTime, parseDuration } from './kernel/time.ts'
// --- Reports: a run as plain data, as JSON, as text
export type { Document } from './report/document.ts'
export type { JUnitCase } from './report/junit.ts'
export { junitXml } from './report/junit.ts'
export { runDocument } from './report/run-document.ts'
export type { RunJson } from './report/run-json.ts'
export { JSON_VERSION, runJson } from './report/run-json.ts'
export type { RunOutcome, RunView } from './report/run-view.ts'
export { report, runView } from './report/run-view.ts'
export { Timeline } from './report/timeline.ts'
export { factWords } from './report/words.ts'
// --- Scenarios: text or data to plans
export type { Compiled, CompileOptions, Scenario } from './scenario/compile.ts'
export { compileScenario } from './scenario/compile.ts'
export { renderProblems } from './scenario/errors.ts'
export { printScenario } from './scenario/print.ts'
export type { Problem } from './scenario/problem.ts'
export type { Parsed, ParseOptions } from './scenario/scenario.ts'
export { parseScenario, scenario } from './scenario/scenario.ts'
export type { ScenarioDocument, ScenarioForm } from './scenario/schema.ts'
// --- The world after (or during) a run, and the ledger of what clients were told
export type { StepReport } from './world/context.ts'
export { observe } from './world/observe.ts'
// --- Plans: what a run needs and nothing more
export type {
  Action,
  Comparison,
  Condition,
  Expectation,
  Limits,
  Pins,
  Plan,
  PlanBroker,
  PlanClient,
  PlanConsumer,
  PlanProducer,
  PlanStep,
  PlanTopic,
  Target,
  Workload,
} from './world/plan.ts'
export { controllerTruth, knownPartitions, partitionTruth } from './world/targets.ts'
export type {
  CommittedRecord,
  FactEntry,
  Ledger,
  Observation,
  PartitionTruth,
  PendingEvent,
  RegistryWriteEntry,
  RequestEntry,
  SentRecord,
  SessionEndedEntry,
  World,
} from './world/world.ts'
export { brokerState } from './world/world.ts'
