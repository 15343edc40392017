import type { BrokerId } from '../../kafka/ids.ts'
import type { Candidates, Elected } from './candidates.ts'

/**
 * A leader for a partition that has none: a live ISR member, in the order of the ISR (to 0.8.1) or of the assignment
 * (0.8.2 OfflinePartitionLeaderSelector); else, where unclean election is allowed, the first live replica, which then
 * is the whole ISR. null: nobody may lead.
 */
export function electOffline(
  candidates: Candidates,
  options: { readonly order: 'isr' | 'assignment'; readonly allowUnclean: boolean },
): Elected | null {
  const { replicas, isr, live } = candidates
  const liveIsr = isr.filter((id) => live.includes(id))
  const assigned = replicas.filter((id) => live.includes(id))
  const ordered = options.order === 'isr' ? liveIsr : assigned.filter((id) => liveIsr.includes(id))
  const clean: BrokerId | undefined = ordered[0]
  if (clean !== undefined) return { leader: clean, isr: liveIsr, recipients: assigned, unclean: false }
  const outsider = assigned[0]
  if (outsider === undefined || !options.allowUnclean) return null
  return { leader: outsider, isr: [outsider], recipients: assigned, unclean: true }
}
