/** A recording of the log on disk, from its plain data to its report. */
import { simulate } from '../../driver/simulate.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../../kafka/generation/table.ts'
import { notModelledReport, type RecordingReport } from '../compare.ts'
import { COMPARED } from './compare.ts'
import { fittingStorage } from './forms.ts'
import { StorageLooks } from './looks.ts'
import { storagePlan } from './plan.ts'
import { isDoneEntry, type StorageRecording, unknownAction } from './recording.ts'

/** Phases of a process's timers that are tried, in ms, one after another and then again with other draws. */
const PHASES_MS = [0, 50, 100, 150, 200, 250, 300, 350, 400, 450]

const MOST_TRIES = 60
/** Events of all tries together: a long recording gets fewer. */
const MOST_EFFORT = 400_000

/**
 * Replays a recording of the log on disk and compares the files wherever they were looked at. When a process opened its
 * logs is not known to the millisecond, so other phases of its timers are tried where one leaves a difference. `flipped`
 * puts switches of the version otherwise.
 */
export function conformStorage(
  recorded: StorageRecording,
  mostTries = MOST_TRIES,
  flipped: Partial<Mechanisms> = {},
): RecordingReport {
  const { recording, misfits, notModelled } = fittingStorage(recorded)
  const unknownSaw = { ...unknownSeen(recording), ...misfits }
  const generation = resolveGeneration(recording.kafka)
  if (!generation.ok) return notModelledReport(recording, generation.message, unknownSaw)
  if (notModelled !== null) return notModelledReport(recording, notModelled, unknownSaw)
  const unknown = unknownAction(recording)
  if (unknown !== null)
    return notModelledReport(recording, `the action "${unknown}" is not known in this form`, unknownSaw)
  const mechanisms = { ...generation.generation.mechanisms, ...flipped }
  let best = replayAt(recording, mechanisms, 0)
  const tries = Math.min(mostTries, Math.floor(MOST_EFFORT / Math.max(1, best.events)))
  for (let n = 1; n < tries && best.report.differences.length > 0; n++) {
    const tried = replayAt(recording, mechanisms, n)
    if (tried.report.differences.length < best.report.differences.length) best = tried
  }
  return { ...best.report, unknownSaw }
}

function replayAt(
  recording: StorageRecording,
  mechanisms: Mechanisms,
  n: number,
): { readonly report: RecordingReport; readonly events: number } {
  const phaseMs = PHASES_MS[n % PHASES_MS.length]!
  const planned = storagePlan(recording, { phaseMs, seed: `conform/${n}` })
  const plan = { ...planned.plan, mechanisms }
  const looks = new StorageLooks(recording, mechanisms, planned)
  const result = simulate(plan, {
    properties: [],
    digest: false,
    onEvent: (world, report) => {
      looks.afterEvent(world, report)
    },
  })
  looks.atEnd()
  const { to, looked } = looks
  const missed = result.notReached
  if (missed !== null) {
    const { id } = plan.steps[missed.step]!
    to.holds(`step ${id}`, 'reached', false, 'came true', missed.words)
  }
  const why = 'the order of timers and records comes out as recorded'
  const report: RecordingReport = {
    name: recording.name,
    kafka: recording.kafka,
    unknownSaw: {},
    pins: n === 0 ? [] : [{ stream: 'start-up in ms more, and seed', index: n, value: phaseMs, why }],
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notReached: Object.keys(planned.looks).length - looked,
    notModelledReason: null,
  }
  return { report, events: result.events }
}

function unknownSeen(recording: StorageRecording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || COMPARED.includes(entry.saw)) continue
    if (['registered', 'stopped', 'sessionEnded', 'brokerEvents'].includes(entry.saw)) continue
    counts[entry.saw] = (counts[entry.saw] ?? 0) + 1
  }
  return counts
}
