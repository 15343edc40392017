/** Which replica a consumer is told to read from (KIP-392, 2.4; ReplicaManager.findPreferredReadReplica). */
import type { BrokerId } from '../kafka/ids.ts'
import type { FetchRequest } from '../kafka/messages/data.ts'
import { running } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState } from './state.ts'

/** Whether a replica that does not lead serves the reader: a consumer that says where it stands, from 2.4 on. */
export const mayReadAnywhere = (config: BrokerConfig, { rack }: Pick<FetchRequest, 'rack'>): boolean =>
  rack !== undefined && config.mechanisms.readReplicas !== 'none'

/**
 * Whom a leader sends a consumer to; null: it serves it itself. RackAwareReplicaSelector: of the replicas in the consumer's
 * rack that have the offset the leader, else the one with the highest log end, and of those the last one caught up.
 */
export function preferredReadReplica(
  state: BrokerState,
  config: BrokerConfig,
  nowUs: number,
  partition: PartitionState,
  request: Pick<FetchRequest, 'rack'>,
  fetchOffset: number,
): BrokerId | null {
  // First what nearly every fetch says: it comes from a replica, or from a consumer that stands nowhere.
  const { rack } = request
  if (rack === undefined || rack === config.rack || partition.role !== 'leader') return null
  const { readReplicas } = config.mechanisms
  const selector = String(config.settings['replica.selector.class'] ?? '')
  if (readReplicas === 'none' || !selector.endsWith('RackAwareReplicaSelector')) return null
  const { liveBrokers } = running(state).metadata
  let best: { readonly id: BrokerId; readonly logEndOffset: number; readonly lateUs: number } | null = null
  for (const [key, remote] of Object.entries(partition.remoteReplicas)) {
    const id = Number(key)
    const { logEndOffset, logStartOffset } = remote
    if (config.racks?.[id] !== rack || !liveBrokers.includes(id)) continue
    if (readReplicas === 'in-sync' && !partition.isr.includes(id)) continue
    if (logEndOffset < fetchOffset || logStartOffset > fetchOffset) continue
    const lateUs = nowUs - remote.lastCaughtUpTimeUs
    const isBetter =
      best === null || logEndOffset > best.logEndOffset || (logEndOffset === best.logEndOffset && lateUs < best.lateUs)
    if (isBetter) best = { id, logEndOffset, lateUs }
  }
  return best?.id ?? null
}
