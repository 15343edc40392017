/** Who a producer is: an id and an epoch (KIP-98, 0.11). */
import type { ErrorName } from '../errors.ts'

export interface InitProducerIdRequest {
  readonly type: 'InitProducerIdRequest'
  readonly correlationId: number
  /** null: an idempotent producer without transactions; any broker answers. */
  readonly transactionalId: string | null
  /** `transaction.timeout.ms`. */
  readonly timeoutMs: number
  /** KIP-360 (2.5): who the producer is, when it asks for its epoch to be bumped; -1: it is new. */
  readonly producerId: number
  readonly producerEpoch: number
}

export interface InitProducerIdResponse {
  readonly type: 'InitProducerIdResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** -1 with an error. */
  readonly producerId: number
  readonly producerEpoch: number
}

/** KRaft (KIP-730, 3.0): a broker asks the controller for a block of ids. */
export interface AllocateProducerIdsRequest {
  readonly type: 'AllocateProducerIdsRequest'
  readonly correlationId: number
  readonly broker: number
}

export interface AllocateProducerIdsResponse {
  readonly type: 'AllocateProducerIdsResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** First id of the block; -1 with an error. */
  readonly start: number
}

/** Ids in a block. */
export const PRODUCER_ID_BLOCK = 1000
