/** Pending events: a list of places. The heap of the host is only an index over it. */
import { assert } from '../kernel/assert.ts'
import { addTo } from '../kernel/tally.ts'
import type { Host } from './host.ts'
import { HELD_US } from './host.ts'
import type { PendingEvent, World } from './world.ts'

/** An event as it is asked for: id and place are given to it. */
type NewEvent = Omit<PendingEvent, 'id' | 'place'>

function place(
  world: World,
  host: Host,
  id: number,
  { atUs, cause, entity, count, rule, body }: NewEvent,
): PendingEvent {
  const free = world.freePlaces.pop() ?? world.pending.length
  const event: PendingEvent = { id, place: free, atUs, cause, entity, count, rule, body }
  world.pending[free] = event
  if (atUs < HELD_US) host.queue.push(event)
  return event
}

/** Adds an event. */
export const schedule = (world: World, host: Host, event: NewEvent): PendingEvent =>
  place(world, host, world.nextEventId++, event)

/** Adds an event that comes before every other one of the same time: a step whose condition has just come true. */
export const scheduleFirst = (world: World, host: Host, event: NewEvent): PendingEvent =>
  place(world, host, world.nextStepEventId++, event)

/** Takes an event out: it happens, or never will. Its entry in the heap is skipped when it surfaces. */
export function takeOut(world: World, at: number): void {
  world.pending[at] = null
  world.freePlaces.push(at)
}

/** Puts an event back that has just been taken out: it waits on, without a time. */
export function putBack(world: World, event: PendingEvent): void {
  assert(world.freePlaces.pop() === event.place, 'nothing came in between')
  world.pending[event.place] = event
}

/** A pending event by its id; undefined: it is over. */
export function pendingEvent({ pending }: World, id: number): PendingEvent | undefined {
  for (const event of pending) if (event !== null && event.id === id) return event
  return undefined
}

/** Takes an event out by its id, if it is still to come. */
export function cancel(world: World, id: number): void {
  const event = pendingEvent(world, id)
  if (event !== undefined) takeOut(world, event.place)
}

/** An event that was taken out, at another time: under a new id so that it keeps its place among what comes later. */
export const scheduleAgain = (
  world: World,
  host: Host,
  event: PendingEvent,
  atUs: number,
  cause: readonly number[],
): PendingEvent => schedule(world, host, { ...event, atUs, cause: [...event.cause, ...cause] })

/** A pending event at another time. */
export function reschedule(
  world: World,
  host: Host,
  event: PendingEvent,
  atUs: number,
  cause: readonly number[],
): PendingEvent {
  takeOut(world, event.place)
  return scheduleAgain(world, host, event, atUs, cause)
}

/** The index of a key's count. */
export function keyIndex(world: World, host: Host, entity: string): number {
  let index = host.keys.get(entity)
  if (index === undefined) {
    index = addTo(world.keyCounts, entity)
    host.keys.set(entity, index)
  }
  return index
}

/** Counts a key whose index is known. */
export function countKey({ keyCounts: { counts } }: World, index: number): number {
  const count = counts[index]! + 1
  counts[index] = count
  return count
}

/** A key and its next count as one name: `broker-2>broker-1/FetchRequest#7`. */
export const nextKey = (world: World, host: Host, entity: string): string =>
  `${entity}#${countKey(world, keyIndex(world, host, entity))}`
