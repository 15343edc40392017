/** What was seen of transactions: the coordinator's log, batches and markers of data logs, and what readers are shown. */

import { isVisible } from '../../check/transactions/visible.ts'
import { topicPartition } from '../../kafka/ids.ts'
import { TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { offsetAt } from '../../kafka/records.ts'
import type { Json } from '../../kernel/json.ts'
import { abortedIn, lastStableOffset } from '../../log/log-producers.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import { partitionTruth } from '../../world/targets.ts'
import { brokerState, type World } from '../../world/world.ts'
import { listOf, numberOf, textOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'
import { ordinal, SAME_TIME_MS } from './rule.ts'
import { LOG_SEEN } from './saw-log.ts'
import type { ClientsScript } from './script.ts'

/** Recordings have one partition of it. */
const TRANSACTION_LOG = topicPartition(TRANSACTIONS_TOPIC, 0)

interface Led {
  readonly log: ReplicaLog
  readonly highWatermark: number
}

function ledLog(world: World, partition: string): Led | null {
  const state = brokerState(world, partitionTruth(world, partition)?.leader ?? -1)
  const log = state?.durable.logs[partition]
  return log === undefined ? null : { log, highWatermark: state?.volatile?.partitions[partition]?.highWatermark ?? 0 }
}

/** How far a log was looked at by the entries before: from there on a further one tells. */
function since(look: Look, side: 'recorded' | 'ours', partition: string, end: number): number {
  const key = `log/${side}/${partition}`
  const from = (look.memory.get(key) as number | undefined) ?? 0
  look.memory.set(key, Math.max(from, end))
  return from
}

// --- The coordinator's log

interface StateLine {
  readonly transactionalId: string
  readonly pid: number
  readonly pepoch: number
  readonly timeoutMs: number
  readonly state: string
  readonly partitions: readonly string[]
  readonly coordinatorEpoch: number
}

function ownStates(look: Look): StateLine[] {
  const led = ledLog(look.world, TRANSACTION_LOG)
  if (led === null) return []
  const from = since(look, 'ours', TRANSACTION_LOG, led.log.logEndOffset)
  return led.log.batches.flatMap((batch) =>
    batch.records.flatMap(({ key, value }, index): StateLine[] => {
      if (key === null || value === null || offsetAt(batch, index) < from) return []
      const { producerId, producerEpoch, timeoutMs, status, partitions } = JSON.parse(value) as {
        readonly producerId: number
        readonly producerEpoch: number
        readonly timeoutMs: number
        readonly status: string
        readonly partitions: readonly string[]
      }
      return [
        {
          transactionalId: key,
          pid: producerId,
          pepoch: producerEpoch,
          timeoutMs,
          state: status,
          partitions,
          coordinatorEpoch: batch.leaderEpoch,
        },
      ]
    }),
  )
}

/**
 * The states of each id in order. Of a growing transaction only the last set of partitions counts: whether records or
 * offsets come first into it is a race of the producer's two threads.
 */
function storyOf(lines: readonly StateLine[], look: Look, side: 'recorded' | 'ours'): Json {
  const story: Record<string, Json[]> = {}
  lines.forEach((line, index) => {
    const { transactionalId, pid, pepoch, timeoutMs, state, partitions, coordinatorEpoch } = line
    const producer = ordinal(look, 'transactional producer', side, pid)
    const next = lines.slice(index + 1).find((other) => other.transactionalId === transactionalId)
    const grows = state === 'Ongoing' && next?.state === 'Ongoing' && next.pepoch === pepoch
    const words = grows ? 'grows' : [...partitions].sort().join(' ')
    story[transactionalId] = [
      ...(story[transactionalId] ?? []),
      `${state} ${words} producer ${producer} epoch ${pepoch} timeout ${timeoutMs} coordinator epoch ${coordinatorEpoch}`,
    ]
  })
  return story
}

/** Records of the coordinator's log that entries up to the one at hand have shown. */
function statesUpTo(script: ClientsScript): number {
  const shown = script.recording.entries.slice(0, script.index + 1).filter(({ saw }) => saw === 'transactionLog')
  return shown.reduce((sum, entry) => sum + (listOf(entry, 'records') ?? []).length, 0)
}

const transactionLog: SawRule = {
  when: (_entry, script) => ({
    when: 'fact',
    kind: 'transactionState',
    broker: null,
    partition: null,
    since: 'start',
    count: statesUpTo(script),
  }),
  compare: (look, to) => {
    const recorded = (listOf(look.entry, 'records') ?? []) as readonly StateLine[]
    to.equal(look.label, 'states', storyOf(recorded, look, 'recorded'), storyOf(ownStates(look), look, 'ours'))
  },
}

// --- Data logs

const batchWords = (batch: Readonly<Record<string, unknown>>, pid: number): string => {
  const of = Number(batch.pid) < 0 ? 'nobody' : `producer ${pid} epoch ${String(batch.pepoch)}`
  if (batch.control !== undefined) {
    return `${String(batch.control)} of ${of} coordinator epoch ${String(batch.coordinatorEpoch)}`
  }
  const values = (batch.values ?? []) as readonly string[]
  return `${values.join(' ')} of ${of} sequence ${String(batch.seq)}${batch.transactional === true ? ' in a transaction' : ''}`
}

function ownBatches(look: Look, partition: string): Readonly<Record<string, unknown>>[] {
  const led = ledLog(look.world, partition)
  if (led === null) return []
  const from = since(look, 'ours', partition, led.log.logEndOffset)
  return led.log.batches
    .filter(({ baseOffset }) => baseOffset >= from)
    .map(({ baseOffset, records, producer, control }) => ({
      offset: baseOffset,
      pid: producer?.id ?? -1,
      pepoch: producer?.epoch ?? -1,
      seq: producer?.baseSequence ?? -1,
      transactional: producer?.transactional ?? false,
      ...(control === undefined
        ? { values: records.map(({ value }) => value) }
        : { control: control.type, coordinatorEpoch: control.coordinatorEpoch }),
    }))
}

/** Markers of the dead coordinator that were in a hanging broker's socket: whether they come out again is chance. */
function withoutEchoes(batches: readonly string[]): string[] {
  const kept: string[] = []
  for (const words of batches) {
    const marker = /^(COMMIT|ABORT) of (.*) coordinator epoch \d+$/.exec(words)
    const again = marker !== null && kept.at(-1)?.startsWith(`${marker[1]} of ${marker[2]} coordinator epoch`) === true
    if (again) kept.pop()
    kept.push(words)
  }
  return kept
}

const log: SawRule = {
  when: (entry) => {
    const partition = textOf(entry, 'partition')
    const batches = listOf(entry, 'newBatches') as readonly { readonly offset: number }[] | null
    const last = batches?.at(-1)
    if (partition === null || last === undefined) return null
    return { when: 'logEndOffset', partition, replica: null, value: { atLeast: last.offset + 1 } }
  },
  compare: (look, to) => {
    const { entry, label } = look
    const partition = textOf(entry, 'partition')
    const batches = listOf(entry, 'newBatches') as readonly Readonly<Record<string, unknown>>[] | null
    if (partition === null || batches === null) {
      LOG_SEEN.log!.compare?.(look, to)
      return
    }
    const words = (side: 'recorded' | 'ours', each: Readonly<Record<string, unknown>>): string =>
      batchWords(each, ordinal(look, 'transactional producer', side, Number(each.pid)))
    const recorded = withoutEchoes(batches.map((each) => words('recorded', each)))
    const ours = withoutEchoes(ownBatches(look, partition).map((each) => words('ours', each)))
    to.equal(label, 'batches', recorded, ours)
  },
}

// --- What readers are shown

interface ShownTo {
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly returnedUpTo: number
  readonly aborted?: readonly { readonly pid: number; readonly firstOffset: number }[]
}

const isolation: SawRule = {
  when: (entry) => {
    const partition = textOf(entry, 'partition')
    const shown = entry.read_committed as ShownTo | undefined
    if (partition === null || shown === undefined) return null
    return { when: 'highWatermark', partition, replica: null, value: { atLeast: shown.highWatermark } }
  },
  compare: (look, to) => {
    const { entry, label, world } = look
    const led = ledLog(world, textOf(entry, 'partition') ?? '')
    const committed = entry.read_committed as ShownTo
    const all = entry.read_uncommitted as ShownTo
    const stable = led === null ? -1 : lastStableOffset(led.log, led.highWatermark)
    const high = led?.highWatermark ?? -1
    // A repeated marker moves both by one; where none is repeated they are compared as they are.
    const shift = echoes(look)
    to.equal(label, 'high watermark', committed.highWatermark - shift.recorded, high - shift.ours)
    to.equal(
      label,
      'last stable offset',
      fall(committed.lastStableOffset, committed, shift.recorded),
      fall(stable, { highWatermark: high }, shift.ours),
    )
    to.equal(label, 'read_uncommitted returns up to the high watermark', all.returnedUpTo === all.highWatermark, true)
    const upToStable = committed.returnedUpTo === committed.lastStableOffset
    to.equal(label, 'read_committed returns up to the last stable offset', upToStable, true)
    const told = (committed.aborted ?? []).map(
      ({ pid, firstOffset }) =>
        `producer ${ordinal(look, 'transactional producer', 'recorded', pid)} from ${firstOffset}`,
    )
    const ours = (led === null ? [] : abortedIn(led.log, 0, stable)).map(
      ({ producerId, firstOffset }) =>
        `producer ${ordinal(look, 'transactional producer', 'ours', producerId)} from ${firstOffset}`,
    )
    to.equal(label, 'aborted', told, ours)
  },
}

/** An offset at the high watermark moves with repeated markers as that does; one that is held back lies before them. */
const fall = (offset: number, { highWatermark }: { readonly highWatermark: number }, shift: number): number =>
  offset === highWatermark ? offset - shift : offset

/** Repeated markers that the entries up to this one have shown of its partition, and those in our log. */
function echoes(look: Look): { readonly recorded: number; readonly ours: number } {
  const partition = textOf(look.entry, 'partition') ?? ''
  const entries = look.script.recording.entries.slice(0, look.index + 1)
  const recorded = entries
    .filter((each) => each.saw === 'log' && each.partition === partition)
    .flatMap((each) => (listOf(each, 'newBatches') ?? []) as readonly Readonly<Record<string, unknown>>[])
  const led = ledLog(look.world, partition)
  const own = (led?.log.batches ?? []).map(({ producer, control }) => ({
    pid: producer?.id ?? -1,
    pepoch: producer?.epoch ?? -1,
    ...(control === undefined ? {} : { control: control.type }),
  }))
  return { recorded: repeatsIn(recorded), ours: repeatsIn(own) }
}

function repeatsIn(batches: readonly Readonly<Record<string, unknown>>[]): number {
  let repeats = 0
  batches.forEach((batch, index) => {
    const before = batches[index - 1]
    if (batch.control !== undefined && before?.control === batch.control && before.pid === batch.pid) repeats += 1
  })
  return repeats
}

/** A transaction past its time is ended by the next sweep: so much later at most. */
const abortMarker: SawRule = {
  when: (entry) => {
    const id = textOf(entry, 'transactionalId')
    return id === null ? null : { when: 'transaction', transactionalId: id, status: 'CompleteAbort' }
  },
  compare: ({ world, entry, label, script }, to) => {
    const id = textOf(entry, 'transactionalId')
    const states = world.ledger.facts.filter(
      ({ fact }) => fact.kind === 'transactionState' && fact.transactionalId === id,
    )
    const begun = states.findLast(({ fact }) => fact.kind === 'transactionState' && fact.to === 'Ongoing')
    const ended = states.findLast(({ fact }) => fact.kind === 'transactionState' && fact.to === 'CompleteAbort')
    const client = script.clients.find(({ settings }) => settings['transactional.id'] === id)
    const timeoutMs = Number(client?.settings['transaction.timeout.ms'] ?? 60_000)
    const sweepMs = Number(
      world.plan.brokers[0]?.settings['transaction.abort.timed.out.transaction.cleanup.interval.ms'],
    )
    const afterMs = begun === undefined || ended === undefined ? -1 : (ended.atUs - begun.atUs) / 1000
    const inTime = (ms: number): boolean => ms >= timeoutMs - SAME_TIME_MS && ms <= timeoutMs + sweepMs + SAME_TIME_MS
    to.holds(
      label,
      'recorded within one sweep',
      inTime(numberOf(entry, 'afterMs') ?? -1),
      'the time-out and at most one sweep',
      `${String(entry.afterMs)} ms`,
    )
    to.holds(label, 'ended within one sweep', inTime(afterMs), 'the time-out and at most one sweep', `${afterMs} ms`)
  },
}

const transactionCoordinator: SawRule = {
  compare: ({ world, entry, label }, to) => {
    const truth = partitionTruth(world, TRANSACTION_LOG)
    to.equal(label, 'coordinator', entry.broker, truth?.leader ?? null)
    to.equal(label, 'leader epoch', entry.leaderEpoch, truth?.leaderEpoch ?? null)
  },
}

/** What a new reader of committed records would be handed from the beginning. */
function committedValues({ log: replica, highWatermark }: Led): string[] {
  const end = lastStableOffset(replica, highWatermark)
  return replica.batches.flatMap((batch) =>
    batch.records.flatMap((record, index) => {
      const offset = offsetAt(batch, index)
      return offset < end && isVisible(replica, offset, true) ? [String(record.value)] : []
    }),
  )
}

const readCommitted: SawRule = {
  compare: ({ world, entry, label }, to) => {
    const led = ledLog(world, textOf(entry, 'partition') ?? '')
    to.equal(label, 'values', listOf(entry, 'values'), led === null ? null : committedValues(led))
  },
}

export const TRANSACTIONS_SEEN: Readonly<Record<string, SawRule>> = {
  transactionLog,
  log,
  isolation,
  abortMarker,
  transactionCoordinator,
  readCommitted,
}
