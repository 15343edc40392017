/** What a broker of KRaft remembers besides its partitions. Memory only. */
import type { MetadataEntry, MetadataImage } from '../../kafka/metadata-log.ts'
import { assert } from '../../kernel/assert.ts'
import { running } from '../running.ts'
import type { BrokerState } from '../state.ts'

export interface KraftState {
  /** Drawn at the start: tells this life of the process from others. */
  readonly incarnation: number
  /** Of the clean-shutdown file; -1: the last life did not end cleanly. */
  readonly previousBrokerEpoch: number
  /** The cluster as far as the log has been fetched. */
  image: MetadataImage
  /** Offset of the next record to fetch. */
  nextOffset: number
  /** Exclusive end of the log as the active controller told it, committed or not. */
  knownEnd: number
  /** Fetched, and not acted on yet: the metadata loader takes a moment. */
  loading: readonly MetadataEntry[]
  /** Epoch of the quorum's leader that answered last. */
  quorumEpoch: number
  /** Its own registration has been replayed: from then on what is fetched is acted on. Before, it is only gathered. */
  published: boolean
  /**
   * `starting`: not caught up with its own registration. `recovery`: fenced, ready to be unfenced. `running`: it has
   * been unfenced once. `shutting-down`: it asks to be let go with every heartbeat (BrokerLifecycleManager).
   */
  lifecycle: 'starting' | 'recovery' | 'running' | 'shutting-down'
  /** The metadata fetch that is out; null: none. */
  fetching: { correlationId: number; from: number } | null
  /** Whom to ask for metadata while nobody is known to lead: an index into the voters. */
  nextVoter: number
  /** The registration or heartbeat that is out; null: none. */
  asked: { correlationId: number; controller: number } | null
  /** Registrations and heartbeats in a row that came to nothing. */
  failedAttempts: number
  /** The controller has answered to the wish to shut down. */
  shutdownHeard: boolean
}

/** 3.5 to 4.1 BrokerServer.startup: the sockets open when the broker has been unfenced for the first time. */
export const opensSockets = ({ lifecycle }: KraftState): boolean => lifecycle !== 'starting' && lifecycle !== 'recovery'

export function kraftOf(state: BrokerState): KraftState {
  const { kraft } = running(state)
  assert(kraft != null, 'a broker of a registry was asked about a metadata log')
  return kraft
}
