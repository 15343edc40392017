/** What can be counted at the end of a run, by the names that plans use. */
import type { SentRecord, World } from '../world/world.ts'
import { longestUnavailable } from './availability.ts'
import { duplicatedRecords, everMissing, lostCommitted, lostRecords } from './loss.ts'
import { madeIn, passedOver } from './transactions/made.ts'

const told = (world: World, is: (sent: SentRecord) => boolean): number =>
  Object.values(world.ledger.sent).filter(is).length

const happened = (world: World, kind: string): number => world.ledger.counts[kind] ?? 0

/** How often a group processed the record at each offset, by partition. */
type Times = World['ledger']['processed'][string]

/** Groups in the registry: an application of theirs is done with a record when it has taken it from its iterator. */
function takenInRegistryGroups({ plan, ledger }: World): Times[] {
  const groups: Record<string, Times> = {}
  for (const client of plan.clients) {
    if (client.kind !== 'consumer' || client.groupInRegistry !== true) continue
    const group = String(client.settings['group.id'])
    const ofGroup = groups[group] ?? {}
    groups[group] = ofGroup
    for (const [partition, records] of Object.entries(ledger.polled[client.name] ?? {})) {
      const times = ofGroup[partition] ?? {}
      ofGroup[partition] = times
      for (const { offset } of records) times[offset] = (times[offset] ?? 0) + 1
    }
  }
  return Object.values(groups)
}

/** Over all groups of members with an application that processes; of one that transforms what it has committed counts. */
function processedBy(world: World): { done: number; again: number; skipped: number } {
  const { ledger } = world
  const found = { done: 0, again: 0, skipped: 0 }
  for (const partitions of [...Object.values(ledger.processed), ...takenInRegistryGroups(world)]) {
    for (const [partition, times] of Object.entries(partitions)) {
      const last = Math.max(...Object.keys(times).map(Number))
      found.done += Object.keys(times).length
      for (const count of Object.values(times)) found.again += count - 1
      for (const offset of Object.keys(ledger.committed[partition] ?? {})) {
        if (Number(offset) < last && times[offset] === undefined) found.skipped += 1
      }
    }
  }
  const made = madeIn(world)
  for (const [group, partitions] of Object.entries(made)) {
    for (const [partition, results] of Object.entries(partitions)) {
      found.done += Object.keys(results).length
      for (const each of Object.values(results)) found.again += each.length - 1
      found.skipped += passedOver(world, group, partition, made).length
    }
  }
  return found
}

const COUNTERS: Readonly<Record<string, (world: World) => number>> = {
  /** Records given to producers, and how they were answered; without an answer it is unknown what became of one. */
  sent: (world) => told(world, () => true),
  acked: (world) => told(world, ({ outcome }) => outcome === 'acked'),
  failed: (world) => told(world, ({ outcome }) => outcome === 'failed'),
  unknown: (world) => told(world, ({ outcome }) => outcome === 'unknown' || outcome === null),
  /** Offsets at which a record was ever committed. */
  committed: (world) =>
    Object.values(world.ledger.committed).reduce((count, offsets) => count + Object.keys(offsets).length, 0),
  /** Acknowledged records; the latter two of these: by the acks they were sent with. */
  lost: (world) => lostRecords(world).length,
  lostAckedAtAll: (world) => lostRecords(world).filter(({ acks }) => acks === -1).length,
  lostAckedAtOne: (world) => lostRecords(world).filter(({ acks }) => acks !== null && acks > 0).length,
  lostCommitted: (world) => lostCommitted(world).length,
  /** Acknowledged records that some later leader lacked, come back or not. */
  everMissing: (world) =>
    new Set(
      everMissing(world)
        .map(({ id }) => id)
        .filter((id) => world.ledger.sent[id]?.outcome === 'acked'),
    ).size,
  duplicated: (world) => duplicatedRecords(world).length,
  unavailableUs: (world) => longestUnavailable(world)?.forUs ?? 0,
  elections: (world) => happened(world, 'leaderElected'),
  uncleanElections: (world) =>
    world.ledger.facts.filter(({ fact }) => fact.kind === 'leaderElected' && fact.unclean).length,
  controllerElections: (world) => happened(world, 'controllerElected'),
  /** Brokers also report a cut that finds nothing to remove. */
  truncations: (world) =>
    world.ledger.facts.filter(({ fact }) => fact.kind === 'truncated' && fact.removed.length > 0).length,
  /** Records that members of groups processed, by group; once more than once; and skipped: something behind them was processed. */
  processed: (world) => processedBy(world).done,
  processedAgain: (world) => processedBy(world).again,
  skipped: (world) => processedBy(world).skipped,
  sessionsExpired: (world) => world.ledger.sessionsEnded.filter(({ expired }) => expired).length,
}

export const COUNT_NAMES: readonly string[] = Object.keys(COUNTERS)

/** The count of that name; null when nothing is counted under it. */
export const countOf = (world: World, name: string): number | null => COUNTERS[name]?.(world) ?? null
