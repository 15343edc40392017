/** What transforming applications have made: committed results by the record that each was made of. */

import type { ReadRecord } from '../../kafka/calls.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import { offsetAt } from '../../kafka/records.ts'
import { own } from '../../kernel/own.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { leadershipOf } from '../leadership.ts'
import { logOf } from '../logs.ts'
import { fateOf } from './fate.ts'
import { isReadCommitted, isVisible } from './visible.ts'

/** By group, input partition and offset: offsets (as `partition@offset`) at which a result is seen by readers of committed records. */
export type Made = Record<string, Record<TopicPartition, Record<number, string[]>>>

/** Groups of transforming applications, by the names of their producers. */
function groupsOf({ plan }: World): Record<string, string> {
  const byApplication: Record<string, string> = {}
  for (const client of plan.clients) {
    if (client.kind === 'consumer' && client.transforms !== undefined) {
      byApplication[client.name] = String(client.settings['group.id'])
    }
  }
  const byProducer: Record<string, string> = {}
  for (const client of plan.clients) {
    if (client.kind !== 'producer' || client.serves === undefined) continue
    byProducer[client.name] = byApplication[client.serves.application]!
  }
  return byProducer
}

function enter(made: Made, group: string, { partition, offset }: ReadRecord, result: string): void {
  const inputs = own(made, group) ?? {}
  const results = inputs[partition] ?? {}
  results[offset] = [...(results[offset] ?? []), result]
  inputs[partition] = results
  made[group] = inputs
}

/** Of a transaction that is still open nobody sees anything: it may be aborted yet. */
const isSeen = (log: ReplicaLog, offset: number): boolean =>
  isVisible(log, offset, true) && fateOf(log, offset, log.logEndOffset) !== 'open'

/** By the logs of those who lead now. */
export function madeIn(world: World): Made {
  const made: Made = {}
  const groups = groupsOf(world)
  if (Object.keys(groups).length === 0) return made
  for (const partition of knownPartitions(world)) {
    const leader = leadershipOf(world, partition)
    const log = leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null
    for (const batch of log?.batches ?? []) {
      batch.records.forEach(({ id }, index) => {
        const sent = world.ledger.sent[id]
        const group = sent === undefined ? undefined : own(groups, sent.client)
        const offset = offsetAt(batch, index)
        if (sent?.madeOf === undefined || group === undefined || !isSeen(log!, offset)) return
        enter(made, group, sent.madeOf, `${partition}@${offset}`)
      })
    }
  }
  return made
}

/** Records of the input, below the last one of which there is a result, of which there is none. */
export function passedOver(world: World, group: string, partition: TopicPartition, made: Made): number[] {
  const inputs = own(made, group)?.[partition] ?? {}
  const last = Math.max(-1, ...Object.keys(inputs).map(Number))
  const committedOnly = world.plan.clients.some(
    (client) =>
      client.kind === 'consumer' && client.settings['group.id'] === group && isReadCommitted(world, client.name),
  )
  const leader = leadershipOf(world, partition)
  const log = leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null
  return Object.keys(world.ledger.committed[partition] ?? {})
    .map(Number)
    .filter((offset) => offset < last && inputs[offset] === undefined)
    .filter((offset) => log !== null && isVisible(log, offset, committedOnly))
    .sort((a, b) => a - b)
}
