/** A recording of the log on disk, from its plain data to its report. */
import { simulate } from '../driver/simulate.ts'
import { type SettingValue, topicSetting } from '../kafka/config.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { Json } from '../kernel/json.ts'
import type { SegmentSettings } from '../log/segment.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import type { RecordingReport } from './compare.ts'
import { Comparison } from './comparison.ts'
import type { Recording } from './recording.ts'
import { brokerSettings } from './settings.ts'
import { type BrokerFiles, COMPARED, compareStorage } from './storage-compare.ts'
import { isDoneEntry, storagePlan } from './storage-plan.ts'
import { type StorageRecording, unknownAction } from './storage-recording.ts'

function filesOf(world: World, broker: number): BrokerFiles {
  const state = brokerState(world, broker)
  if (state === null) throw new RangeError(`there is no broker ${broker}`)
  return { ...state.durable, running: world.processes[`broker-${broker}`]?.state !== 'down' }
}

/** Settings of topics are what the recording created them with. */
function segmentSettingsOf(recording: StorageRecording, partition: string): SegmentSettings {
  const topic = partition.replace(/-\d+$/, '')
  const created = recording.entries.find(
    (entry) => isDoneEntry(entry) && entry.do === 'createTopic' && entry.topic === topic,
  ) as { readonly settings?: Readonly<Record<string, SettingValue>> } | undefined
  const broker = brokerSettings(recording as unknown as Recording, 1)
  const number = (key: string, otherwise: number): number =>
    Number(topicSetting(broker, created?.settings, key) ?? otherwise)
  return {
    segmentBytes: number('segment.bytes', Number.MAX_SAFE_INTEGER),
    segmentMs: number('segment.ms', Number.MAX_SAFE_INTEGER),
    indexIntervalBytes: number('index.interval.bytes', 4096),
    segmentIndexBytes: number('segment.index.bytes', 10_485_760),
  }
}

/** Replays a recording of the log on disk and compares the files wherever they were looked at. */
export function conformStorage(recording: StorageRecording): RecordingReport {
  const report = { name: recording.name, kafka: recording.kafka, pins: [], unknownSaw: unknownSeen(recording) }
  const none = { ...report, differences: [], compared: 0, notReached: 0 }
  const generation = resolveGeneration(recording.kafka)
  if (!generation.ok) return { ...none, status: 'not-modelled', notModelledReason: generation.message }
  const unknown = unknownAction(recording)
  if (unknown !== null) {
    return { ...none, status: 'not-modelled', notModelledReason: `the action "${unknown}" is not known in this form` }
  }

  const { plan, looks, requests } = storagePlan(recording)
  const to = new Comparison()
  let looked = 0
  let seenSteps = 0
  const look = (world: World, step: number): void => {
    const index = looks[step]
    const entry = index === undefined ? undefined : recording.entries[index]
    if (index === undefined || entry === undefined || isDoneEntry(entry)) return
    looked += 1
    const label = 'label' in entry && entry.label !== undefined ? entry.label : `${entry.saw} at ${entry.atMs} ms`
    compareStorage(
      entry,
      {
        label: 'partition' in entry ? `${entry.partition}: ${label}` : label,
        mechanisms: generation.generation.mechanisms,
        files: (broker) => filesOf(world, broker),
        settingsOf: (partition) => segmentSettingsOf(recording, partition),
        answers: answersBefore(world, recording, requests, index),
      },
      to,
    )
  }
  const result = simulate(plan, {
    properties: [],
    digest: false,
    onEvent: (world) => {
      if (world.firedSteps === seenSteps) return undefined
      for (let step = seenSteps; step < world.firedSteps; step++) look(world, step)
      seenSteps = world.firedSteps
      return undefined
    },
  })
  const missed = result.notReached
  if (missed !== null) {
    const { id } = plan.steps[missed.step]!
    to.holds(`step ${id}`, 'reached', false, 'came true', missed.words)
  }
  return {
    ...report,
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notReached: Object.keys(looks).length - looked,
    notModelledReason: null,
  }
}

/** Answers to the requests of the entries since the last look, in order. */
function answersBefore(
  world: World,
  recording: StorageRecording,
  requests: Readonly<Record<number, readonly string[]>>,
  index: number,
): Json[] {
  const labels: string[] = []
  for (let before = index - 1; before >= 0 && isDoneEntry(recording.entries[before]!); before--) {
    labels.unshift(...(requests[before] ?? []))
  }
  return labels.map((label) => world.ledger.requests[label]?.result ?? null)
}

function unknownSeen(recording: StorageRecording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || COMPARED.includes(entry.saw)) continue
    if (['registered', 'stopped', 'sessionEnded'].includes(entry.saw)) continue
    counts[entry.saw] = (counts[entry.saw] ?? 0) + 1
  }
  return counts
}
