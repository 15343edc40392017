import { VERIFICATION_CHANNEL } from '../../src/broker/coordinator/transactions/verification.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import type { AddPartitionsToTxnRequest } from '../../src/kafka/messages/transactions.ts'
import { T0, TestBroker } from './broker-harness.ts'

/** The leader of t-0, where broker 2 coordinates all transactions. */
export class VerifyingLeader extends TestBroker {
  readonly #connections: string[] = []

  constructor(kafka: string, flipped: Partial<Mechanisms> = {}) {
    super(kafka, { 'transaction.state.log.num.partitions': 1 })
    Object.assign(this.config, { mechanisms: { ...this.config.mechanisms, ...flipped } })
    this.up().role({ isr: [1] })
    const { metadata } = this.state.volatile!
    metadata.liveBrokers = [1, 2]
    metadata.partitions['__transaction_state-0'] = {
      leader: 2,
      leaderEpoch: 0,
      isr: [2],
      replicas: [2],
      controllerEpoch: 1,
      partitionEpoch: 0,
    }
  }

  /** A batch of one record of producer 7. */
  send(baseSequence: number, epoch = 0): number {
    const n = this.#connections.length
    this.#connections.push(`in flight ${n}`)
    this.receive(
      'producer-p',
      {
        type: 'ProduceRequest',
        correlationId: n,
        clientId: 'p',
        acks: -1,
        timeoutMs: 1000,
        partitions: { [T0]: [{ id: `p/${baseSequence}`, key: null, value: null, timestampMs: 0 }] },
        producers: { [T0]: { id: 7, epoch, baseSequence, transactional: true } },
        transactionalId: 'shop',
      },
      this.#connections[n],
    )
    return n
  }

  /** Questions to the coordinator, oldest first. */
  get questions(): AddPartitionsToTxnRequest[] {
    return this.sent
      .map(({ message }) => message)
      .filter((message): message is AddPartitionsToTxnRequest => message.type === 'AddPartitionsToTxnRequest')
  }

  coordinatorSays(question: number, error: ErrorName): void {
    const { correlationId } = this.questions[question]!
    this.receive('broker-2', { type: 'AddPartitionsToTxnResponse', correlationId, partitions: { [T0]: error } })
  }

  /** The coordinator's broker is gone, and its connection with it. */
  coordinatorIsLost(): void {
    const connection = 'broker-1>broker-2#transaction-verification@1'
    this.step({ kind: 'disconnected', peer: 'broker-2', channel: VERIFICATION_CHANNEL, connection, reason: 'closed' })
  }

  errorOf(batch: number): ErrorName | undefined {
    return this.produced(this.#connections[batch]!)?.error
  }
}
