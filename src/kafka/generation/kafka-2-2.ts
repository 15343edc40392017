import type { Generation } from './generation.ts'
import { KAFKA_2_1 } from './kafka-2-1.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-2334: ListOffsets says OFFSET_NOT_AVAILABLE until the new leader knows its high watermark.
  offsetNotAvailable: true,
  // KIP-380 (KAFKA-7235).
  brokerEpoch: true,
  // KAFKA-7165: the registration of this process's own former session is replaced.
  registrationConflict: 'replace-own',
  // KIP-394.
  newMembersAskForId: true,
}

export const KAFKA_2_2: Generation = {
  name: '2.2',
  releases: ['2.2.0', '2.2.1', '2.2.2'],
  summary: 'KIP-380: control requests carry the broker epoch, and a bounce is seen.',
  mechanisms: { ...KAFKA_2_1.mechanisms, ...overrides },
}
