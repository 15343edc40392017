/** The ledger: what clients were told and what was ever committed. Written here and nowhere else, from facts. */

import type { Settings } from '../kafka/config.ts'
import type { ErrorName } from '../kafka/errors.ts'
import { errorNamed } from '../kafka/errors.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { nodeNumber, splitTopicPartition } from '../kafka/ids.ts'
import { lastOffset, offsetAt } from '../kafka/records.ts'
import type { Json } from '../kernel/json.ts'
import { own } from '../kernel/own.ts'
import { partitionTruth } from './targets.ts'
import type { CommittedRecord, FactEntry, Ledger, SentRecord, World } from './world.ts'
import { brokerState } from './world.ts'

export const emptyLedger = (): Ledger => ({
  sent: {},
  committed: {},
  registryWrites: [],
  sessionsEnded: [],
  metadataLog: [],
  facts: [],
  counts: {},
  observations: {},
  requests: {},
  polled: {},
  processed: {},
  availability: {},
})

/** Facts too frequent to keep: they are counted, and what matters of them has its own place in the ledger. */
const COUNTED_ONLY: Readonly<Record<string, true>> = {
  appended: true,
  synced: true,
  recordsPolled: true,
  recordSent: true,
  clientTold: true,
  produceAcknowledged: true,
  foundByTime: true,
  oldSegmentRead: true,
  offsetCommitted: true,
  lastStableOffset: true,
  groupCommit: true,
  recordProcessed: true,
  registryWrite: true,
  metadataRecord: true,
}

/** Takes one fact into the ledger. */
export function enterFact(world: World, entry: FactEntry): void {
  const { ledger } = world
  const { fact } = entry
  ledger.counts[fact.kind] = (ledger.counts[fact.kind] ?? 0) + 1
  switch (fact.kind) {
    case 'highWatermark':
      if (fact.as === 'leader') commit(world, entry, fact.partition, fact.from, fact.to)
      else return
      break
    case 'becameLeader':
      commit(world, entry, fact.partition, 0, fact.highWatermark)
      break
    case 'registryWrite':
      ledger.registryWrites.push({
        atUs: entry.atUs,
        event: entry.event,
        path: fact.path,
        write: fact.write,
        version: fact.version,
        czxid: fact.czxid,
        data: fact.data,
        by: fact.by,
      })
      break
    case 'metadataRecord':
      ledger.metadataLog.push({ atUs: entry.atUs, event: entry.event, epoch: fact.epoch, record: fact.record })
      break
    case 'registrySessionEnded':
      ledger.sessionsEnded.push({
        atUs: entry.atUs,
        event: entry.event,
        sessionId: fact.sessionId,
        by: fact.by,
        removed: fact.removed,
        expired: fact.expired,
      })
      break
    case 'recordSent': {
      const client = world.plan.clients.find((each) => each.name === fact.client)
      const acks = String(client?.settings.acks ?? 1)
      enterSent(world, {
        id: fact.operationId,
        client: fact.client,
        partition: fact.partition,
        value: fact.value,
        key: fact.key,
        sentAtUs: entry.atUs,
        acks: acks === 'all' ? -1 : Number(acks),
        ...(fact.transaction === undefined ? {} : { transaction: fact.transaction }),
      })
      if (fact.madeOf !== undefined)
        ledger.sent[fact.operationId] = { ...ledger.sent[fact.operationId]!, madeOf: fact.madeOf }
      break
    }
    case 'clientTold': {
      const sent = ledger.sent[fact.operationId] as SentRecord | undefined
      if (sent !== undefined) {
        answer(world, sent, {
          outcome: fact.outcome,
          error: fact.error as ErrorName,
          offset: fact.offset,
          partition: fact.partition,
          event: entry.event,
        })
        const answered = ledger.sent[fact.operationId]!
        if (fact.thrown === true) answered.thrown = true
        if (fact.exception !== undefined) answered.exception = fact.exception
      }
      break
    }
    case 'recordProcessed': {
      const byGroup = own(ledger.processed, fact.group) ?? {}
      const times = byGroup[fact.partition] ?? {}
      times[fact.offset] = (times[fact.offset] ?? 0) + 1
      byGroup[fact.partition] = times
      ledger.processed[fact.group] = byGroup
      break
    }
    case 'recordsPolled': {
      const byClient = own(ledger.polled, fact.client) ?? {}
      const list = byClient[fact.partition] ?? []
      for (const record of fact.records) {
        list.push({ offset: record.offset, id: record.id, atUs: entry.atUs, broker: fact.broker })
      }
      byClient[fact.partition] = list
      ledger.polled[fact.client] = byClient
      break
    }
  }
  if (COUNTED_ONLY[fact.kind] === undefined) ledger.facts.push(entry)
}

interface Answer {
  readonly outcome: 'acked' | 'failed' | 'unknown'
  readonly error: ErrorName
  readonly offset: number
  readonly partition: TopicPartition | null
  readonly event: number
}

function answer(world: World, sent: SentRecord, told: Answer): void {
  sent.outcome = told.outcome
  sent.error = told.error
  sent.offset = told.offset
  sent.answeredAtUs = world.nowUs
  sent.answeredBy = told.event
  if (told.partition !== null && sent.partition === null) {
    world.ledger.sent[sent.id] = { ...sent, partition: told.partition }
  }
  if (told.outcome !== 'acked') return
  const seen = own(world.ledger.availability, sent.client)
  if (seen === undefined) {
    world.ledger.availability[sent.client] = { lastAckUs: world.nowUs, longestUs: 0, longestFromUs: world.nowUs }
    return
  }
  const gap = world.nowUs - Math.max(seen.lastAckUs, 0)
  if (gap > seen.longestUs) {
    seen.longestUs = gap
    seen.longestFromUs = seen.lastAckUs
  }
  seen.lastAckUs = world.nowUs
}

/** A record was handed to a client (or is about to be sent by a raw request). */
export function enterSent(
  world: World,
  sent: Omit<SentRecord, 'outcome' | 'error' | 'offset' | 'answeredAtUs' | 'answeredBy'>,
): void {
  // Member by member: copies of an object that then gets more members are several times as slow to make and to change.
  const { id, client, partition, value, key, sentAtUs, acks, transaction } = sent
  const entry: SentRecord = {
    id,
    client,
    partition,
    value,
    key,
    sentAtUs,
    acks,
    outcome: null,
    error: null,
    offset: -1,
    answeredAtUs: null,
    answeredBy: null,
  }
  world.ledger.sent[id] = transaction === undefined ? entry : { ...entry, transaction }
}

/** The minimum ISR a broker applies to a partition: the topic's setting, else its own. */
function minInsyncReplicas(world: World, broker: number, partition: TopicPartition): number {
  const { topic } = splitTopicPartition(partition)
  const overridden = own(brokerState(world, broker)?.volatile?.topicSettings, topic)?.['min.insync.replicas']
  const settings: Settings | undefined = world.plan.brokers.find((each) => each.id === broker)?.settings
  return Number(overridden ?? settings?.['min.insync.replicas'] ?? 1)
}

/** Records in [from, to) are below the high watermark of a broker that believes it leads: committed, from now on. */
function commit(world: World, entry: FactEntry, partition: TopicPartition, from: number, to: number): void {
  const broker = nodeNumber(entry.node)
  const state = brokerState(world, broker)
  const log = state?.durable.logs[partition]
  const view = state?.volatile?.partitions[partition]
  if (log === undefined || view === undefined || to <= from) return
  let known = world.ledger.committed[partition]
  if (known === undefined) {
    known = {}
    world.ledger.committed[partition] = known
    known = world.ledger.committed[partition] as Record<string, CommittedRecord[]>
  }
  const truth = partitionTruth(world, partition)
  const legitimate = truth !== null && truth.leader === broker && truth.leaderEpoch === view.leaderEpoch
  let low = 0
  let high = log.batches.length
  while (low < high) {
    const middle = (low + high) >> 1
    const batch = log.batches[middle]!
    if (lastOffset(batch) < from) low = middle + 1
    else high = middle
  }
  for (let index = low; index < log.batches.length; index++) {
    const batch = log.batches[index]!
    if (batch.baseOffset >= to) break
    for (let i = 0; i < batch.records.length; i++) {
      const offset = offsetAt(batch, i)
      if (offset < from) continue
      if (offset >= to) break
      const record = batch.records[i]!
      const before = known[offset]
      if (before !== undefined && before[before.length - 1]!.id === record.id) continue
      const committed: CommittedRecord = {
        partition,
        offset,
        id: record.id,
        value: record.value,
        epoch: batch.leaderEpoch,
        broker,
        leaderEpoch: view.leaderEpoch,
        legitimate,
        isr: [...view.isr],
        minInsyncReplicas: minInsyncReplicas(world, broker, partition),
        atUs: world.nowUs,
        event: entry.event,
      }
      if (before === undefined) known[offset] = [committed]
      else before.push(committed)
    }
  }
}

/** An operation of the administrator or a raw request was answered: kept under its label. */
export function enterCompleted(world: World, operationId: string, outcome: Json): void {
  const request = world.ledger.requests[operationId]
  if (request === undefined) return
  request.answeredAtUs = world.nowUs
  request.result = outcome
  const result = outcome as { readonly error?: string; readonly baseOffset?: number | null }
  if (result.error === undefined) return
  for (let i = 0; ; i++) {
    const sent = world.ledger.sent[`${operationId}/${i}`] as SentRecord | undefined
    if (sent === undefined) return
    // A refusal that names an offset came after the append: the records are in that log.
    const appended = typeof result.baseOffset === 'number' && result.baseOffset >= 0
    const definite = errorNamed(result.error).definite && !appended
    const acked = result.error === 'NONE' && sent.acks !== 0
    answer(world, sent, {
      outcome: acked ? 'acked' : result.error === 'NONE' || !definite ? 'unknown' : 'failed',
      error: result.error as ErrorName,
      offset: appended ? (result.baseOffset as number) + i : -1,
      partition: sent.partition,
      event: world.index,
    })
  }
}
