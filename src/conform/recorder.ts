/** The recorder: how it sent its requests, and how near it was. */
import type { RawRequest } from '../kafka/operations.ts'

/** Between two processes of a replay, in us. */
export const LATENCY_US = 1000
/**
 * The recorder is nearer than brokers are to each other: its next request arrives before a follower's next fetch has
 * gone through, as recordings show.
 */
export const CLIENT_LATENCY_US = 400
/** There and back, in ms. */
export const ROUND_TRIP_MS = (2 * CLIENT_LATENCY_US) / 1000

export const SOCKET_TIMEOUT_MS = 30_000
/** What the recorder used where a broker may hang for long. */
export const SHORT_SOCKET_TIMEOUT_MS = 3_000
/** The recorder's own Fetch requests. */
export const CLIENT_FETCH_WAIT_MS = 100

export function produceRequest(
  entry: { readonly partition: string; readonly acks: 'all' | number; readonly timeoutMs: number },
  values: readonly string[],
): RawRequest {
  return {
    request: 'produce',
    partition: entry.partition,
    records: values.map((value) => ({ id: '', key: null, value, timestampMs: 0 })),
    acks: entry.acks === 'all' ? -1 : entry.acks,
    timeoutMs: entry.timeoutMs,
  }
}
