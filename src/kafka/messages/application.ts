import type { CallResult, ClientCall } from '../calls.ts'

/** Between an application and the clients that it has in its process: a call, and what it gave. */

export interface ApplicationCall {
  readonly type: 'ApplicationCall'
  readonly id: string
  readonly call: ClientCall
}

export interface CallReturned {
  readonly type: 'CallReturned'
  readonly id: string
  readonly result: CallResult
}
