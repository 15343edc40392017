/** One recording of clients from its plain data to its report. */
import { simulate } from '../../driver/simulate.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { World } from '../../world/world.ts'
import type { Difference, PinNote } from '../check.ts'
import { notModelledReport, type RecordingReport } from '../compare.ts'
import { Comparison } from '../comparison.ts'
import type { CompiledClients } from './compile.ts'
import { compileClients } from './compile.ts'
import { fittingRecording } from './forms.ts'
import type { ClientsRecording } from './recording.ts'
import type { Look } from './rule.ts'
import { sawRule } from './saw.ts'

/** Hosts ran three brokers and their clients on a few processors: messages took longer there, and more were in flight. */
const SLOWNESS = [1, 4, 2]

const MOST_TRIES = 40
/** Events of all tries together: a long recording gets fewer. */
const MOST_EFFORT = 1_500_000

/**
 * Replays a recording and holds every entry that was seen against the replay at the same point. Phases of timers and
 * the order of threads are chance: while something differs other seeds are tried. The sections of a recording are
 * independent of each other, so each is judged by the seed that comes nearest to it, which is told as a pin. `flipped`
 * puts switches of the version otherwise.
 */
export function conformClients(
  recorded: ClientsRecording,
  mostTries = MOST_TRIES,
  flipped: Partial<Mechanisms> = {},
): RecordingReport {
  const { recording, misfits, notModelled } = fittingRecording(recorded)
  if (notModelled !== null) return notModelledReport(recorded, notModelled, unknownSeen(recorded))
  const first = replay(recording, 0, flipped)
  if (first.kind === 'not-modelled') return notModelledReport(recorded, first.reason, unknownSeen(recorded))
  const best = first.parts
  const tries = Math.min(mostTries, Math.floor(MOST_EFFORT / Math.max(1, first.events)))
  for (let n = 1; n < tries && best.some((part) => score(part) > 0); n++) {
    const tried = replay(recording, n, flipped)
    if (tried.kind === 'not-modelled') continue
    tried.parts.forEach((part, section) => {
      if (score(part) < score(best[section]!)) best[section] = part
    })
  }
  const differences = best.flatMap((part) => part.differences)
  return {
    name: recording.name,
    kafka: recording.kafka,
    unknownSaw: { ...unknownSeen(recording), ...misfits },
    status: differences.length === 0 ? 'agreed' : 'differing',
    differences,
    compared: best.reduce((sum, { compared }) => sum + compared, 0),
    notReached: best.reduce((sum, { notReached }) => sum + notReached, 0),
    pins: [...first.pins, ...best.flatMap((part, section) => seedPin(recording, part, section))],
    notModelledReason: null,
  }
}

/** One section of a replay. */
interface Part {
  readonly n: number
  readonly differences: readonly Difference[]
  readonly compared: number
  readonly notReached: number
}

const score = (part: Part): number => part.differences.length + 2 * part.notReached

type Replayed =
  | {
      readonly kind: 'replayed'
      readonly parts: Part[]
      readonly pins: readonly PinNote[]
      readonly events: number
    }
  | { readonly kind: 'not-modelled'; readonly reason: string }

function seedPin(recording: ClientsRecording, { n }: Part, section: number): PinNote[] {
  if (n === 0) return []
  const begins = recording.entries[sectionStarts(recording)[section]!]!
  const named = begins.saw === 'section' ? `section at ${begins.atMs} ms` : 'the beginning'
  const why = `${named}: phases of timers and the order of threads come out as recorded`
  return [{ stream: 'seed, and times slower', index: n, value: SLOWNESS[n % SLOWNESS.length]!, why }]
}

/** Index of the first entry of each section; what comes before the first is one, too. */
const sectionStarts = (recording: ClientsRecording): number[] => [
  0,
  ...recording.entries.flatMap(({ saw }, index) => (saw === 'section' && index > 0 ? [index] : [])),
]

function replay(recording: ClientsRecording, n: number, flipped: Partial<Mechanisms>): Replayed {
  const slowness = SLOWNESS[n % SLOWNESS.length]!
  const asRecorded = compileClients(recording, { seed: `conform/${n}`, slowness })
  if (!asRecorded.ok) return { kind: 'not-modelled', reason: asRecorded.notModelled }
  const mechanisms = { ...asRecorded.plan.mechanisms, ...flipped }
  const compiled = { ...asRecorded, plan: { ...asRecorded.plan, mechanisms } }
  const starts = sectionStarts(recording)
  const sectionOf = (index: number): number => starts.filter((start) => start <= index).length - 1
  const comparisons = starts.map(() => new Comparison())
  const looked = starts.map(() => 0)
  const looker = new Looker(recording, compiled, (index) => {
    looked[sectionOf(index)]! += 1
    return comparisons[sectionOf(index)]!
  })
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
    const to = comparisons[sectionOf(index)]!
    to.holds(labelOf(recording, index), 'came true', false, JSON.stringify(step.when), missed.words)
  }
  const wanted = starts.map(
    (_, section) => [...compiled.looks.values()].filter((at) => sectionOf(at) === section).length,
  )
  const parts = comparisons.map(
    ({ differences, compared }, section): Part => ({
      n,
      differences,
      compared,
      notReached: wanted[section]! - looked[section]!,
    }),
  )
  return { kind: 'replayed', parts, pins: compiled.pins, events: result.events }
}

/** Looks at the world when the step of a seen entry has fired. */
class Looker {
  #fired = 0
  readonly #seen = new Set<number>()
  readonly #memory: Look['memory'] = new Map()
  readonly #recording: ClientsRecording
  readonly #compiled: CompiledClients & { readonly ok: true }
  /** Where what is compared at an entry is gathered. */
  readonly #to: (index: number) => Comparison

  constructor(
    recording: ClientsRecording,
    compiled: CompiledClients & { readonly ok: true },
    to: (index: number) => Comparison,
  ) {
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
    const entry = this.#recording.entries[index]!
    const { script, plan } = this.#compiled
    script.index = index
    const label = labelOf(this.#recording, index)
    const look: Look = { world, entry, index, label, script, mechanisms: plan.mechanisms, memory: this.#memory }
    sawRule(entry.saw ?? '')?.compare?.(look, this.#to(index))
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
    if (saw !== undefined && sawRule(saw) === undefined) counts[saw] = (counts[saw] ?? 0) + 1
  }
  return counts
}
