/**
 * Times become conditions: a step that waits for what it needs tells more than one that comes at 7.31 s, and happens under
 * other seeds too. A condition is kept where the failure stays under at least as many of twenty other seeds as before.
 */

import { simulate } from '../../driver/simulate.ts'
import { nodeNumber } from '../../kafka/ids.ts'
import type { ConditionForm } from '../../scenario/condition-forms.ts'
import type { ScenarioDocument, StepForm } from '../../scenario/schema.ts'
import type { FactEntry, World } from '../../world/world.ts'
import { planOf } from '../run-case.ts'
import { withSteps } from './faults.ts'
import type { Search } from './reduce.ts'

/** Seeds beside its own under which a scenario is tried. */
export const OTHER_SEEDS = 20

/** Under how many of the other seeds a document fails; gives up below `least`. -1: there are no runs left to tell. */
function robustness(search: Search, document: ScenarioDocument, least: number): number {
  let failing = 0
  for (let n = 1; n <= OTHER_SEEDS; n++) {
    if (search.left <= 0) return -1
    if (failing + (OTHER_SEEDS - n + 1) < least) return failing
    search.left -= 1
    if (search.fails({ ...document, seed: `${document.seed ?? '1'}${n}` })) failing += 1
  }
  return failing
}

/** Turns times into conditions, step by step; returns under how many other seeds the outcome fails (null: untold). */
export function timesToConditions(search: Search): number | null {
  let score = robustness(search, search.document, 0)
  if (score < 0) return null
  for (let index = 0; index < (search.document.steps?.length ?? 0); index++) {
    if (search.document.steps![index]!.at === undefined) continue
    for (const when of conditionsAt(search.document, index)) {
      const candidate = withCondition(search.document, index, when)
      if (search.left <= 0) return score
      search.left -= 1
      if (!search.fails(candidate)) continue
      const better = robustness(search, candidate, score)
      if (better < score) continue
      search.document = candidate
      score = better
      break
    }
  }
  return score
}

function withCondition(document: ScenarioDocument, index: number, when: ConditionForm): ScenarioDocument {
  const { at: _, ...step } = document.steps![index]!
  const waiting: StepForm = { when, ...step }
  return withSteps(document, [...document.steps!.slice(0, index), waiting, ...document.steps!.slice(index + 1)])
}

/** What had just come true when the step fired, the latest first. */
function conditionsAt(document: ScenarioDocument, index: number): ConditionForm[] {
  const seen = watched(document, index)
  if (seen === null) return []
  const { facts, acked } = seen
  const found: ConditionForm[] = []
  for (const entry of [...facts].reverse()) {
    const condition = conditionOf(entry, index)
    if (condition !== null && !found.some((it) => JSON.stringify(it) === JSON.stringify(condition)))
      found.push(condition)
    if (found.length >= 5) break
  }
  const [client] = Object.keys(acked).sort()
  if (client !== undefined && acked[client]! > 0) found.push({ acked: client, 'at-least': acked[client]! })
  return found
}

interface Watched {
  /** Facts between the step before and this one. */
  readonly facts: readonly FactEntry[]
  /** Acknowledged records by client when the step fired. */
  readonly acked: Readonly<Record<string, number>>
}

function watched(document: ScenarioDocument, index: number): Watched | null {
  const plan = planOf(document)
  let acked: Record<string, number> | null = null
  const onEvent = (world: World): boolean => {
    if (world.steps[index]?.state !== 'fired') return true
    acked = {}
    for (const { client, outcome } of Object.values(world.ledger.sent))
      if (outcome === 'acked') acked[client] = (acked[client] ?? 0) + 1
    return false
  }
  const { world } = simulate(plan, { digest: false, properties: [], onEvent })
  if (acked === null) return null
  const fromUs = index === 0 ? 0 : (world.steps[index - 1]?.firedAtUs ?? 0)
  return { facts: world.ledger.facts.filter(({ atUs }) => atUs >= fromUs), acked }
}

function conditionOf({ node, fact }: FactEntry, index: number): ConditionForm | null {
  const since = index === 0 ? {} : ({ since: 'previous' } as const)
  switch (fact.kind) {
    case 'becameLeader':
    case 'becameFollower':
    case 'truncated':
    case 'recovered':
      return { fact: fact.kind, by: `broker ${nodeNumber(node)}`, partition: fact.partition, ...since }
    case 'leaderElected':
      return { leader: fact.partition, is: `broker ${fact.leader}` }
    case 'isrChanged':
      return { isr: fact.partition, size: fact.toIsr.length }
    case 'replicaRemovedFromIsr':
      return { isr: fact.partition, lacks: `broker ${fact.replica}` }
    case 'registrySessionEnded':
      return fact.by.startsWith('broker-') ? { session: `broker ${nodeNumber(fact.by)}`, is: 'gone' } : null
    default:
      return null
  }
}
