import type { BrokerId } from '../ids.ts'

/** Between the broker and the controller of one process. */

/** The broker has (re-)registered itself at `/brokers/ids`; brokerEpoch is the czxid (2.2+). */
export interface BrokerRegistered {
  readonly type: 'BrokerRegistered'
  readonly broker: BrokerId
  readonly brokerEpoch: number
  readonly afterExpiry: boolean
}

/** Who is controller, as this process last read it from `/controller`; -1 when nobody is. */
export interface ControllerKnown {
  readonly type: 'ControllerKnown'
  readonly controller: BrokerId
  /**
   * true: the controller has tried for office at its start or on a new session and, if it won, has finished its
   * take-over. Where the controller starts before the broker registers (to 1.0) both happen in one thread, so the
   * broker registers only after this, and a new controller has not seen its own broker yet.
   */
  readonly afterStart?: boolean
}

/** The process is going down gracefully: resign if controller, then answer. */
export interface ControllerShutdown {
  readonly type: 'ControllerShutdown'
}

export interface ControllerShutdownDone {
  readonly type: 'ControllerShutdownDone'
}

/** The broker tells its controller machine to start taking part in elections. */
export interface ControllerStart {
  readonly type: 'ControllerStart'
}
