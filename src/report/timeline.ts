/** The dense trace of a run: a line a transition, a column a replica. Collected while a run goes on. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { StepReport } from '../world/context.ts'
import type { Action, PlanStep } from '../world/plan.ts'
import { controllerTruth, knownPartitions, partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import type { Mark } from './words.ts'
import { factWords, markOfFact, nodeWords } from './words.ts'

/** A replica at one moment. */
export interface ReplicaCell {
  readonly broker: number
  readonly process: 'up' | 'down' | 'paused' | 'hung'
  /** L leads, F follows, - has no role, in its own belief. */
  readonly role: 'L' | 'F' | '-'
  readonly leaderEpoch: number
  readonly logEndOffset: number
  readonly highWatermark: number
  /** In the ISR that the registry stores. */
  readonly inIsr: boolean
  /** Named leader by the registry. */
  readonly named: boolean
  readonly controller: boolean
}

export interface TimelineRow {
  readonly atUs: number
  readonly event: number
  /** `step` rows come from the plan, the others from machines. */
  readonly kind: 'step' | 'fact'
  readonly mark: Mark
  /** Who did it; empty for the world. */
  readonly node: string
  readonly words: string
  readonly partition: TopicPartition | null
  readonly cells: readonly ReplicaCell[]
}

const STEP_MARK: Mark = { glyph: '>', tone: 'bad', weight: 'major' }

/** The cells of a partition now, a broker each. */
export function replicaCells(world: World, partition: TopicPartition): ReplicaCell[] {
  const truth = partitionTruth(world, partition)
  const controller = controllerTruth(world)?.broker
  return world.plan.brokers.map(({ id }) => {
    const state = brokerState(world, id)
    const view = state?.volatile?.partitions[partition]
    const process = world.processes[`broker-${id}`]?.state ?? 'down'
    return {
      broker: id,
      process: state?.volatile?.phase === 'hung' && process === 'up' ? 'hung' : process,
      role: view?.role === 'leader' ? 'L' : view?.role === 'follower' ? 'F' : '-',
      leaderEpoch: view?.leaderEpoch ?? -1,
      logEndOffset: state?.durable.logs[partition]?.logEndOffset ?? -1,
      highWatermark: view?.highWatermark ?? -1,
      inIsr: truth?.isr.includes(id) ?? false,
      named: truth?.leader === id,
      controller: controller === id,
    }
  })
}

const partitionOf = (fact: object): TopicPartition | null =>
  (fact as { readonly partition?: TopicPartition | null }).partition ?? null

/** Gathers the rows of one run. Give `onEvent` to the driver. */
export class Timeline {
  readonly rows: TimelineRow[] = []
  readonly #minor: boolean

  /** `minor` keeps what only the long form shows. */
  constructor(options: { readonly minor: boolean } = { minor: false }) {
    this.#minor = options.minor
  }

  onEvent(world: World, report: StepReport): void {
    this.#steps(world, report)
    for (const entry of report.facts) {
      const mark = markOfFact(entry.fact)
      if (mark.weight === 'quiet' || (mark.weight === 'minor' && !this.#minor)) continue
      const partition = partitionOf(entry.fact) ?? knownPartitions(world)[0] ?? null
      this.rows.push({
        atUs: entry.atUs,
        event: entry.event,
        kind: 'fact',
        mark,
        node: entry.node,
        words: factWords(entry.fact),
        partition: partitionOf(entry.fact),
        cells: partition === null ? [] : replicaCells(world, partition),
      })
    }
  }

  #steps(world: World, report: StepReport): void {
    const row = stepRow(world, report)
    if (row !== null) this.rows.push(row)
  }
}

/** The row of a step of the plan that fired in an event; null: none did. */
export function stepRow(world: World, report: StepReport): TimelineRow | null {
  const { body } = report.event
  if (body.kind !== 'step' && body.kind !== 'arm') return null
  const step = world.plan.steps[body.step]
  const state = world.steps[body.step]
  if (step === undefined || state?.firedAtUs !== report.event.atUs || state.state !== 'fired') return null
  const partition = knownPartitions(world)[0] ?? null
  return {
    atUs: report.event.atUs,
    event: world.index - 1,
    kind: 'step',
    mark: STEP_MARK,
    node: '',
    words: stepWords(step, state.resolved),
    partition: null,
    cells: partition === null ? [] : replicaCells(world, partition),
  }
}

/** What the step says of itself, what it does, and (where it does one thing) whom it meant. */
function stepWords({ text, actions }: PlanStep, resolved: string): string {
  const who = resolved
    .split(', ')
    .filter((name) => name !== '')
    .map(nodeWords)
    .join(', ')
  const notes = actions.flatMap((action) => (action.do === 'note' ? [action.text] : []))
  const verbs = new Set(actions.flatMap(verbOf))
  const meant = verbs.size === 1 && who !== '' ? ` ${who}` : ''
  const done = [...verbs].join(', ') + meant
  const said = [text.replace(/\.$/, ''), ...notes].filter((part) => part !== '').join('; ')
  if (said === '') return done
  return done === '' ? said : `${said} (${done})`
}

/** What an action is called on the timeline; marks and observations have their own words. */
function verbOf(action: Action): string[] {
  switch (action.do) {
    case 'note':
    case 'observe':
      return []
    case 'offer':
      return ['send from']
    case 'admin':
      return [spaced(action.request.admin)]
    case 'request':
      return [`${spaced(action.request.request)} request`]
    default:
      return [spaced(action.do)]
  }
}

/** `powerLoss` as `power loss`. */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
