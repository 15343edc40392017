/** Ways in which generations let messages of one transaction come into the next. */
import type { Plan } from '../../world/plan.ts'
import { type Hole, isDisturbed } from '../promises.ts'

export const LATE_MESSAGE = 'KIP-890 (KAFKA-14402)'

const transactional = (plan: Plan): boolean =>
  plan.clients.some(({ kind, settings }) => kind === 'producer' && (settings['transactional.id'] ?? '') !== '')

/** To 3.5 a batch that comes late opens a transaction that nobody ends, or is taken for one of the next. */
export function lateMessageHoles(plan: Plan): Hole[] {
  const { mechanisms } = plan
  if (mechanisms.transactionsVerified || !transactional(plan) || !isDisturbed(plan)) return []
  return [{ because: 'a late batch of a transaction that has ended opens another one', hole: LATE_MESSAGE }]
}
