import type { Candidates, Elected } from './candidates.ts'

/** The first target replica that is alive and in the ISR (`replicas` are the target); the ISR stays as it is. */
export function electForReassignment({ replicas, isr, live }: Candidates): Elected | null {
  const leader = replicas.find((id) => live.includes(id) && isr.includes(id))
  return leader === undefined ? null : { leader, isr, recipients: replicas, unclean: false }
}
