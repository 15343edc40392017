import type { Generation } from './generation.ts'
import { KAFKA_2_6 } from './kafka-2-6.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-588.
  coordinatorTellsFenced: true,
  // 2.7 TxnOffsetCommitHandler hands on the exception of the error, which is another one since KIP-588.
  oldEpochOfOffsetsFences: false,
  // 2.7 AbstractFetcherThread: a fenced partition whose epoch moved meanwhile is tried again.
  fencedRetry: true,
  // KAFKA-10487: the leader can answer with a diverging epoch; followers do not ask for it yet.
  leaderAnswersDiverging: true,
  // KIP-497: the maximal ISR, committed plus what is asked.
  highWatermarkOver: 'maximal-isr-and-caught-up',
  // KAFKA-13091: a confirmed shrink does not look at the high watermark again (to 3.0).
  isrConfirmationMovesHighWatermark: false,
  // KIP-497: AlterIsr.
  isrPersistence: 'controller',
  // KIP-497: nothing waits for the registry under the lock of the partition.
  isrWriteBlocks: 'nothing',
  // KIP-497: the controller makes the change itself and needs no announcement.
  isrChangeNotification: false,
}

export const KAFKA_2_7: Generation = {
  name: '2.7',
  releases: ['2.7.2'],
  summary:
    'KIP-497: the leader asks the controller to change the ISR, and counts a pending ISR meanwhile (modelled after 2.7.2, which has KAFKA-13141).',
  mechanisms: { ...KAFKA_2_6.mechanisms, ...overrides },
}
