/** Every page that `explain` can show, and the lists of `list`. */
import { DISK_HOLES } from '../check/disk-holes.ts'
import type { Property } from '../check/property.ts'
import { GENERATIONS } from '../kafka/generation/table.ts'
import { assert } from '../kernel/assert.ts'
import { issuePages } from '../report/explain/issue-pages.ts'
import type { Page } from '../report/explain/page.ts'
import type { PromiseAfterCrash } from '../report/explain/pages.ts'
import {
  errorPages,
  generationPages,
  mechanismPages,
  propertyPages,
  settingPages,
  wordPages,
} from '../report/explain/pages.ts'
import { compileScenario } from '../scenario/compile.ts'
import { FACTS } from '../scenario/fact-words.ts'
import { MESSAGES } from '../scenario/message-words.ts'
import { parseScenario } from '../scenario/scenario.ts'
import { ACTIONS } from '../scenario/vocabulary/actions.ts'
import { CONDITIONS } from '../scenario/vocabulary/conditions.ts'
import { COUNTS } from '../scenario/vocabulary/counts.ts'
import { TARGETS } from '../scenario/vocabulary/targets.ts'
import type { Plan } from '../world/plan.ts'
import { toldIncidents } from './bundled.ts'

/** The plainest fault there is: the leader crashes while a producer writes. */
const CRASH = `version: 1
title: a leader crashes
kafka: '2.4'
cluster: { brokers: 3 }
topics: { orders: { replication-factor: 3 } }
clients: { p1: { produces: orders, rate: 10/s, settings: { acks: all } } }
run: 30s
steps:
  - { at: 10s, do: { crash: leader(orders-0) } }
`

/** The plan of that crash in every generation that runs, unclean election off where it can be switched off. */
function crashPlans(): Plan[] {
  const parsed = parseScenario(CRASH, 'explain')
  assert(parsed.ok, 'the scenario of the crash is one')
  return GENERATIONS.map(({ name, mechanisms }) => {
    const set = mechanisms.uncleanElectionSwitch ? { 'unclean.leader.election.enable': 'false' } : {}
    const compiled = compileScenario(parsed.scenario, { kafka: name, set })
    assert(compiled.ok, `the crash can be run under ${name}`)
    return compiled.plan
  })
}

const records = (words: Readonly<Record<string, string>>): { name: string; meaning: string }[] =>
  Object.keys(words).map((name) => ({ name, meaning: words[name]! }))

/** All pages; a term may have several (a fact and a setting of one name). */
export function allPages(): Page[] {
  const plans = crashPlans()
  const promisesOf = (property: Property): PromiseAfterCrash[] =>
    plans.map((plan) => ({ generation: plan.kafka, promised: property.promised(plan) }))
  const pages = [
    ...propertyPages(promisesOf),
    ...mechanismPages(),
    ...wordPages('action', 'action of a step', ACTIONS),
    ...wordPages('condition', 'condition a step can wait for', CONDITIONS),
    ...wordPages('target', 'whom an action means', TARGETS),
    ...wordPages('count', 'count that a scenario can bound under expect', COUNTS),
    ...errorPages(),
    ...settingPages(),
    ...generationPages(),
    ...wordPages('fact', 'fact, something a machine says happened', records(FACTS)),
    ...wordPages('message', 'message on the network', records(MESSAGES)),
    ...wordPages('hole', 'hole of Kafka through which a power loss loses records', DISK_HOLES),
  ]
  return [...pages, ...issuePages(pages, toldIncidents())]
}
