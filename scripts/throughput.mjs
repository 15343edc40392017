// Records a second by linger, batch size, requests in flight and acks, from simulated runs at 2 ms a round trip, beside
// what arithmetic says. Run after the build: npm run throughput [-- --write]   (--write: reports/throughput.md)
import { writeFileSync } from 'node:fs'
import { simulate } from '../dist/driver/simulate.js'
import { resolveSettings } from '../dist/kafka/config.js'
import { batchBytes } from '../dist/log/replica-log.js'
import { compileScenario } from '../dist/scenario/compile.js'
import { parseScenario } from '../dist/scenario/scenario.js'

const KAFKA = '2.4'
const ROUND_TRIP_MS = 2
/** A link of 1 Gbit/s. */
const LINK_BYTES = 125_000_000
const VALUE_BYTES = 100
const RECORDS = 30_000

function emptyPlan() {
  const text = `version: 1
title: Throughput
kafka: "${KAFKA}"
seed: throughput
cluster: { brokers: 3 }
network: { latency: ${ROUND_TRIP_MS / 2}ms }
topics: { t: { replicas: [[1, 2, 3]], settings: { min.insync.replicas: 2 } } }
run: 60s
`
  const parsed = parseScenario(text, 'throughput')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const compiled = compileScenario(parsed.scenario)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

const step = (id, after, when, actions) => ({
  id,
  text: id,
  atUs: after < 0 ? 5_000_000 : null,
  after: after < 0 ? null : { step: after, delayUs: 0 },
  when,
  withinUs: when === null ? null : 50_000_000,
  actions,
  source: null,
})

const sendMany = (from, to, waits) => ({
  call: 'sendMany',
  topic: 't',
  partition: 0,
  keyed: false,
  prefix: '',
  from,
  to,
  padBytes: VALUE_BYTES,
  gapUs: 0,
  waits,
})

/** So many records are in the leader's log, and their sender knows what became of them. */
const allOf = (count) => ({
  when: 'all',
  of: [
    { when: 'logEndOffset', partition: 't-0', replica: { role: 'broker', id: 1 }, value: { atLeast: count } },
    { when: 'told', client: 'p', count: { atLeast: count } },
  ],
})

/** Bytes of a batch of so many of these records in the log. */
function bytesOf(count) {
  const records = Array.from({ length: count }, (_, n) => ({
    id: '',
    key: null,
    value: `${10_000 + n}${'.'.repeat(VALUE_BYTES)}`,
    timestampMs: 0,
  }))
  return batchBytes({ baseOffset: 0, leaderEpoch: 0, records }, 1)
}

/** One run: records a second from the first send to the last result, and what the leader was given. */
function measure({ settings, chunk, records, waits, bandwidth }) {
  const base = emptyPlan()
  const client = { kind: 'producer', name: 'p', topic: 't', partition: 0, keys: { kind: 'none' }, valueBytes: 0 }
  const resolved = resolveSettings('producer', KAFKA, { retries: 0, 'delivery.timeout.ms': 50_000, ...settings })
  const steps = [
    step('start', -1, null, [
      { do: 'start', target: { role: 'client', name: 'p' }, startupUs: 0 },
      { do: 'call', client: 'p', call: { call: 'partitionsFor', topic: 't' }, label: 'known' },
    ]),
    // One record first: connecting is not measured.
    step('known', 0, { when: 'answered', label: 'known' }, [
      { do: 'call', client: 'p', call: sendMany(0, 1, false), label: 'first' },
    ]),
  ]
  for (let sent = 0; sent < records; sent += chunk) {
    const when = allOf(sent + 1)
    const call = sendMany(sent + 1, Math.min(records, sent + chunk) + 1, waits)
    steps.push(step(`s${sent}`, steps.length - 1, when, [{ do: 'call', client: 'p', call, label: `s${sent}` }]))
  }
  steps.push(step('end', steps.length - 1, allOf(records + 1), []))
  const links = bandwidth ? [{ from: 'producer-p', to: '*', latency: null, bandwidthBytesPerSecond: LINK_BYTES }] : []
  const plan = {
    ...base,
    clients: [{ ...client, settings: resolved, workload: [], bootstrap: [1, 2, 3], startedByStep: true }],
    network: { ...base.network, links: [...base.network.links, ...links] },
    steps,
    endsWithSteps: true,
    limits: { events: 5_000_000, records: 1_000_000 },
  }
  const { world, outcome } = simulate(plan, { properties: [], digest: false })
  if (outcome !== 'completed') throw new Error(`${JSON.stringify(settings)}: ${outcome}`)
  const sent = Object.values(world.ledger.sent)
  const fromUs = sent[1].sentAtUs
  const toUs = world.steps.at(-1).firedAtUs
  const leader = world.nodes['broker-1'].state.durable.logs['t-0']
  const seconds = (toUs - fromUs) / 1_000_000
  return {
    perSecond: records / seconds,
    requests: (leader.batches.length - 1) / seconds,
    batch: records / (leader.batches.length - 1),
  }
}

const whole = (number) => Math.round(number).toLocaleString('en-US').replaceAll(',', ' ')

function row(name, options) {
  const { settings } = options
  const acks = String(settings.acks)
  const { perSecond, requests, batch } = measure({ records: RECORDS, chunk: RECORDS, waits: false, ...options })
  const inFlight = settings['max.in.flight.requests.per.connection'] ?? 5
  const perBatch = Math.max(1, Math.round(batch))
  const byTrips = acks === '0' ? Number.POSITIVE_INFINITY : (inFlight * perBatch * 1000) / ROUND_TRIP_MS
  const byLink = (LINK_BYTES / bytesOf(perBatch)) * perBatch
  const trips = inFlight === 1 ? 'the round trip and ' : ''
  const atBroker = `${trips}followers: the broker takes the next request of a connection when it has answered this one`
  const limit =
    options.limit ??
    (acks === 'all' ? atBroker : null) ??
    (byLink < byTrips ? 'the link' : `requests in flight: ${inFlight} of ${whole(perBatch)} records`)
  const load = ((requests * bytesOf(perBatch)) / 1_000_000).toFixed(1)
  const cells = [name, settings['linger.ms'] ?? 0, whole(perBatch), inFlight, acks]
  return `| ${[...cells, whole(perSecond), whole(requests), load, limit].join(' | ')} |`
}

const oneByOne = { 'batch.size': 16_384, 'linger.ms': 0, 'max.in.flight.requests.per.connection': 1, acks: '1' }
const textbook = { 'batch.size': 1_000_000, 'linger.ms': 8, 'max.in.flight.requests.per.connection': 1, acks: '1' }

const rows = [
  row('each record is awaited', {
    settings: oneByOne,
    records: 2000,
    chunk: 2000,
    waits: true,
    limit: 'the round trip',
  }),
  row('each 1000 records are awaited', { settings: textbook, chunk: 1000, limit: 'linger and the round trip' }),
]
for (const acks of ['0', '1', 'all']) {
  for (const inFlight of [1, 5]) {
    for (const [size, linger] of [
      [1, 0],
      [16_384, 0],
      [131_072, 8],
    ]) {
      const settings = {
        'batch.size': size,
        'linger.ms': linger,
        'max.in.flight.requests.per.connection': inFlight,
        acks,
      }
      rows.push(row('as fast as it can', { settings, records: size === 1 ? 2000 : RECORDS, bandwidth: true }))
    }
  }
}

const report = `# Throughput of one producer

\`npm run throughput -- --write\`, Kafka ${KAFKA}, seed \`throughput\`. One producer, one partition, three replicas, ${ROUND_TRIP_MS} ms a round trip between
any two processes, records of ${VALUE_BYTES} bytes and a number. Every line is a simulated run. "As fast as it can": the application
never waits for results, over a link of 1 Gbit/s (125 MB/s).

| the application | linger.ms | records a batch | in flight | acks | records/s | batches/s at the leader | MB/s into its log | limited by |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

What the lines say:

- **One by one** a record costs a round trip: 1000 / ${ROUND_TRIP_MS} = 500 records a second, whatever the broker could do.
- **A batch of 1000** with 8 ms of linger costs 8 + ${ROUND_TRIP_MS} ms: 1000 / 10 ms = 100 000 records a second. Linger costs latency and buys
  records a request; once batches fill by themselves it costs nothing, as a full batch does not wait.
- **Then the broker is limited** by what it is not asked: at 100 000 records a second it takes 100 requests and some 11 MB a second,
  a small part of a link of 125 MB/s. What is left are the round trips that one producer has in flight: more of them, larger batches,
  or more producers and partitions raise it, until the link into the leader is full; the leader sends every byte out again to each
  follower, so with three replicas its outgoing link is full at half of what comes in at most.
- **acks=all** waits for the followers' next two fetches, one that brings the records and one that tells that they are there: two round
  trips more. Five requests in flight do not hide them: a broker takes the next request of a connection when it has answered the one
  before, so that a produce that waits for followers holds up those behind it. Larger batches, not more requests, help here.
- **acks=0** is bounded by the link alone: nobody says whether anything arrived.

Not modelled, and so not in the table: processor time of clients and brokers, and disks.
`
process.stdout.write(report)
if (process.argv.includes('--write')) writeFileSync(new URL('../reports/throughput.md', import.meta.url), report)
