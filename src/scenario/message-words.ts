import type { MessageType } from '../kafka/messages/message.ts'

/** What each message on the network is, for filters of links; messages between machines of one process are not here. */
export const MESSAGES = {
  ProduceRequest: 'Records from a producer.',
  ProduceResponse: 'The answer to a producer.',
  FetchRequest: 'A follower or a consumer asks for records.',
  FetchResponse: 'Records and the high watermark.',
  ListOffsetsRequest: 'Asks for the first or last offset.',
  ListOffsetsResponse: 'The offset asked for.',
  OffsetsForLeaderEpochRequest: 'A follower asks where an epoch ends (KIP-101).',
  OffsetsForLeaderEpochResponse: 'Where the epoch ends.',
  MetadataRequest: 'A client asks who leads.',
  MetadataResponse: 'Brokers and leaders.',
  LeaderAndIsrRequest: 'The controller tells a broker which partitions to lead and to follow.',
  UpdateMetadataRequest: 'The controller tells a broker what to tell clients.',
  StopReplicaRequest: 'The controller tells a broker to stop or delete replicas.',
  ControlResponse: 'The answer of a broker to its controller.',
  ControlledShutdownRequest: 'A broker asks to be relieved of its leaderships.',
  ControlledShutdownResponse: 'What it still leads.',
  AlterPartitionRequest: 'A leader asks the controller for another ISR (KIP-497).',
  AlterPartitionResponse: 'The ISR that was taken.',
  ConnectRequest: 'A broker opens or takes up its session.',
  ConnectResponse: 'The session.',
  PingRequest: 'A broker keeps its session alive.',
  PingResponse: 'The registry has heard it.',
  CloseSessionRequest: 'A broker ends its session.',
  CloseSessionResponse: 'The session is over.',
  RegistryRequest: 'Reads and writes of the registry.',
  RegistryResponse: 'Their results.',
  WatchEvent: 'The registry tells of a change that was watched.',
} as const satisfies Partial<Record<MessageType, string>>

export const MESSAGE_NAMES: readonly string[] = Object.keys(MESSAGES).sort()
