/**
 * Counters by name, as plain data: names in the order in which they came up, and how often each was counted. Whoever
 * counts often looks a name up once and keeps its index.
 */
export interface Tally {
  readonly names: string[]
  readonly counts: number[]
}

export const emptyTally = (): Tally => ({ names: [], counts: [] })

/** Takes a new name in, with a count of 0; returns its index. */
export function addTo(tally: Tally, name: string): number {
  tally.counts.push(0)
  return tally.names.push(name) - 1
}

export const countsByName = ({ names, counts }: Tally): Record<string, number> =>
  Object.fromEntries(names.map((name, index) => [name, counts[index]!]))
