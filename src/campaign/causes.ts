/**
 * The chain of events behind a break: the run is done once more, and from the events that took the witness away the
 * causes are followed back to what was done to the cluster.
 */
import type { Violation } from '../check/property.ts'
import { simulate } from '../driver/simulate.ts'
import { isCut } from '../kafka/facts.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { withoutFill } from '../kafka/records.ts'
import type { Json } from '../kernel/json.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan } from '../world/plan.ts'
import type { FactEntry, World } from '../world/world.ts'
import { inWords, sentenceOf } from './fact-sentences.ts'

export interface CauseLink {
  readonly atUs: number
  /** Index of the event. */
  readonly event: number
  readonly words: string
}

interface Traced {
  readonly index: number
  readonly atUs: number
  readonly cause: readonly number[]
  /** Number of the step that fired; null: none. */
  readonly step: number | null
  readonly facts: readonly FactEntry[]
}

/** Hops that are followed from one event; chains of timers go back to the start of the run. */
const HOPS = 400
/** Links of a chain that are told at most. */
const TOLD = 24

interface Witness {
  readonly id: string | null
  readonly partition: TopicPartition | null
  readonly offset: number | null
}

const fieldOf = (evidence: Json, key: string): Json =>
  typeof evidence === 'object' && evidence !== null && !Array.isArray(evidence)
    ? ((evidence as { readonly [key: string]: Json })[key] ?? null)
    : null

function witnessOf({ evidence, partition }: Violation): Witness {
  const id = fieldOf(evidence, 'id')
  const offset = fieldOf(evidence, 'offset')
  return { id: typeof id === 'string' ? id : null, partition, offset: typeof offset === 'number' ? offset : null }
}

/** What led to a violation, in order of time. */
export function causesOf(plan: Plan, violation: Violation): CauseLink[] {
  const traced = new Map<number, Traced>()
  const byIndex: Traced[] = []
  const onEvent = (_: World, report: StepReport): undefined => {
    const { event, facts } = report
    const entry: Traced = {
      index: byIndex.length,
      atUs: event.atUs,
      cause: event.cause,
      step: event.body.kind === 'step' || event.body.kind === 'arm' ? event.body.step : null,
      facts: [...facts],
    }
    byIndex.push(entry)
    traced.set(event.id, entry)
  }
  const { world } = simulate(plan, { digest: false, properties: [], onEvent })
  const witness = witnessOf(violation)
  const links = new Map<string, CauseLink>()
  const tell = (event: number, words: string): void => {
    const at = byIndex[event]
    links.set(`${event} ${words}`, { atUs: at?.atUs ?? 0, event, words })
  }
  tellWitness(world, witness, tell)
  const ends = decisive(world, witness, violation, byIndex)
  for (const end of ends) follow(end, traced, witness, tell)
  tellFaults(world, byIndex, ends, tell)
  const told = [...links.values()].sort((a, b) => a.event - b.event)
  return told.length <= TOLD ? told : [...told.slice(0, 4), ...told.slice(4 - TOLD)]
}

/** `powerLoss` as `power loss`. */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)

/** A record by its value, as witnesses name it. */
const nameOf = ({ ledger }: World, id: string): string => withoutFill(ledger.sent[id]?.value ?? '') || id

/** What is known of the witness itself: sent, committed, acknowledged. */
function tellWitness(
  world: World,
  { id, partition, offset }: Witness,
  tell: (event: number, words: string) => void,
): void {
  if (id === null) return
  const sent = world.ledger.sent[id]
  if (sent?.outcome === 'acked' && sent.answeredBy !== null) {
    tell(
      sent.answeredBy,
      `${sent.client} was told that ${nameOf(world, id)} is at offset ${sent.offset} of ${sent.partition}`,
    )
  }
  if (partition === null || offset === null) return
  for (const entry of world.ledger.committed[partition]?.[offset] ?? []) {
    const name = nameOf(world, entry.id)
    const own = entry.id === id ? name : `another record, ${name},`
    tell(
      entry.event,
      `${own} was committed at offset ${offset} of ${partition} by broker ${entry.broker} at epoch ${entry.leaderEpoch}, ISR [${entry.isr.join(', ')}]`,
    )
  }
}

/** Events without which it would not have come to this: cuts of the witness, elections of leaders that lack it. */
function decisive(world: World, witness: Witness, violation: Violation, byIndex: readonly Traced[]): Traced[] {
  const found = new Map<number, Traced>()
  const add = (index: number): void => {
    const entry = byIndex[index]
    if (entry !== undefined) found.set(index, entry)
  }
  const { partition, id, offset } = witness
  const committedAt =
    partition === null || offset === null ? 0 : (world.ledger.committed[partition]?.[offset]?.[0]?.event ?? 0)
  const cuts: FactEntry[] = []
  for (const entry of world.ledger.facts) {
    const { fact } = entry
    if (!isCut(fact)) continue
    if (fact.partition !== partition || !fact.removed.some((record) => record.id === id)) continue
    cuts.push(entry)
    add(entry.event)
  }
  for (const { fact, event } of world.ledger.facts) {
    if (event < committedAt || !('partition' in fact) || fact.partition !== partition) continue
    if (fact.kind === 'becameLeader' && offset !== null && fact.logEndOffset <= offset) add(event)
    const followed = cuts.some(
      ({ fact: cut }) =>
        cut.kind === 'truncated' &&
        fact.kind === 'leaderElected' &&
        cut.leader === fact.leader &&
        cut.leaderEpoch === fact.leaderEpoch,
    )
    if (followed) add(event)
  }
  if (found.size === 0) {
    add(Math.min(violation.event, byIndex.length - 1))
    const about = world.ledger.facts.filter(
      ({ fact }) => 'partition' in fact && fact.partition === partition && ABOUT[fact.kind] === true,
    )
    for (const { event } of about.slice(-3)) add(event)
  }
  return [...found.values()]
}

/** What is told of a partition when nothing tells more. */
const ABOUT: Readonly<Record<string, true>> = {
  leaderElected: true,
  truncated: true,
  powerLost: true,
  diskReplaced: true,
  recoveryCut: true,
  isrChanged: true,
  positionReset: true,
}

/** From an event back along its causes, telling what happened in each. */
function follow(
  end: Traced,
  traced: ReadonlyMap<number, Traced>,
  { partition }: Witness,
  tell: (event: number, words: string) => void,
): void {
  const seen = new Set<number>()
  const queue: Traced[] = [end]
  for (let hops = 0; hops < HOPS; hops++) {
    const entry = queue.shift()
    if (entry === undefined) return
    if (seen.has(entry.index)) continue
    seen.add(entry.index)
    for (const fact of entry.facts) {
      const about = 'partition' in fact.fact ? fact.fact.partition : null
      if (about !== null && partition !== null && about !== partition) continue
      const words = sentenceOf(fact)
      if (words !== null) tell(entry.index, words)
    }
    for (const id of entry.cause) {
      const cause = traced.get(id)
      if (cause !== undefined) queue.push(cause)
    }
  }
}

/** Faults that struck in the time of which the chain tells; a crash is no cause of the expiry that follows, its silence is. */
function tellFaults(
  world: World,
  byIndex: readonly Traced[],
  ends: readonly Traced[],
  tell: (event: number, words: string) => void,
): void {
  if (ends.length === 0) return
  const lastUs = Math.max(...ends.map(({ atUs }) => atUs))
  const told = new Set<number>()
  for (const { step, index, atUs } of byIndex) {
    if (step === null || atUs > lastUs) continue
    const { resolved, firedAtUs } = world.steps[step]!
    if (firedAtUs !== atUs || told.has(step)) continue
    told.add(step)
    const acts = world.plan.steps[step]!.actions.map((it) => (it.do === 'offer' ? 'send' : spaced(it.do)))
    const whom = resolved === '' ? '' : ` (${inWords(resolved)})`
    tell(index, `step ${step + 1}: ${acts.join(', ')}${whom}`)
  }
}
