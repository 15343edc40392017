/** Writes that the recorder repeated until they were accepted. */
import { isDone } from './history.ts'
import type { Done, Recording, Seen } from './recording.ts'

/** Entries of one such write: its first and last `produce`, and how long after an answer the next came. */
export interface Retry {
  readonly first: number
  readonly last: number
  readonly everyMs: number
}

/**
 * Equal produces to one broker, one after another, of which all but the last failed: one write, repeated until it was
 * accepted. Where the last failed too they are single requests.
 */
export function retryLoops(recording: Recording, results: ReadonlyMap<number, number>): ReadonlyMap<number, Retry> {
  const produces: [number, Done<'produce'>][] = []
  recording.entries.forEach((entry, index) => {
    if (isDone(entry) && entry.do === 'produce') produces.push([index, entry])
  })
  const errorOf = (index: number): string => {
    const result = results.get(index)
    return result === undefined ? 'NONE' : (recording.entries[result] as Seen<'produceResult'>).error
  }
  const loops = new Map<number, Retry>()
  for (let from = 0; from < produces.length; ) {
    const [first, entry] = produces[from]!
    let to = from
    while (to + 1 < produces.length && errorOf(produces[to]![0]) !== 'NONE' && sameWrite(entry, produces[to + 1]![1]))
      to += 1
    if (to > from && errorOf(produces[to]![0]) === 'NONE') {
      const second = produces[from + 1]![1]
      const firstResult = recording.entries[results.get(first) ?? first]!
      const retry = { first, last: produces[to]![0], everyMs: Math.max(1, second.atMs - firstResult.atMs) }
      for (let i = from; i <= to; i++) loops.set(produces[i]![0], retry)
    }
    from = to + 1
  }
  return loops
}

const sameWrite = (a: Done<'produce'>, b: Done<'produce'>): boolean =>
  a.broker === b.broker &&
  a.partition === b.partition &&
  a.acks === b.acks &&
  a.timeoutMs === b.timeoutMs &&
  a.values.join('\n') === b.values.join('\n')
