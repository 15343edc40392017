/** How long clients waited without an acknowledgement. */
import { own } from '../kernel/own.ts'
import type { SentRecord, World } from '../world/world.ts'

interface Unavailability {
  readonly client: string
  readonly fromUs: number
  readonly forUs: number
}

/**
 * The longest time in which a client had something to send and nothing was acknowledged; null when it never waited.
 * Idle time does not count: a wait begins with the oldest record then unanswered, or with the last acknowledgement.
 */
export function longestUnavailable(world: World): Unavailability | null {
  const byClient: Record<string, SentRecord[]> = {}
  for (const sent of Object.values(world.ledger.sent)) {
    if (sent.acks === 0) continue
    const list = own(byClient, sent.client) ?? []
    list.push(sent)
    byClient[sent.client] = list
  }
  let longest: Unavailability | null = null
  for (const client of Object.keys(byClient).sort()) {
    for (const wait of waitsOf(world, byClient[client]!)) {
      if (wait.forUs > (longest?.forUs ?? 0)) longest = { client, ...wait }
    }
  }
  return longest
}

/** Stretches without an acknowledgement while something waited for one. */
function waitsOf(world: World, records: readonly SentRecord[]): { fromUs: number; forUs: number }[] {
  const acks = records
    .filter((sent) => sent.outcome === 'acked')
    .map((sent) => sent.answeredAtUs ?? world.nowUs)
    .sort((a, b) => a - b)
  const bySending = [...records].sort((a, b) => a.sentAtUs - b.sentAtUs)
  const answeredUs = (sent: SentRecord): number => sent.answeredAtUs ?? world.nowUs
  const waits: { fromUs: number; forUs: number }[] = []
  let lastAckUs = -1
  let next = 0
  for (const ackUs of [...acks, null]) {
    // The oldest record that was still waiting after the acknowledgement before.
    while (next < bySending.length && answeredUs(bySending[next]!) <= lastAckUs) next += 1
    const oldest = bySending[next]
    if (oldest === undefined) break
    const fromUs = Math.max(lastAckUs, oldest.sentAtUs)
    const untilUs = ackUs ?? Math.max(fromUs, ...bySending.slice(next).map(answeredUs))
    if (untilUs > fromUs) waits.push({ fromUs, forUs: untilUs - fromUs })
    if (ackUs !== null) lastAckUs = ackUs
  }
  return waits
}
