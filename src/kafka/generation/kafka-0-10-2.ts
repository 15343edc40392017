import type { Generation } from './generation.ts'
import { KAFKA_0_9 } from './kafka-0-9.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 0.10.2 FileLogInputStream: a size that no entry can have is a corrupt record (recorded: 500 bytes of ff end the start).
  trailingGarbageIsFatal: true,
  // 0.10.2 FileRecords.searchForOffsetWithSize walks over whole entries only.
  tornEntryStopsReaders: false,
  // KIP-32 (0.10.0): message format 1.
  recordFormat: 1,
  // 0.10.2 calls System.exit, whose shutdown hook waits for the very thread: recorded as a process that hangs,
  // registered.
  followerAheadOfLeader: 'hang',
  // 0.10.2 Partition.maybeIncrementLeaderHW: also assigned replicas that are caught up in time.
  highWatermarkOver: 'isr-and-caught-up',
  // 0.10.0: between the high watermark and the log end a consumer gets nothing and no error.
  consumerFetchAboveHighWatermark: 'empty',
  // KAFKA-4485: reaching the log end of the fetch before counts as caught up then.
  isrLag: 'caught-up',
  // 0.10.2 ReplicaManager.startup (KAFKA-4485): the check runs every half limit.
  isrCheckEvery: 'half-limit',
  // 0.10.0 ReplicaManager.becomeLeaderOrFollower: parked produces of a lost leadership are answered at once.
  stepDownCompletesProduce: true,
  // 0.10 KafkaController.onControllerFailover: brokers learn who is alive before they are told roles.
  newControllerUpdatesMetadataFirst: true,
  // KIP-97: clients of 0.10.2 exchange versions first.
  clientAsksVersions: true,
  // 0.10 ControlledShutdownLeaderSelector: the first live assigned replica that stays in the ISR.
  controlledShutdownOrder: 'assignment',
  // KAFKA-2720 (0.10.1): a group without members is Empty, and still there.
  emptyGroupsKept: true,
  // KIP-62 (0.10.1).
  backgroundHeartbeat: true,
}

export const KAFKA_0_10_2: Generation = {
  name: '0.10.2',
  releases: ['0.10.2.0', '0.10.2.1', '0.10.2.2'],
  summary:
    'Records carry timestamps, caught up is judged between two fetches, the lag check runs twice a limit, and caught-up outsiders hold the high watermark back.',
  mechanisms: { ...KAFKA_0_9.mechanisms, ...overrides },
}
