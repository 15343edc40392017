/** Facts about transactions, said by coordinators, leaders and clients. */
import type { TopicPartition } from '../ids.ts'

export type TransactionFact =
  /** A state of a transactional id has its acks in `__transaction_state`. */
  | {
      readonly kind: 'transactionState'
      readonly transactionalId: string
      readonly from: string
      readonly to: string
      readonly producerId: number
      readonly producerEpoch: number
      readonly partitions: readonly TopicPartition[]
      readonly coordinatorEpoch: number
    }
  | {
      readonly kind: 'transactionNotWritten'
      readonly transactionalId: string
      readonly status: string
      readonly error: string
    }
  /** A leader has appended the end of a transaction. */
  | {
      readonly kind: 'transactionMarker'
      readonly partition: TopicPartition
      readonly offset: number
      readonly result: 'COMMIT' | 'ABORT'
      readonly producerId: number
      readonly producerEpoch: number
      readonly coordinatorEpoch: number
    }
  | {
      readonly kind: 'transactionMarkerRefused'
      readonly partition: TopicPartition
      readonly producerId: number
      readonly error: string
    }
  /** A leader's last stable offset has moved; only where its log has seen transactions. */
  | {
      readonly kind: 'lastStableOffset'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly leaderEpoch: number
    }
  /** A transactional producer was told who it is. */
  | {
      readonly kind: 'producerInitialized'
      readonly client: string
      readonly transactionalId: string
      readonly producerId: number
      readonly producerEpoch: number
    }
  /** An application began a transaction, `<client>/<number>`. */
  | { readonly kind: 'transactionBegan'; readonly client: string; readonly transaction: string }
  /** What an application was told of the end of its transaction; `failed`: whatever became of it. */
  | {
      readonly kind: 'transactionTold'
      readonly client: string
      readonly transaction: string
      readonly outcome: 'committed' | 'aborted' | 'failed'
      readonly error: string
      readonly producerId: number
      readonly producerEpoch: number
    }
