/** The forms of the entries of a recording of the log on disk, as far as what reads them relies on it. */
import { z } from 'zod'
import { type EntryForms, fitting, misfitOf } from '../fitting.ts'
import type { StorageEntry, StorageRecording } from './recording.ts'

const count = z.int().min(0).max(1_000_000)
const LARGEST_VALUE_BYTES = 10_000_000
const valueBytes = z.int().min(0).max(LARGEST_VALUE_BYTES)
/** Within a file of a segment. */
const fileBytes = z.int().min(0).max(0x7fff_ffff)
const everyMs = z.number().min(0)
const offset = z.int()
const pair = z.tuple([z.number(), z.number()])
const names = z.array(z.string())
const numbers = z.array(z.number())
const words = z.union([z.number(), z.string()])
const partition = z.string().regex(/-\d+$/, 'no topic and partition')
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional()
const ofPartition = z.looseObject({ partition })
const index = z.looseObject({ bytes: z.number(), entries: z.number() })
const found = z.looseObject({
  earliest: offset,
  logEndOffset: offset,
  segments: z.array(z.array(z.number()).length(3)),
  indexBytes: numbers,
  timeindexBytes: numbers.optional(),
  other: names,
  epochCache: z.array(pair).optional(),
})
const offsetsFile = z
  .looseObject({
    entries: names.optional(),
    intact: offset.optional(),
    others: z.record(z.string(), offset).optional(),
  })
  .nullish()
const LIKE_INTACT = 'like intact'
const fetched = z.tuple([z.number(), z.string(), z.number(), numbers])
const event = z.looseObject({ event: z.string(), base: z.number().optional() })
const layout = z.record(z.string(), names).optional()

/** Brokers of a recording are numbered from 1 on. */
function doneForms(broker: z.ZodType): EntryForms['done'] {
  const assignment = z.record(z.string(), z.array(broker).min(1))
  const ofBroker = z.looseObject({ broker })
  const ofDirectory = z.looseObject({ broker, directory: z.string() })
  const written = z.looseObject({ broker, partition: z.union([z.literal('each'), partition]) })
  return {
    start: ofBroker,
    stop: ofBroker,
    crash: ofBroker,
    pause: ofBroker,
    resume: ofBroker,
    createTopic: z.looseObject({ topic: z.string(), assignment, settings }),
    createTopics: z.looseObject({ topics: names, assignment, settings }),
    deleteTopic: z.looseObject({ topic: z.string() }),
    produceMany: written.extend({
      requests: count,
      recordsPerRequest: count,
      valueBytes,
      timestampFirst: z.number().optional(),
      timestampStep: z.number().optional(),
      everyMs: everyMs.optional(),
    }),
    produceTimestamps: written.extend({
      timestamps: numbers,
      recordsPerRequest: count.min(1).optional(),
      everyMs: everyMs.optional(),
      valueBytes,
    }),
    produceKeyed: written.extend({
      records: z.array(z.tuple([z.string().nullable(), z.string().nullable()])),
    }),
    produceLoop: written
      .extend({
        everyMs: everyMs.min(1),
        records: count.optional(),
        untilMs: z.number().optional(),
        valueBytes: valueBytes.optional(),
      })
      .refine(
        ({ records, untilMs }) => records !== undefined || untilMs !== undefined,
        'neither "records" nor "untilMs"',
      ),
    produce: written.extend({ values: names }),
    deleteRecords: ofBroker.extend({ partition, before: offset, timeoutMs: z.number().min(0) }),
    damage: z.looseObject({
      what: z.string(),
      partition: partition.optional(),
      segment: offset.optional(),
      bytes: fileBytes.optional(),
      toBytes: fileBytes.optional(),
      atPosition: fileBytes.optional(),
      inEntryOfOffset: offset.optional(),
      entry: numbers.optional(),
    }),
    fillDirectory: ofDirectory.extend({ bytesLeft: z.number().min(0) }),
    freeDirectory: ofDirectory,
  }
}

function seenForms(broker: z.ZodType): EntryForms['seen'] {
  const ofBroker = z.looseObject({ broker })
  const state = z.looseObject({ leader: z.int(), leaderEpoch: z.int(), isr: numbers, version: z.int() })
  const results = z.array(z.array(z.union([z.number(), z.string(), z.null()])))
  return {
    registered: z.looseObject({ brokers: z.array(broker) }),
    stopped: ofBroker,
    sessionEnded: ofBroker,
    process: ofBroker.extend({ up: z.boolean() }),
    brokerEvents: ofBroker.extend({ events: z.array(event.extend({ atMs: z.number().nullish() })) }),
    directory: ofPartition.extend({
      broker: broker.optional(),
      files: z.record(z.string(), z.number()).optional(),
      segments: z.array(
        z.looseObject({
          base: offset,
          bytes: z.number(),
          first: offset.optional(),
          last: offset.optional(),
          batches: z.number().optional(),
          index: index.optional(),
          timeindex: index.optional(),
        }),
      ),
      epochCache: z.array(pair).optional(),
    }),
    checkpoints: ofBroker.extend({
      files: z.looseObject({
        'replication-offset-checkpoint': offsetsFile,
        'recovery-point-offset-checkpoint': offsetsFile,
        'log-start-offset-checkpoint': offsetsFile,
      }),
    }),
    rolls: ofPartition.extend({ rolls: z.array(z.looseObject({ newSegment: offset, oldSegmentBytes: z.number() })) }),
    indexEntries: ofPartition.extend({
      segment: offset,
      index: z.array(pair).optional(),
      timeindex: z.array(pair).optional(),
    }),
    offsetsForTimes: ofPartition.extend({
      requestVersion: z.int(),
      answers: z.array(z.tuple([words, z.string(), words, offset])),
    }),
    offsetsBefore: ofPartition.extend({
      maxOffsets: count,
      segments: numbers,
      answers: z.array(z.tuple([words, z.string(), numbers])),
    }),
    produceResults: ofPartition.extend({ fields: names, results }),
    recoveryPoints: ofPartition.extend({ points: z.array(pair) }),
    fileEvents: ofBroker.extend({ events: z.array(z.tuple([z.number(), z.string(), z.string()], z.unknown())) }),
    listOffsets: ofPartition,
    logStart: z.looseObject({ fields: names, byBroker: z.record(z.string(), z.array(words)) }),
    fetchResult: ofBroker.extend({ partition, fromOffset: offset, values: names }),
    segmentContents: ofPartition.extend({
      segments: z.array(z.tuple([offset, z.number(), z.array(z.array(z.unknown()).length(3))])),
      deleteHorizons: z.array(pair).optional(),
    }),
    batchesSent: z.looseObject({ batches: z.union([results, numbers]) }),
    restartResult: z.looseObject({
      listOffsets: z.looseObject({ earliest: words, latest: words }).nullable(),
    }),
    afterRecovery: z
      .looseObject({ partitions: z.record(z.string(), z.union([z.literal(LIKE_INTACT), found])) })
      .refine(
        ({ partitions }) => !Object.values(partitions).includes(LIKE_INTACT) || typeof partitions.intact === 'object',
        'nothing is told of "intact"',
      ),
    fetches: ofPartition.extend({ results: z.array(fetched) }),
    produceThenFetchFrom25: z.looseObject({
      results: z.array(z.tuple([z.string(), z.string(), z.number(), z.string(), z.number(), numbers])),
    }),
    brokerEventsByPartition: ofBroker.extend({ likeIntact: names, events: z.record(z.string(), z.array(event)) }),
    logFile: ofBroker.extend({ partition }),
    state: state.extend({ partition }),
    states: z.looseObject({ partitions: z.record(z.string(), state) }),
    stateChanges: z.looseObject({ changes: z.array(z.array(z.unknown())) }),
    logs: z.looseObject({ partitions: z.record(z.string(), z.looseObject({})) }),
    metadata: ofBroker.extend({
      topic: z.string(),
      partitions: z.record(z.string(), z.looseObject({ replicas: numbers, isr: numbers })),
    }),
    placement: ofBroker.extend({ directoryOf: z.record(z.string(), z.string()) }),
    checkpointFile: z.looseObject({ directory: z.string() }),
    syncCalls: ofBroker.extend({
      phases: z.array(
        z.looseObject({ fromMs: z.number(), seconds: z.number(), calls: z.record(z.string(), z.number()) }),
      ),
    }),
    syncTimes: ofPartition.extend({
      broker: broker.optional(),
      calls: z.array(z.tuple([z.number(), z.string(), z.string()])),
    }),
  }
}

interface FittingStorage {
  /** Without what was seen in another form. */
  readonly recording: StorageRecording
  readonly misfits: Readonly<Record<string, number>>
  /** Why the recording cannot be replayed; null: it can. */
  readonly notModelled: string | null
}

/** A recording without what it saw in a form that is not known. */
export function fittingStorage(recording: StorageRecording): FittingStorage {
  const broker = z.int().min(1).max(recording.brokers)
  const forms = { done: doneForms(broker), seen: seenForms(broker) }
  const { entries, misfits, notModelled } = fitting<StorageEntry>(recording.entries, forms)
  const directories = misfitOf(layout, recording.layout)
  const unknownLayout = directories === null ? null : `its layout has a form that is not known (${directories})`
  return { recording: { ...recording, entries }, misfits, notModelled: unknownLayout ?? notModelled }
}
