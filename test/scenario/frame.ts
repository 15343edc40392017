import type { Compiled, CompileOptions, Scenario } from '../../src/scenario/compile.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { renderProblems } from '../../src/scenario/errors.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { Plan } from '../../src/world/plan.ts'

/** A scenario in which every example of the vocabulary names what exists. */
export const FRAME = `version: 1
title: A frame for one step
kafka: "2.4"
cluster:
  brokers: [{ id: 1, rack: a }, { id: 2, rack: b }, { id: 3, rack: b }, { id: 4, start-at: never }]
topics:
  orders: { replicas: [[1, 2, 3]] }
clients:
  p1: { produces: orders, rate: 50/s }
  c1: { consumes: orders }
run: 20s
`

export function read(text: string): Scenario {
  const parsed = parseScenario(text, 'a.yaml')
  if (!parsed.ok) throw new Error(renderProblems(parsed.problems, text))
  return parsed.scenario
}

export function planOf(text: string, options: CompileOptions = {}): Plan {
  const compiled: Compiled = compileScenario(read(text), options)
  if (!compiled.ok) throw new Error(renderProblems(compiled.problems, text))
  return compiled.plan
}

/** Actions of the plan for one action of a scenario, written in YAML. */
export const actionsOf = (action: string, frame = FRAME) =>
  planOf(`${frame}steps:\n  - at: 5s\n    do: ${action}\n`).steps[0]!.actions

/** The condition of the plan for one condition of a scenario, written in YAML. */
export const conditionOf = (condition: string, before = 'do: { note: a }') =>
  planOf(`${FRAME}steps:\n  - at: 1s\n    ${before}\n  - when: ${condition}\n    do: { note: b }\n`).steps[1]!.when
