/** What the heap orders: the time of an event and its id. Step events have negative ids and so come first at a time. */
export interface QueueEntry {
  readonly atUs: number
  readonly id: number
}

const before = (a: QueueEntry, b: QueueEntry): boolean => a.atUs < b.atUs || (a.atUs === b.atUs && a.id < b.id)

/**
 * A binary heap over (atUs, id). It is only an index over the pending events of a world: entries of events that were
 * cancelled or rescheduled stay in it until they surface, and the owner skips them.
 */
export class EventQueue {
  readonly #heap: QueueEntry[] = []

  get size(): number {
    return this.#heap.length
  }

  push(entry: QueueEntry): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const other = heap[parent]!
      if (!before(entry, other)) break
      heap[index] = other
      index = parent
    }
    heap[index] = entry
  }

  peek(): QueueEntry | undefined {
    return this.#heap[0]
  }

  pop(): QueueEntry | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      const right = child + 1
      if (right < heap.length && before(heap[right]!, heap[child]!)) child = right
      const other = heap[child]!
      if (!before(other, last)) break
      heap[index] = other
      index = child
    }
    heap[index] = last
    return top
  }
}
