/**
 * Requests that wait, oldest first: a list of few is looked through faster than the keys of a record, whose memory grows
 * with every id it ever had.
 */
interface Parked {
  readonly id: number
}

/** The one that a timer `<what>:<id>` is about; undefined when it has been answered. */
export const parkedUnder = <T extends Parked>(parked: readonly T[], id: string): T | undefined =>
  parked.find((one) => one.id === Number(id))

/** Takes one out: it is being answered. */
export function unpark(parked: Parked[], id: number): void {
  const index = parked.findIndex((one) => one.id === id)
  if (index >= 0) parked.splice(index, 1)
}
