import type { BrokerId } from '../../kafka/ids.ts'

/** What an election looks at. */
export interface Candidates {
  /** Assigned replicas in order. */
  readonly replicas: readonly BrokerId[]
  /** The ISR in stored order. */
  readonly isr: readonly BrokerId[]
  /** Registered brokers that are not in controlled shutdown. */
  readonly live: readonly BrokerId[]
  /** Brokers in controlled shutdown, which still answer. */
  readonly shuttingDown: readonly BrokerId[]
}

/** What came of it. */
export interface Elected {
  readonly leader: BrokerId
  readonly isr: readonly BrokerId[]
  /** Brokers that are sent LeaderAndIsr. */
  readonly recipients: readonly BrokerId[]
  /** The leader was not in the ISR. */
  readonly unclean: boolean
}
