import type { TopicPartition } from '../../../../kafka/ids.ts'

/**
 * The partitions that nobody has, by one walk over both sorted lists, as AbstractStickyAssignor does from 3.0 on. A claim
 * to a partition that is gone (its topic was made again with fewer) stops the walk there: what comes after is given out
 * although it is owned.
 */
export function unclaimed(
  all: readonly TopicPartition[],
  claimed: readonly TopicPartition[],
  compare: (a: TopicPartition, b: TopicPartition) => number,
): TopicPartition[] {
  const sorted = [...claimed].sort(compare)
  let next = 0
  return all.filter((name) => {
    if (sorted[next] !== name) return true
    next += 1
    return false
  })
}
