import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

/** A reader that is killed at 5 s and is there again so much later. */
function readerBackAfter(startup: string) {
  const text = `
version: 1
title: A reader that is killed and started
kafka: "2.4"
cluster: { brokers: 1 }
topics: { t: { replicas: [[1]] } }
clients:
  shop: { produces: t, rate: 20/s, settings: { acks: all } }
  reader: { consumes: t, settings: { auto.offset.reset: earliest } }
run: 9s
settle: 0s
steps:
  - at: 5s
    do: [{ crash: client reader }, { start: client reader, startup: ${startup} }]
`
  const parsed = parseScenario(text, 'reborn.yaml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const compiled = compileScenario(parsed.scenario)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const { world } = simulate(compiled.plan, { properties: [] })
  return world.ledger.polled.reader!['t-0']!.filter(({ atUs }) => atUs > 5_000_000).map(({ atUs }) => atUs / 1e6)
}

test('a process that is started in the instant of its end does not send on the connections of the life before', () => {
  const [first] = readerBackAfter('0ms')
  expect(first).toBeLessThan(6)
})

test('nor does one that comes back later', () => {
  const [first] = readerBackAfter('300ms')
  expect(first).toBeLessThan(6.5)
})
