import type { Candidates, Elected } from './candidates.ts'

/** The first assigned replica, if it is alive and in the ISR; the ISR keeps its members and its order. */
export function electPreferred({ replicas, isr, live }: Candidates): Elected | null {
  const preferred = replicas[0]
  if (preferred === undefined || !live.includes(preferred) || !isr.includes(preferred)) return null
  return { leader: preferred, isr, recipients: replicas, unclean: false }
}
