import type { BrokerVolatile } from './state.ts'

/** The memory of a broker process that has just been started. */
export const newLife = (): BrokerVolatile => ({
  phase: 'starting',
  brokerEpoch: -1,
  registered: false,
  controllerEpoch: -1,
  controller: -1,
  partitions: {},
  fetchers: {},
  metadata: { liveBrokers: [], brokerEpochs: {}, partitions: {} },
  topicSettings: {},
  delayedProduces: {},
  delayedFetches: {},
  waiting: {},
  clients: {},
  released: [],
  nextId: 1,
  isrChanges: { partitions: [], lastChangeUs: 0, lastAnnouncedUs: 0 },
  checkpointing: false,
  shutdown: null,
  sessions: [],
  isrCheck: { nextDueUs: 0, walking: null },
  controlQueue: [],
  alterPartition: { unsent: [], outstanding: null, staleBrokerEpoch: false },
  lastConfigChange: null,
  lastFlushUs: {},
})
