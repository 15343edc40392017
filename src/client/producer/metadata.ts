/** Which topics a producer asks metadata for. */
import type { ProducerVolatile } from './state.ts'

/** A topic that is not known yet: it is asked for at the next refresh, which is due now. */
export function wantTopic(memory: ProducerVolatile, topic: string): void {
  if (!memory.topics.includes(topic)) memory.topics = [...memory.topics, topic].sort()
  memory.view.refreshWanted = true
}
