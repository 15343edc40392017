/**
 * Properties as data: a claim about every run, when it is promised, and a check that gives evidence against it. A
 * check never throws, draws nothing and changes nothing; what must be remembered is in the world's ledger.
 */
import type { FactKind } from '../kafka/facts.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Plan } from '../world/plan.ts'
import type { FactEntry, World } from '../world/world.ts'

/** A property that did not hold, once a witness. */
export interface Violation {
  readonly property: string
  readonly statement: string
  readonly atUs: number
  /** Index of the event after which it was seen. */
  readonly event: number
  readonly partition: TopicPartition | null
  /** The evidence in plain words. */
  readonly words: string
  /** The witness: record id, value, offset, epoch, brokers, the event of the ack. */
  readonly evidence: Json
  /** KIP or JIRA that explains it; null: nothing does, or what does is no issue. */
  readonly knownHole: string | null
  /** What happened explains it, or the plan excuses it. If neither, a promise was broken. */
  readonly isExplained: boolean
}

/**
 * What one event did to the verdict on a property. `at-stake`: for the first time something happened that could have broken
 * it; until then it held for want of a test. `broke`: the first witness against it. `again`: a further one.
 */
export type VerdictChange =
  | { readonly property: string; readonly change: 'at-stake' }
  | {
      readonly property: string
      readonly change: 'broke' | 'again'
      readonly partition: TopicPartition | null
      readonly words: string
      readonly witness: Json
      /** KIP or JIRA where it is not promised; null where it is, or where no issue names the reason. */
      readonly knownHole: string | null
    }

/** One piece of evidence against a property. */
export interface Finding {
  readonly partition: TopicPartition | null
  readonly words: string
  readonly evidence: Json
  /** Names the witness: a finding of the same key is the same violation, however often it is seen. */
  readonly key: string
  /**
   * The hole that explains this very finding, told from what happened; null: what explains it is no issue of Kafka's. Left
   * out: nothing is known but what the plan says.
   */
  readonly knownHole?: string | null
}

export type Promised =
  | { readonly promised: true }
  | {
      readonly promised: false
      /** Why, in words. */
      readonly because: string
      /** KIP or JIRA of the hole; null where no issue names it. */
      readonly hole: string | null
      /** What excuses a break that nothing which happened explains; null: nothing does; left out: any hole of the plan. */
      readonly excuse?: { readonly hole: string | null } | null
    }

/** What an `always` property is given after one event. */
export interface StepView {
  /** Index of the event. */
  readonly event: number
  /** What machines said during it, in order. */
  readonly facts: readonly FactEntry[]
  /** Brokers whose machine took a step during it. */
  readonly touchedBrokers: readonly BrokerId[]
}

export interface Property {
  readonly name: string
  /**
   * `always`: judged after every event that has a fact of a kind in `on`. `finally`: at the end of the run.
   * `sometimes`: some run must reach it; what `check` returns is how.
   */
  readonly kind: 'always' | 'finally' | 'sometimes'
  /** One sentence. */
  readonly statement: string
  /** Kinds of facts without which an event cannot change the judgement; empty for `finally`. */
  readonly on: readonly FactKind[]
  readonly promised: (plan: Plan) => Promised
  readonly check: (world: World, step: StepView) => readonly Finding[] | null
}

export const PROMISED: Promised = { promised: true }

/** The hole that a finding is put down to, and whether anything explains it. */
function explanationOf(promised: Promised, { knownHole }: Finding): Pick<Violation, 'knownHole' | 'isExplained'> {
  if (knownHole !== undefined) return { knownHole, isExplained: knownHole !== null || !promised.promised }
  if (promised.promised || promised.excuse === null) return { knownHole: null, isExplained: false }
  return { knownHole: (promised.excuse ?? promised).hole, isExplained: true }
}

/** A finding of a property as the violation that is reported. */
export function violationOf(
  property: Property,
  promised: Promised,
  finding: Finding,
  world: World,
  step: StepView,
): Violation {
  return {
    property: property.name,
    statement: property.statement,
    atUs: world.nowUs,
    event: step.event,
    partition: finding.partition,
    words: finding.words,
    evidence: finding.evidence,
    ...explanationOf(promised, finding),
  }
}
