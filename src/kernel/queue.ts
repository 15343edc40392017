/** What the heap orders: the time of an event and its id. Step events have negative ids and so come first at a time. */
interface QueueEntry {
  readonly atUs: number
  readonly id: number
  /** Where the owner keeps the event: handed back as it was given. */
  readonly place: number
}

/** Entries that a new queue has room for. */
const ROOM = 128

/**
 * A binary heap over (atUs, id). It is only an index over the pending events of a world: entries of events that were
 * cancelled or rescheduled stay in it until they surface, and the owner skips them.
 *
 * Entries are numbers in three blocks: no object an entry is made, moved and looked into.
 */
export class EventQueue {
  #size = 0
  #times = new Float64Array(ROOM)
  #ids = new Float64Array(ROOM)
  #places = new Int32Array(ROOM)

  get size(): number {
    return this.#size
  }

  push(entry: QueueEntry): void {
    const { atUs, id, place } = entry
    if (this.#size === this.#times.length) this.#grow()
    let index = this.#size
    this.#size += 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(atUs, id, parent)) break
      this.#move(parent, index)
      index = parent
    }
    this.#times[index] = atUs
    this.#ids[index] = id
    this.#places[index] = place
  }

  /** Takes the smallest entry out; undefined when there is none. */
  pop(): QueueEntry | undefined {
    if (this.#size === 0) return undefined
    const top = { atUs: this.#times[0]!, id: this.#ids[0]!, place: this.#places[0]! }
    this.#size -= 1
    const last = this.#size
    const atUs = this.#times[last]!
    const id = this.#ids[last]!
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= last) break
      const right = child + 1
      if (right < last && this.#isBefore(this.#times[right]!, this.#ids[right]!, child)) child = right
      if (this.#isBefore(atUs, id, child)) break
      this.#move(child, index)
      index = child
    }
    this.#move(last, index)
    return top
  }

  /** Whether something of that time and id comes before the entry at an index. */
  #isBefore(atUs: number, id: number, index: number): boolean {
    const other = this.#times[index]!
    return atUs < other || (atUs === other && id < this.#ids[index]!)
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!
    this.#ids[to] = this.#ids[from]!
    this.#places[to] = this.#places[from]!
  }

  #grow(): void {
    const room = this.#times.length * 2
    const [times, ids, places] = [new Float64Array(room), new Float64Array(room), new Int32Array(room)]
    times.set(this.#times)
    ids.set(this.#ids)
    places.set(this.#places)
    this.#times = times
    this.#ids = ids
    this.#places = places
  }
}
