/** The anomalies as properties: what clients see, and when it is promised. */
import type { RemovedRecord } from '../../kafka/facts/log.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { Plan } from '../../world/plan.ts'
import type { World } from '../../world/world.ts'
import { type Cuts, cutsOf } from '../cuts.ts'
import { findRecord } from '../logs.ts'
import { judgedLog, type LostRecord, lastNamedLeader, lostRecords } from '../loss.ts'
import { replacedHole } from '../loss-holes.ts'
import { holeOfLost } from '../lost-for.ts'
import { keepsOrder } from '../producers-in-order.ts'
import type { Hole } from '../promises.ts'
import {
  cleanupHoles,
  compactionHoles,
  isDisturbed,
  lossHoles,
  settlesHealed,
  unlessHoles,
  unlessToldHoles,
} from '../promises.ts'
import type { Finding, Promised, Property, StepView } from '../property.ts'
import { PROMISED } from '../property.ts'
import { STRANDED_HOLE } from '../stranded.ts'
import { heldBackFrom } from '../transactions/held-back.ts'
import { lateMessageHoles } from '../transactions/holes.ts'
import type { Anomaly } from './anomalies.ts'
import {
  abortedReads,
  duplicates,
  inconsistentOffsets,
  lostWrites,
  nonmonotonicPolls,
  nonmonotonicSends,
  pollSkips,
  unseenWrites,
} from './anomalies.ts'
import { type ClientHistory, historyOf } from './history.ts'
import { consumersOf, isReadCommitted, isStillRead, isStranded, slowPollLoops } from './readers.ts'
import { abortedTransactionReads, informationCycles, intermediateReads, writeCycles } from './transaction-anomalies.ts'

/** The hole of an anomaly as the run tells it; null: it is no issue of Kafka's; undefined: the run does not tell. */
type HoleOf = (anomaly: Anomaly) => string | null | undefined

const HISTORIES = new WeakMap<StepView, { readonly world: World; readonly history: ClientHistory }>()

/** The history of a run as one look at it sees it: at the end a dozen properties are judged in one look. */
function historySeen(world: World, step: StepView): ClientHistory {
  let seen = HISTORIES.get(step)
  if (seen?.world !== world) {
    seen = { world, history: historyOf(world) }
    HISTORIES.set(step, seen)
  }
  return seen.history
}

function property(
  name: string,
  statement: string,
  promised: (plan: Plan) => Promised,
  judge: (history: ClientHistory, world: World) => readonly Anomaly[],
  holesOf: (world: World) => HoleOf = () => () => undefined,
): Property {
  return {
    name,
    kind: 'finally',
    statement,
    on: [],
    promised,
    check: (world, step) => {
      const holeOf = holesOf(world)
      const found = judge(historySeen(world, step), world).map((anomaly): Finding => {
        const { partition, id, offset, words } = anomaly
        const knownHole = holeOf(anomaly)
        return {
          partition,
          words,
          evidence: { id, offset, value: world.ledger.sent[id]?.value ?? null },
          key: `${partition} ${offset} ${id}`,
          ...(knownHole === undefined ? {} : { knownHole }),
        }
      })
      return found.length === 0 ? null : found
    },
  }
}

/**
 * Where a record went that nobody was handed: lost, or taken by a cleaner or by retention before anybody came to it. Or it
 * came to stand where readers had been handed another one, which is lost.
 */
function whereRecordsWent(world: World): HoleOf {
  let lost: ReadonlyMap<string, LostRecord> | null = null
  let cuts: Cuts | null = null
  return ({ partition, id, offset }) => {
    lost ??= new Map(lostRecords(world).map((record) => [record.id, record]))
    const record = lost.get(id)
    if (record !== undefined) return record.toldHole
    const last = judgedLog(world, partition)
    if (last === null) return undefined
    if (findRecord(last.log, id) === null) return null
    const ids = (world.ledger.committed[partition]?.[offset] ?? []).map((entry) => entry.id)
    if (ids.length < 2) return undefined
    cuts ??= cutsOf(world)
    return replacedHole(world, cuts, { partition, offset, ids, lastLeader: last.broker })
  }
}

/** Why several records were seen at one offset: all but one of them are lost. */
function whatWasReplaced(world: World): HoleOf {
  let cuts: Cuts | null = null
  return ({ partition, offset, id, ids = [id] }) => {
    const lastLeader = lastNamedLeader(world, partition)
    if (lastLeader === null) return undefined
    cuts ??= cutsOf(world)
    return replacedHole(world, cuts, { partition, offset, ids, lastLeader })
  }
}

/** A record that is lost is read by nobody, and another one comes to stand in its place. */
const whereNothingIsLost = (plan: Plan): Promised => unlessToldHoles(lossHoles(plan))

/** A consumer that begins, or goes on, at the end passes records over by its own wish. */
function readFromTheStart(plan: Plan): Hole[] {
  const all = consumersOf(plan).every(({ settings }) => settings['auto.offset.reset'] === 'earliest')
  return all ? [] : [{ because: 'a consumer resets its position to the end', hole: null }]
}

/** A retry may stand behind a later record, or beside itself, unless the broker knows it again. */
function retryHoles(plan: Plan): Hole[] {
  const because = isDisturbed(plan)
    ? 'a record that is sent again may be appended again, and behind later ones'
    : 'a producer sends again what a follower is only late with'
  return isDisturbed(plan) || isImpatient(plan) ? [{ because, hole: null, isTold: true }] : []
}

/** Clients that sent something again, each with the partition. */
function sentAgain({ ledger }: World): ReadonlySet<string> {
  const again = new Set<string>()
  for (const { fact } of ledger.facts) {
    if (fact.kind === 'clientRetried') again.add(`${fact.client} ${fact.partition}`)
  }
  return again
}

/**
 * Why a record stands behind one that was sent later: one of the two is gone from where it was written, or their
 * producer sent something again, and nothing kept it from coming behind what was in flight.
 */
function whatOvertook(world: World): HoleOf {
  const again = sentAgain(world)
  const ordered = world.plan.clients.flatMap((it) => (it.kind === 'producer' && keepsOrder(it) ? [it.name] : []))
  let cuts: Cuts | null = null
  return ({ id, ids = [id], partition }) => {
    cuts ??= cutsOf(world)
    const gone = holeOfLost(world, cuts, partition, (record) => ids.includes(record.id))
    if (gone !== undefined) return gone
    const committed = world.ledger.committed[partition]
    const isUncommitted = (each: string, offset: number): boolean =>
      committed?.[offset]?.some((entry) => entry.id === each) !== true
    // Acknowledged by a leader alone that never came to commit it: nobody had promised to keep it.
    const isUnpromised = (each: string): boolean => {
      const { acks, offset } = world.ledger.sent[each] ?? { acks: -1, offset: -1 }
      return acks !== -1 && isUncommitted(each, offset)
    }
    if (ids.some(isUnpromised)) return null
    const cutUncommitted = (removed: readonly RemovedRecord[]): boolean =>
      removed.some((record) => ids.includes(record.id) && isUncommitted(record.id, record.offset))
    if ((cuts.ofPartition.get(partition) ?? []).some(({ removed }) => cutUncommitted(removed))) return null
    const client = world.ledger.sent[id]?.client ?? ''
    return again.has(`${client} ${partition}`) && !ordered.includes(client) ? null : undefined
  }
}

/** Whoever sent nothing again has no record twice. What an idempotent producer sends again is judged by its logs. */
function whoSentAgain(world: World): HoleOf {
  const { plan, ledger } = world
  const again = sentAgain(world)
  const isIdempotent = (name: string): boolean =>
    plan.clients.some(
      (client) => client.kind === 'producer' && client.name === name && client.settings['enable.idempotence'] === true,
    )
  return ({ id, partition }) => {
    const client = ledger.sent[id]?.client ?? ''
    return again.has(`${client} ${partition}`) || isIdempotent(client) ? null : undefined
  }
}

/** Kafka's own words of request.timeout.ms: it should not be below replica.lag.time.max.ms, lest producers retry in vain. */
function isImpatient({ clients, brokers }: Plan): boolean {
  const lagMs = Math.max(...brokers.map(({ settings }) => Number(settings['replica.lag.time.max.ms'] ?? 0)))
  return clients.some(({ kind, settings }) => kind === 'producer' && Number(settings['request.timeout.ms']) < lagMs)
}

/** Transactions of two producers may lie in one order in one partition and in the other order in another. */
function concurrentTransactionHoles(plan: Plan): Hole[] {
  const transactional = plan.clients.filter(
    ({ kind, settings }) => kind === 'producer' && (settings['transactional.id'] ?? '') !== '',
  )
  return transactional.length > 1 ? [{ because: 'nothing orders the transactions of two producers', hole: null }] : []
}

/** Who reads what is not decided may hand it on, and get back what was made of it, before it has committed. */
function uncommittedReadHoles(plan: Plan): Hole[] {
  const all = consumersOf(plan).every(
    ({ transforms, settings }) => transforms === undefined || settings['isolation.level'] === 'read_committed',
  )
  return all ? [] : [{ because: 'an application transforms records that are not committed', hole: null }]
}

/** How long a consumer may take to come back to a partition, beside its own request timeout, in us. */
const GRACE_US = 5_000_000

function graceUs(plan: Plan): number {
  return (
    GRACE_US +
    Math.max(0, ...consumersOf(plan).map(({ settings }) => Number(settings['request.timeout.ms'] ?? 30_000) * 1000))
  )
}

/** Whether a record waits for a transaction before it, which is still to end. */
function isHeldBack(world: World, partition: TopicPartition, offset: number): boolean {
  const from = isReadCommitted(world, partition) ? heldBackFrom(world, partition) : null
  return from !== null && offset >= from
}

export const PROMISED_TO_CLIENTS: readonly Property[] = [
  property(
    'NoLostWrites',
    'No record that was acknowledged at acks=all is passed over by every reader (lost write).',
    (plan) => unlessToldHoles([...lossHoles(plan), ...readFromTheStart(plan), ...cleanupHoles(plan)]),
    lostWrites,
    whereRecordsWent,
  ),
  property(
    'NoUnseenWrites',
    'In the end every record that was acknowledged at acks=all has been handed to somebody (unseen).',
    (plan) => {
      const settles = settlesHealed(plan)
      return settles.promised
        ? unlessToldHoles([
            ...lossHoles(plan),
            ...readFromTheStart(plan),
            ...cleanupHoles(plan),
            ...slowPollLoops(plan),
          ])
        : settles
    },
    (history, world) =>
      unseenWrites(history, graceUs(world.plan)).filter(
        ({ partition, offset }) =>
          isStillRead(world, partition, world.nowUs - graceUs(world.plan)) && !isHeldBack(world, partition, offset),
      ),
    (world) => {
      const went = whereRecordsWent(world)
      return (anomaly) => (isStranded(world, anomaly.partition) ? STRANDED_HOLE : went(anomaly))
    },
  ),
  property(
    'NoAbortedReads',
    'Nobody is handed a record whose send had failed for good (aborted read).',
    () => PROMISED,
    abortedReads,
  ),
  property(
    'NoAbortedTransactionReads',
    'Nobody who reads committed records is handed one of a transaction that was told to be aborted (G1a).',
    () => PROMISED,
    abortedTransactionReads,
  ),
  property(
    'NoIntermediateReads',
    'Who reads committed records and goes on past a transaction is handed all of it in a partition (G1b).',
    whereNothingIsLost,
    intermediateReads,
    whereRecordsWent,
  ),
  property(
    'NoCircularInformation',
    'No committed transaction has read what was made, directly or through others, of its own records (G1c).',
    (plan) => unlessHoles([...lateMessageHoles(plan), ...uncommittedReadHoles(plan)]),
    informationCycles,
  ),
  property(
    'NoInconsistentOffsets',
    'Everybody who sees an offset sees the same record there (inconsistent offsets).',
    whereNothingIsLost,
    inconsistentOffsets,
    whatWasReplaced,
  ),
  property(
    'NoPollSkips',
    'From one position no client passes over a record that others were handed (poll skip).',
    (plan) => unlessHoles(compactionHoles(plan)),
    pollSkips,
  ),
  property(
    'NoNonmonotonicPolls',
    'From one position no client is handed a lower offset after a higher one (nonmonotonic poll).',
    () => PROMISED,
    nonmonotonicPolls,
  ),
]

/** Promised only where nothing goes wrong, as every retry may break them: campaigns and mutants judge them, runs do not. */
export const PROMISED_IN_CALM: readonly Property[] = [
  property(
    'NoDuplicates',
    'No record is handed out at two offsets (duplicate).',
    (plan) => unlessToldHoles(retryHoles(plan)),
    duplicates,
    whoSentAgain,
  ),
  property(
    'NoNonmonotonicSends',
    'What a client sends later stands at a higher offset (nonmonotonic send).',
    (plan) =>
      unlessToldHoles([...retryHoles(plan), ...lossHoles(plan).map((hole) => ({ ...hole, isTold: true }) as const)]),
    nonmonotonicSends,
    whatOvertook,
  ),
  property(
    'NoWriteCycles',
    'No transactions write before each other in a circle (G0).',
    (plan) => unlessHoles(concurrentTransactionHoles(plan)),
    writeCycles,
  ),
]
