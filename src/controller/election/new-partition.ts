import type { Candidates, Elected } from './candidates.ts'

/** A partition without state: the first live replica leads, and all live replicas are its ISR. */
export function electForNewPartition({ replicas, live }: Candidates): Elected | null {
  const isr = replicas.filter((id) => live.includes(id))
  const leader = isr[0]
  return leader === undefined ? null : { leader, isr, recipients: isr, unclean: false }
}
