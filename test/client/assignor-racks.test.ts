import { expect, test } from 'vitest'
import type { ConsumerState } from '../../src/client/consumer/state.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

/** Two members of a group in two racks; what each has at the end, and the generation. */
function run(
  kafka: string,
  racks: readonly [string, string],
  replicas: string,
  steps = '',
): [string[], string[], number] {
  const member = (rack: string) =>
    `{ consumes: t, group: g, settings: { client.rack: ${rack}, partition.assignment.strategy: range, metadata.max.age.ms: 2000 } }`
  const parsed = parseScenario(
    `version: 1
title: racks
kafka: "${kafka}"
cluster: { brokers: [{ id: 1, rack: north }, { id: 2, rack: south }, { id: 3, rack: east }], settings: { offsets.topic.replication.factor: 1 } }
topics: { t: { replicas: ${replicas} } }
clients:
  one: ${member(racks[0])}
  two: ${member(racks[1])}
run: 30s
${steps}`,
    'racks.yaml',
  )
  const compiled = parsed.ok ? compileScenario(parsed.scenario) : parsed
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const { world } = simulate(compiled.plan, { properties: [], digest: false })
  const groupOf = (name: string) =>
    (world.nodes[`consumer-${name}`] as unknown as { state: ConsumerState }).state.volatile?.group
  const [one, two] = [groupOf('one'), groupOf('two')]
  return [[...(one?.owned ?? [])], [...(two?.owned ?? [])], one?.generation ?? -1]
}

test('members of a group get the partitions with replicas in their racks from 3.5 on (KIP-881)', () => {
  const replicas = '[[1], [2]]'
  expect(run('3.5', ['north', 'south'], replicas).slice(0, 2)).toEqual([['t-0'], ['t-1']])
  expect(run('3.5', ['south', 'north'], replicas).slice(0, 2)).toEqual([['t-1'], ['t-0']])
  const before = [run('3.3', ['north', 'south'], replicas), run('3.3', ['south', 'north'], replicas)]
  expect(before[0]).toEqual(before[1])
})

test('a leader in a rack divides anew when a replica is nowhere any more, from 3.5 on', () => {
  const steps = 'steps: [{ at: 15s, do: { crash: broker 2 } }]'
  const generation = (kafka: string, step: string) => run(kafka, ['north', 'east'], '[[3, 2], [1, 2]]', step)[2]
  expect(generation('3.5', steps) - generation('3.5', '')).toBe(1)
  expect(generation('3.3', steps)).toBe(generation('3.3', ''))
})
