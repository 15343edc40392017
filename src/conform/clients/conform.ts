/** One recording of clients from its plain data to its report. */
import { simulate } from '../../driver/simulate.ts'
import type { World } from '../../world/world.ts'
import type { RecordingReport } from '../compare.ts'
import { Comparison } from '../comparison.ts'
import type { CompiledClients } from './compile.ts'
import { compileClients } from './compile.ts'
import type { ClientsRecording } from './recording.ts'
import type { Look } from './rule.ts'
import { SAW_RULES } from './saw.ts'

/** Hosts ran three brokers and their clients on a few processors: messages took longer there, and more were in flight. */
const SLOWNESS = [1, 4, 2]

const MOST_TRIES = 40
/** Events of all tries together: a long recording gets fewer. */
const MOST_EFFORT = 800_000

/**
 * Replays a recording and holds every entry that was seen against the replay at the same point. Phases of timers and
 * the order of threads are chance: while something differs other seeds are tried, and the one that comes nearest is
 * told as a pin.
 */
export function conformClients(recording: ClientsRecording): RecordingReport {
  const first = replay(recording, 0)
  if (first.kind === 'not-modelled') return first.report
  let best = first
  const tries = Math.min(MOST_TRIES, Math.floor(MOST_EFFORT / Math.max(1, best.events)))
  for (let n = 1; n < tries && best.report.differences.length > 0; n++) {
    const tried = replay(recording, n)
    if (tried.kind === 'replayed' && score(tried.report) < score(best.report)) best = tried
  }
  return best.report
}

const score = (report: RecordingReport): number => report.differences.length + 2 * report.notReached

type Replayed =
  | { readonly kind: 'replayed'; readonly report: RecordingReport; readonly events: number }
  | { readonly kind: 'not-modelled'; readonly report: RecordingReport }

function replay(recording: ClientsRecording, n: number): Replayed {
  const slowness = SLOWNESS[n % SLOWNESS.length]!
  const compiled = compileClients(recording, { seed: `conform/${n}`, slowness })
  const { name, kafka } = recording
  const common = { name, kafka, unknownSaw: unknownSeen(recording) }
  if (!compiled.ok) {
    const nothing = { status: 'not-modelled' as const, differences: [], compared: 0, notReached: 0, pins: [] }
    return { kind: 'not-modelled', report: { ...common, ...nothing, notModelledReason: compiled.notModelled } }
  }
  const to = new Comparison()
  const looker = new Looker(recording, compiled, to)
  const result = simulate(compiled.plan, {
    properties: [],
    digest: false,
    onEvent: (world) => {
      looker.look(world)
      return undefined
    },
  })
  looker.look(result.world)
  const missed = result.notReached
  if (missed !== null) {
    const step = compiled.plan.steps[missed.step]!
    const index = Number(step.id.slice(1))
    to.holds(labelOf(recording, index), 'came true', false, JSON.stringify(step.when), missed.words)
  }
  const why = 'phases of timers and the order of threads come out as recorded'
  const report: RecordingReport = {
    ...common,
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notReached: compiled.looks.size - looker.looked,
    pins: [
      ...compiled.pins,
      ...(n === 0 ? [] : [{ stream: 'seed, and times slower', index: n, value: slowness, why }]),
    ],
    notModelledReason: null,
  }
  return { kind: 'replayed', report, events: result.events }
}

/** Looks at the world when the step of a seen entry has fired. */
class Looker {
  looked = 0
  #fired = 0
  readonly #seen = new Set<number>()
  readonly #memory: Look['memory'] = new Map()
  readonly #recording: ClientsRecording
  readonly #compiled: CompiledClients & { readonly ok: true }
  readonly #to: Comparison

  constructor(recording: ClientsRecording, compiled: CompiledClients & { readonly ok: true }, to: Comparison) {
    this.#recording = recording
    this.#compiled = compiled
    this.#to = to
  }

  look(world: World): void {
    if (world.firedSteps === this.#fired) return
    this.#fired = world.firedSteps
    world.steps.forEach((state, step) => {
      if (state.state !== 'fired' || this.#seen.has(step)) return
      this.#seen.add(step)
      const index = this.#compiled.looks.get(this.#compiled.plan.steps[step]!.id)
      if (index !== undefined) this.#compare(world, index)
    })
  }

  #compare(world: World, index: number): void {
    this.looked += 1
    const entry = this.#recording.entries[index]!
    const { script, plan } = this.#compiled
    script.index = index
    const label = labelOf(this.#recording, index)
    const look: Look = { world, entry, index, label, script, mechanisms: plan.mechanisms, memory: this.#memory }
    SAW_RULES[entry.saw ?? '']?.compare?.(look, this.#to)
  }
}

/** How a reader finds an entry: its label or what was seen, and of whom. */
function labelOf(recording: ClientsRecording, index: number): string {
  const entry = recording.entries[index]!
  const own = typeof entry.label === 'string' ? `${entry.saw} "${entry.label}"` : (entry.saw ?? entry.do ?? '')
  const of = [entry.client, entry.of, entry.partition].filter((each) => typeof each === 'string').join(' ')
  return `${own}${of === '' ? '' : ` ${of}`} at ${entry.atMs} ms`
}

function unknownSeen(recording: ClientsRecording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { saw } of recording.entries) {
    if (saw !== undefined && SAW_RULES[saw] === undefined) counts[saw] = (counts[saw] ?? 0) + 1
  }
  return counts
}
