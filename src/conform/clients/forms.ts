/** The forms of the entries of a recording of clients, as far as what reads them relies on it. */
import { z } from 'zod'
import { fitting, misfitOf } from '../fitting.ts'
import type { ClientsRecording } from './recording.ts'

const broker = z.int().min(0)
const count = z.int().min(0).max(1_000_000)
/** In bytes. */
const LARGEST_VALUE = 10_000_000
const names = z.array(z.string())
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
const pair = z.tuple([z.number(), z.number()])
const ofBroker = z.looseObject({ broker })
const ofMembers = z.looseObject({
  members: z
    .union([names, z.record(z.string(), z.union([names, z.record(z.string(), z.unknown())]))])
    .optional()
    .describe('Ids; ids with their partitions; with KIP-848, what else is known of them.'),
})
const callback = z.looseObject({ partitions: names })

const shownTo = z.looseObject({
  highWatermark: z.number(),
  lastStableOffset: z.number(),
  returnedUpTo: z.number(),
  aborted: z.array(z.looseObject({ pid: z.number(), firstOffset: z.number() })).optional(),
})

const DONE: Readonly<Record<string, z.ZodType>> = {
  start: ofBroker,
  stop: ofBroker,
  crash: z.looseObject({ broker: broker.optional() }),
  pause: ofBroker,
  resume: ofBroker,
  createTopic: z.looseObject({
    topic: z.string(),
    assignment: z.record(z.string(), z.array(broker).min(1)),
    settings: settings.nullish(),
  }),
  sendMany: z.looseObject({
    from: count,
    to: count,
    pad: z.int().min(0).max(LARGEST_VALUE).optional(),
    gap: z.number().min(0).optional(),
  }),
  startConsumer: z.looseObject({ settings: settings.nullish() }),
  startProducer: z.looseObject({ settings: settings.nullish() }),
}

const SEEN: Readonly<Record<string, z.ZodType>> = {
  registered: z.looseObject({ brokers: z.array(broker) }),
  state: z.looseObject({ leader: z.int(), isr: z.array(broker) }),
  result: z.looseObject({ records: z.record(z.string(), names).nullish() }),
  consumed: z.looseObject({ values: names.nullish() }),
  assigned: callback,
  revoked: callback,
  lost: callback,
  group: ofMembers,
  snapshot: ofMembers,
  members: z.looseObject({ generationAndMember: z.record(z.string(), z.array(z.unknown()).length(2)) }),
  offsetsLog: z.looseObject({
    records: z
      .array(
        z.looseObject({
          pid: z.number().optional(),
          groupMetadata: z.looseObject({ members: z.record(z.string(), names) }).optional(),
        }),
      )
      .optional(),
  }),
  offsetsLogRecords: z.looseObject({ records: z.array(z.looseObject({})) }),
  consumerGroup: z.looseObject({ members: z.record(z.string(), z.unknown()).nullish() }),
  transactionLog: z.looseObject({
    records: z.array(
      z.looseObject({
        transactionalId: z.string(),
        pid: z.number(),
        pepoch: z.number(),
        state: z.string(),
        partitions: names,
      }),
    ),
  }),
  log: z.looseObject({
    newBatches: z.array(z.looseObject({ offset: z.int(), values: names.optional() })).optional(),
    runs: z.array(z.looseObject({ values: pair, seq: pair.nullish() })).optional(),
  }),
  isolation: z.looseObject({ read_committed: shownTo, read_uncommitted: shownTo }),
  callbacks: z.looseObject({ callbacks: z.record(z.string(), z.number()) }),
  sendResults: z.looseObject({
    results: z.array(z.looseObject({ error: names.nullish(), ms: pair.nullish(), count: z.number() })),
  }),
  partitions: z.looseObject({ sequence: z.array(z.int()).nullish(), runs: z.array(pair).nullish() }),
  commitRuns: z.looseObject({ runs: z.array(z.looseObject({ toMs: z.number(), maxMs: z.number() })) }),
}

/** Internal topics by name. */
const internal = z.record(
  z.string(),
  z.looseObject({ partitions: z.int().min(1).max(1000), leader: broker, isr: z.array(broker) }),
)

interface FittingRecording {
  /** Without what was seen in another form. */
  readonly recording: ClientsRecording
  /** Words of what was seen in another form, and how often. */
  readonly misfits: Readonly<Record<string, number>>
  /** Why the recording cannot be replayed; null: it can. */
  readonly notModelled: string | null
}

/** A recording without what it saw in a form that is not known. */
export function fittingRecording(recording: ClientsRecording): FittingRecording {
  const topics = misfitOf(internal.optional(), recording.internal)
  const { entries, misfits, notModelled } = fitting(recording.entries, { done: DONE, seen: SEEN })
  const unknownTopics = topics === null ? null : `its internal topics have a form that is not known (${topics})`
  return { recording: { ...recording, entries }, misfits, notModelled: unknownTopics ?? notModelled }
}
