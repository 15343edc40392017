import type { Candidates, Elected } from './candidates.ts'

/**
 * An ISR member that is not shutting down, in the order of the ISR (to 0.9) or of the assignment (0.10); brokers that
 * shut down leave the ISR in the same write. null: the leadership stays where it is.
 */
export function electForControlledShutdown(candidates: Candidates, order: 'isr' | 'assignment'): Elected | null {
  const { replicas, isr, live, shuttingDown } = candidates
  const recipients = replicas.filter((id) => live.includes(id) || shuttingDown.includes(id))
  const remaining = isr.filter((id) => !shuttingDown.includes(id))
  const leader = order === 'isr' ? remaining[0] : recipients.find((id) => remaining.includes(id))
  return leader === undefined ? null : { leader, isr: remaining, recipients, unclean: false }
}
