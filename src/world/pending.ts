/** Pending events: records keyed by id. The heap of the host is only an index over them. */
import type { Host } from './host.ts'
import { HELD_US } from './host.ts'
import type { EventBody, PendingEvent, World } from './world.ts'

export interface NewEvent {
  readonly atUs: number
  readonly cause: readonly number[]
  readonly key: string
  readonly rule: string
  readonly body: EventBody
}

/** Adds an event and returns its id. */
export function schedule(world: World, host: Host, event: NewEvent): number {
  const id = world.nextEventId++
  const { atUs, cause, key, rule, body } = event
  world.pending[id] = { id, atUs, cause, key, rule, body }
  if (event.atUs < HELD_US) host.queue.push({ atUs: event.atUs, id })
  return id
}

/** Adds an event that comes before every other one of the same time: a step whose condition has just come true. */
export function scheduleFirst(world: World, host: Host, event: NewEvent): number {
  const id = world.nextStepEventId++
  world.pending[id] = { ...event, id }
  host.queue.push({ atUs: event.atUs, id })
  return id
}

/** Takes an event out; its entry in the heap is skipped when it surfaces. */
export function cancel(world: World, id: number): void {
  delete world.pending[id]
}

/** The same event at another time, under a new id so that it keeps its place among what comes later. */
export function reschedule(world: World, host: Host, id: number, atUs: number, cause: readonly number[]): number {
  const event = world.pending[id] as PendingEvent
  delete world.pending[id]
  return schedule(world, host, { ...event, atUs, cause: [...event.cause, ...cause] })
}

/** The next count of a key: `broker-2>broker-1/FetchRequest#7`. */
export function nextKey(world: World, entity: string): string {
  const count = (world.keyCounts[entity] ?? 0) + 1
  world.keyCounts[entity] = count
  return `${entity}#${count}`
}
