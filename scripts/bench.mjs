// Events a second of `simulate` on leader-crash with all properties on, beside a bare heap-and-object event loop in the
// same process, and `record` beside `simulate`. Run after the build: npm run bench [-- --rounds N]
// Every figure is the median of the rounds, in CPU time of this process, so that a busy machine disturbs it less. The
// cases take turns in each round, after rounds that do not count: what runs first would pay for the compiler alone.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { record } from '../dist/driver/record.js'
import { simulate } from '../dist/driver/simulate.js'
import { EventQueue } from '../dist/kernel/queue.js'
import { compileScenario } from '../dist/scenario/compile.js'
import { parseScenario } from '../dist/scenario/scenario.js'

const at = process.argv.indexOf('--rounds')
const ROUNDS = at < 0 ? 7 : Number(process.argv[at + 1])
/** Until the engine has compiled what runs often. */
const WARM_UP = 3
const SCENARIO = 'leader-crash'

function planOf(name) {
  const file = new URL(`../scenarios/${name}.yaml`, import.meta.url)
  const parsed = parseScenario(readFileSync(file, 'utf8'), `scenarios/${name}.yaml`)
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  const compiled = compileScenario(parsed.scenario)
  if (!compiled.ok) throw new Error(compiled.problems[0].message)
  return compiled.plan
}

/** What no simulator of this kind can do without: an object an event in a record by id, and a heap that orders them. */
function bareLoop(events) {
  const queue = new EventQueue()
  const pending = {}
  let nextId = 1
  const schedule = (atUs, node) => {
    const id = nextId++
    pending[id] = { id, atUs, cause: [id - 1], body: { kind: 'timer', node } }
    queue.push({ atUs, id, place: id })
  }
  for (let node = 0; node < 64; node++) schedule(node, node)
  const state = new Array(64).fill(0)
  for (let i = 0; i < events; i++) {
    const { id } = queue.pop()
    const event = pending[id]
    delete pending[id]
    state[event.body.node] += 1
    schedule(event.atUs + 1000 + ((event.id * 7919) % 5000), event.body.node)
  }
  return state
}

/** CPU seconds of this process for one call. */
function seconds(work) {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const plan = planOf(SCENARIO)
const { events } = simulate(plan)
const BARE_EVENTS = 300_000
const cases = {
  'a bare heap and an object an event': { events: BARE_EVENTS, work: () => bareLoop(BARE_EVENTS) },
  'simulate, all properties': { events, work: () => simulate(plan) },
  'simulate, all properties, no digest': { events, work: () => simulate(plan, { digest: false }) },
  'simulate, no property, no digest': { events, work: () => simulate(plan, { properties: [], digest: false }) },
  'record, all properties': { events, work: () => record(plan) },
}
const measured = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  for (const [name, { events: count, work }] of Object.entries(cases)) {
    const rate = count / seconds(work)
    if (round >= WARM_UP) measured[name].push(rate)
  }
}
const rates = Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, median(each)]))
const [bare, full, undigested, plain, recorded] = Object.values(rates)
const say = (words, value) => console.log(`  ${words.padEnd(38)} ${value}`)
console.log(
  `${SCENARIO} (Kafka ${plan.kafka}, ${events} events), median of ${ROUNDS} rounds; Node ${process.versions.node}, ${cpus()[0].model}`,
)
for (const [name, rate] of Object.entries(rates)) say(name, `${Math.round(rate).toLocaleString('en-US')} events/s`)
say('simulate beside the bare loop', `1 : ${(bare / full).toFixed(1)}`)
say('properties beside none', `1 : ${(plain / undigested).toFixed(2)}`)
say('properties and digest beside none', `1 : ${(plain / full).toFixed(2)}`)
say('record beside simulate', `1 : ${(full / recorded).toFixed(1)}`)
