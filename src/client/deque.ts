/**
 * A queue with two ends as plain data: items by position, so that taking one from the front changes one key and not
 * every index behind it.
 */
export interface Deque<T> {
  /** Position of the first item; may be negative. */
  head: number
  /** Position after the last item. */
  tail: number
  items: Record<string, T>
}

export const emptyDeque = <T>(): Deque<T> => ({ head: 0, tail: 0, items: {} })

export const dequeSize = <T>(deque: Deque<T>): number => deque.tail - deque.head

export const peekFront = <T>(deque: Deque<T>): T | null => (deque.head === deque.tail ? null : deque.items[deque.head]!)

export const peekBack = <T>(deque: Deque<T>): T | null =>
  deque.head === deque.tail ? null : deque.items[deque.tail - 1]!

export function pushFront<T>(deque: Deque<T>, item: T): void {
  deque.head -= 1
  deque.items[deque.head] = item
}

export function pushBack<T>(deque: Deque<T>, item: T): void {
  deque.items[deque.tail] = item
  deque.tail += 1
}

/** Takes the first item away; null when there is none. */
export function popFront<T>(deque: Deque<T>): T | null {
  const item = peekFront(deque)
  if (item === null) return null
  delete deque.items[deque.head]
  deque.head += 1
  if (deque.head === deque.tail) {
    deque.head = 0
    deque.tail = 0
  }
  return item
}
