/** The file format of a recording: one run of a real cluster, what was done and what was seen, in time order. */
import { z } from 'zod'

const broker = z.int().describe('A broker id.')
const partition = z.string().describe('A topic partition, for example t-0.')
const ms = z.number().min(0)
const acks = z.union([z.literal('all'), z.int()]).describe('"all" is -1.')
const error = z.string().describe('The name of a Kafka error, or of one of the client itself.')
const values = z.array(z.string())
const assignment = z.record(z.string(), z.array(broker)).describe('Replicas by partition number.')
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const state = {
  leader: broker.describe('-1: nobody.'),
  leaderEpoch: z.int(),
  isr: z.array(broker).describe('In stored order.'),
  controllerEpoch: z.int().optional(),
  version: z.int().optional().describe('Of the state znode.'),
  partitionEpoch: z.int().optional().describe('KRaft.'),
  elr: z.array(broker).optional(),
  lastKnownElr: z.array(broker).optional(),
  recoveryState: z.int().optional(),
}

const stateObject = z.object(state)

const replica = z.object({
  up: z.boolean().describe('The process exists; true while it is paused.'),
  logEndOffset: z.int().nullable().default(null),
  records: z
    .array(z.tuple([z.int(), z.int(), z.union([z.string(), z.null()])]))
    .optional()
    .describe('[offset, leader epoch (-1 before 0.11), value].'),
  epochCache: z
    .array(z.tuple([z.int(), z.int()]))
    .optional()
    .describe('[epoch, start offset].'),
  highWatermarkCheckpoint: z.union([z.int(), z.null()]).optional().describe('null: no line in the file.'),
  recoveryPoint: z.union([z.int(), z.null()]).optional(),
})

const at = { atMs: ms.describe('Real milliseconds since the start of the recording.') }

const run = z.object({
  error,
  count: z.int(),
  fromMs: z.number(),
  toMs: z.number(),
  first: z.string().optional(),
  last: z.string().optional(),
})

const metadataAnswer = z.object({
  error: error.optional(),
  leader: broker.optional(),
  replicas: z.array(broker).optional(),
  isr: z.array(broker).optional(),
  brokers: z.array(broker).optional(),
  partitions: z
    .record(z.string(), z.object({ error, leader: broker, replicas: z.array(broker), isr: z.array(broker) }))
    .optional(),
})

/** One write of the registry, from its own log: exactly one of the naming fields is there. */
const registryEvent = z.object({
  ...at,
  by: z.union([broker, z.string()]).optional().describe('Who wrote it: a broker id or "admin".'),
  state: partition.optional(),
  leader: broker.optional(),
  leaderEpoch: z.int().optional(),
  isr: z.array(broker).optional(),
  controllerEpoch: z.int().optional(),
  version: z.int().optional(),
  controllerCreated: broker.optional(),
  controllerDeleted: z.boolean().optional(),
  controllerEpochSet: z.int().optional(),
  registered: broker.optional(),
  registrationChanged: broker.optional(),
  sessionEnded: broker.optional(),
  removed: z.array(z.string()).optional(),
  assignment: z.string().optional().describe('A topic.'),
  partitions: assignment.optional(),
  adding_replicas: assignment.optional(),
  removing_replicas: assignment.optional(),
  isrNotification: z.string().optional(),
  admin: z.string().optional().describe('A path under /admin.'),
  op: z.string().optional(),
})

const brokerEvent = z.object({
  event: z.string().describe('A fact of the broker, for example truncated.'),
  partition: partition.optional(),
  to: z.int().optional(),
  at: z.int().optional(),
  end: z.int().optional(),
  fromIsr: z.array(broker).optional(),
  toIsr: z.array(broker).optional(),
})

const doing = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ ...at, do: z.literal(name), ...shape })

const seeing = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ ...at, saw: z.literal(name), ...shape })

/** Everything that can be done to a cluster, by the word of the entry. */
const DONE = {
  start: doing('start', { broker }),
  startController: doing('startController', { controller: z.int() }),
  crash: doing('crash', { broker }),
  crashController: doing('crashController', { controller: z.int() }),
  stop: doing('stop', { broker }),
  pause: doing('pause', { broker }),
  resume: doing('resume', { broker }),
  pauseController: doing('pauseController', { controller: z.int() }),
  resumeController: doing('resumeController', { controller: z.int() }),
  pauseRegistry: doing('pauseRegistry', {}),
  resumeRegistry: doing('resumeRegistry', {}),
  powerLoss: doing('powerLoss', { broker, partition, keptOffsetsBelow: z.int() }),
  cutFromRegistry: doing('cutFromRegistry', { broker }),
  healToRegistry: doing('healToRegistry', { broker }),
  createTopic: doing('createTopic', { topic: z.string(), assignment, settings: settings.optional() }),
  produce: doing('produce', { broker, partition, values, acks, timeoutMs: ms }),
  produceRepeatedly: doing('produceRepeatedly', {
    label: z.string(),
    broker,
    partition,
    acks,
    everyMs: ms,
    timeoutMs: ms,
  }),
  produceLoop: doing('produceLoop', { broker, partition, batch: z.int(), everyMs: ms, acks, forMs: ms }),
  startTraffic: doing('startTraffic', { targets: z.array(z.tuple([broker, partition])), everyMs: ms, acks }),
  stopTraffic: doing('stopTraffic', { sentEach: z.number().optional() }),
  burst: doing('burst', { number: z.int(), broker, partition, records: z.int(), acks, tookMs: z.array(ms) }),
  electLeader: doing('electLeader', { kind: z.enum(['PREFERRED', 'UNCLEAN']), partitions: z.array(partition) }),
  deleteControllerNode: doing('deleteControllerNode', {}),
  reassign: doing('reassign', { partition, replicas: z.array(broker) }),
  wait: doing('wait', { ms, why: z.string().optional() }),
}

/** Everything that can be seen, by the word of the entry. */
const SEEN = {
  snapshot: seeing('snapshot', {
    label: z.string(),
    live: z.array(broker).optional(),
    brokers: z
      .record(z.string(), z.object({ state: z.string(), inControlledShutdown: z.boolean().optional() }))
      .optional()
      .describe('KRaft.'),
    controller: z
      .object({
        broker: z.union([broker, z.null()]).optional(),
        controller: z.int().optional().describe('KRaft.'),
        epoch: z.int().optional(),
      })
      .optional(),
    partitions: z.record(
      z.string(),
      z.object({ state: stateObject.nullable().default(null), replicas: z.record(z.string(), replica).default({}) }),
    ),
  }),
  state: seeing('state', { partition, ...state }),
  registryLog: seeing('registryLog', { label: z.string(), events: z.array(registryEvent) }),
  metadataLog: seeing('metadataLog', { label: z.string(), records: z.array(z.unknown()) }),
  produceResult: seeing('produceResult', {
    broker,
    error,
    baseOffset: z.int().nullable().default(null),
    tookMs: ms.default(0),
  }),
  produceRuns: seeing('produceRuns', { label: z.string(), broker, runs: z.array(run) }),
  probesToRestarted: seeing('probesToRestarted', { broker, runs: z.array(run) }),
  fetchResult: seeing('fetchResult', {
    broker,
    partition,
    error,
    fromOffset: z.int().optional(),
    highWatermark: z.int().optional(),
    values: values.optional(),
  }),
  listLatest: seeing('listLatest', {
    broker,
    partition,
    error,
    offsets: z.array(z.int()).optional(),
    requestVersion: z.int().optional(),
    offset: z.int().optional(),
    leaderEpoch: z.int().optional(),
  }),
  offsetForLeaderEpoch: seeing('offsetForLeaderEpoch', {
    broker,
    partition,
    asked: z.int(),
    error,
    endOffset: z.int().default(-1),
  }),
  metadata: seeing('metadata', {
    label: z.string().optional(),
    partition: partition.optional(),
    byBroker: z.record(z.string(), metadataAnswer),
  }),
  electResult: seeing('electResult', { result: z.string() }),
  highWatermarks: seeing('highWatermarks', {
    label: z.string().optional(),
    partition,
    byBroker: z.record(z.string(), z.int()),
  }),
  highWatermarkReached: seeing('highWatermarkReached', {
    broker,
    value: z.int(),
    afterMs: ms.default(0),
    partition: partition.optional(),
  }),
  highWatermarkLag: seeing('highWatermarkLag', {
    burst: z.int(),
    end: z.int(),
    msUntilInMemory: z.record(z.string(), z.number()),
    msUntilInFile: z.record(z.string(), z.number()).default({}),
    inMemoryRightAfter: z.record(z.string(), z.int()).default({}),
  }),
  brokerEvents: seeing('brokerEvents', { broker, label: z.string(), events: z.array(brokerEvent) }),
  logEndOffset: seeing('logEndOffset', { broker, partition, atLeast: z.int() }),
  registered: seeing('registered', { brokers: z.array(broker) }),
  stopped: seeing('stopped', { broker }),
  process: seeing('process', {
    broker,
    alive: z.boolean(),
    exitCode: z.int().nullable().default(null),
    listening: z.boolean().optional(),
    registered: z.boolean().optional(),
  }),
  processExited: seeing('processExited', { broker, code: z.int().nullable().default(null) }),
  activeController: seeing('activeController', { leader: z.int().optional(), epoch: z.int().optional() }),
  notInSync: seeing('notInSync', { broker: broker.optional(), partition: partition.optional() }),
  states: seeing('states', { label: z.string(), states: z.record(z.string(), stateObject) }),
  logs: seeing('logs', { label: z.string(), partition, replicas: z.record(z.string(), replica) }),
  batchesSent: seeing('batchesSent', { count: z.int() }),
  sentEach: seeing('sentEach', {}),
  zombieLog: seeing('zombieLog', {
    records: z.array(z.tuple([z.int(), z.int(), z.union([z.string(), z.null()])])).optional(),
  }),
  zombieResultsAfterControllerResumed: seeing('zombieResultsAfterControllerResumed', {}),
}

type Shapes<Table> = { [Name in keyof Table]: Table[Name] extends z.ZodType ? z.infer<Table[Name]> : never }
export type DoneEntry = Shapes<typeof DONE>[keyof typeof DONE]
export type SeenEntry = Shapes<typeof SEEN>[keyof typeof SEEN]
export type Done<Name extends keyof typeof DONE> = z.infer<(typeof DONE)[Name]>
export type Seen<Name extends keyof typeof SEEN> = z.infer<(typeof SEEN)[Name]>
export type RegistryEvent = z.infer<typeof registryEvent>
export type BrokerEvent = z.infer<typeof brokerEvent>
export type StateFields = z.infer<typeof stateObject>
export type ReplicaFields = z.infer<typeof replica>
export type Run = z.infer<typeof run>

/** An entry whose word, or whose form, is not known: kept, so that it can be counted by name. */
interface UnknownEntry {
  readonly atMs: number
  readonly unknown: 'do' | 'saw'
  readonly word: string
  /** What does not fit where the word is known; null: the word is not. */
  readonly misfit: string | null
}

export type Entry = DoneEntry | SeenEntry | UnknownEntry

const header = z.object({
  name: z.string().describe('The name of the story; the same in every version.'),
  kafka: z.string().describe('The exact version, for example 2.4.1.'),
  mode: z.string().optional().describe('"kraft", or absent.'),
  story: z.union([z.string(), z.array(z.string())]).optional(),
  brokers: z.int().min(1).describe('How many; their ids are 1 to n.'),
  controllers: z.union([z.int(), z.array(z.int())]).optional(),
  features: z
    .record(z.string(), z.number())
    .optional()
    .describe('KRaft: levels of the features that the cluster was formatted with.'),
  java: z.number().optional(),
  settings: settings.describe(
    "Kafka's dotted keys, the same on every broker; what is absent has that version's default.",
  ),
  settingsByBroker: z.record(z.string(), settings).optional(),
  registry: z
    .object({ tickMs: z.int().min(1) })
    .optional()
    .describe("ZooKeeper's tick."),
  topics: z.unknown().optional(),
  result: z.unknown().optional().describe('The facts that matter, for a reader.'),
})

type Header = z.infer<typeof header>

/** A recording as it is used: its entries told apart. */
export type Recording = Header & { readonly entries: readonly Entry[] }

export type Parsed =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly problems: readonly string[] }

const fileSchema = header.extend({
  entries: z.array(z.looseObject({ ...at, do: z.string().optional(), saw: z.string().optional() })),
})

const describe = (path: readonly PropertyKey[], message: string): string =>
  `${path.map(String).join('.') || 'the file'}: ${message}`

/** A field that says null says nothing, like one that is not there. */
function withoutNothing(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const fields = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNothing(field)]))
}

/**
 * Reads the plain data of a recording file. Entries in words or in a form that is not known are kept as unknown: they
 * make a recording not modelled when something was done, and are counted when something was seen.
 */
export function parseRecording(data: unknown): Parsed {
  const file = fileSchema.safeParse(data)
  if (!file.success)
    return { ok: false, problems: file.error.issues.map((issue) => describe(issue.path, issue.message)) }
  const problems: string[] = []
  const entries: Entry[] = []
  file.data.entries.forEach((raw, index) => {
    const [kind, word, table] =
      raw.do !== undefined ? (['do', raw.do, DONE] as const) : (['saw', raw.saw ?? '', SEEN] as const)
    if (raw.do === undefined && raw.saw === undefined) problems.push(`entries.${index}: neither "do" nor "saw"`)
    const schema = Object.hasOwn(table, word) ? (table as Record<string, z.ZodType>)[word] : undefined
    const entry = schema?.safeParse(raw)
    const read = entry?.success === false ? schema!.safeParse(withoutNothing(raw)) : entry
    if (read?.success === true) entries.push(read.data as Entry)
    else {
      const misfits = read?.error.issues.map((issue) => describe(issue.path, issue.message))
      entries.push({ atMs: raw.atMs, unknown: kind, word, misfit: misfits?.join('; ') ?? null })
    }
  })
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, recording: { ...file.data, entries } }
}

/** The JSON Schema of the file format, as `schema/recording.schema.json` holds it. */
export function recordingJsonSchema(): unknown {
  const entry = z.union([...Object.values(DONE), ...Object.values(SEEN)])
  const whole = header.extend({ $schema: z.string().optional(), entries: z.array(entry) })
  return {
    $id: 'recording.schema.json',
    title: 'A recording of a real Kafka cluster',
    ...z.toJSONSchema(whole, { target: 'draft-2020-12', io: 'input' }),
  }
}
