/** Words of the switches about where the state of the cluster lives and what a record looks like. */
import { inArea } from './words.ts'

export const CLUSTER_STATE = inArea('metadata', {
  metadata: {
    meaning: 'Where the state of the cluster lives: who leads, who is in the ISR, who is alive.',
    values: {
      registry: 'in ZooKeeper, a registry beside the brokers, that one broker (the controller) and the leaders write',
      kraft: 'in a log that the controllers replicate among themselves (KIP-500)',
    },
  },
  recordFormat: {
    meaning: 'The format of records on disk and on the wire.',
    values: {
      0: 'single messages without a timestamp',
      1: 'single messages with a timestamp (0.10)',
      2: 'batches that carry the leader epoch (0.11), without which a follower cannot tell two histories apart',
    },
  },
})
