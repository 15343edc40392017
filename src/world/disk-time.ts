/** What a slow or a stalled disk does to a broker: work that needs the disk waits, the process lives on. */
import type { MessageType } from '../kafka/messages/message.ts'
import type { Host } from './host.ts'
import { putBack, reschedule, scheduleAgain } from './pending.ts'
import type { PendingEvent, Process, World } from './world.ts'

/** Messages whose handling writes or reads a log, or waits for the lock of somebody who does. */
const NEEDS_DISK: Readonly<Partial<Record<MessageType, true>>> = {
  ProduceRequest: true,
  FetchRequest: true,
  FetchResponse: true,
  ListOffsetsRequest: true,
  OffsetsForLeaderEpochRequest: true,
  LeaderAndIsrRequest: true,
  StopReplicaRequest: true,
}

const DISK_TIMERS = /^(checkpoint|flush|retention|delete-files)/

/** The sessions and the controller of a broker's process keep nothing on its disk. */
function needsDisk(world: World, { body }: PendingEvent): boolean {
  if (body.kind === 'deliver') return world.nodes[body.to]?.kind === 'broker' && NEEDS_DISK[body.message.type] === true
  return body.kind === 'timer' && world.nodes[body.node]?.kind === 'broker' && DISK_TIMERS.test(body.name)
}

/** The rule of an event that has waited for a slow disk. */
const WAITED = 'its disk is slow'

/** Keeps an event that needs a disk which is stalled or slow; true when it was kept. */
export function waitsForDisk(world: World, host: Host, process: Process, event: PendingEvent): boolean {
  const { disk } = process
  if (disk === undefined || !needsDisk(world, event)) return false
  if (disk.stalled) {
    putBack(world, event)
    process.deferred.push(event.id)
    return true
  }
  if (disk.slowUs === 0 || event.rule.endsWith(WAITED)) return false
  disk.freeUs = Math.max(disk.freeUs, world.nowUs) + disk.slowUs
  const waiting = { ...event, rule: `${event.rule}; ${WAITED}` }
  tellMoved(world, event, scheduleAgain(world, host, waiting, disk.freeUs, event.cause))
  return true
}

/** Puts a pending event to another time, with all that names it. */
export function moveEvent(world: World, host: Host, event: PendingEvent, atUs: number, cause: readonly number[]): void {
  tellMoved(world, event, reschedule(world, host, event, atUs, cause))
}

/** An event has another id and place. */
function tellMoved(world: World, before: PendingEvent, { id, place, body }: PendingEvent): void {
  const timers = body.kind === 'timer' ? world.nodes[body.node]?.timers : undefined
  const timer = timers?.find((each) => each.place === before.place && body.kind === 'timer' && each.name === body.name)
  if (timer !== undefined) timer.place = place
  const flying = body.kind === 'deliver' ? world.connections[body.connection]?.inFlight : undefined
  const at = flying?.indexOf(before.id) ?? -1
  if (flying !== undefined && at >= 0) flying[at] = id
}
