/** Settings of a client that contradict one another: with them Kafka's clients do not start. */
import type { Settings } from '../kafka/config.ts'
import type { Checks } from './checks.ts'
import type { Path } from './problem.ts'

/**
 * What an application may not ask for together with idempotence: its producer does not start (clients: KafkaProducer,
 * ProducerConfig.postProcessAndValidateIdempotenceConfigs).
 */
export function refuseUnsafeIdempotence(checks: Checks, given: Settings, path: Path): void {
  const transactional = given['transactional.id'] !== undefined && given['transactional.id'] !== ''
  const refuse = (key: string, message: string, expected: string): void =>
    checks.add([...path, key], message, { expected, found: given[key]! })
  if (transactional && given['enable.idempotence'] === false) {
    refuse('enable.idempotence', 'a transactional producer is idempotent', 'true, or no transactional.id')
  }
  if (!transactional && given['enable.idempotence'] !== true) return
  if (given.acks !== undefined && given.acks !== 'all')
    refuse('acks', 'an idempotent producer waits for the whole ISR', 'all')
  if (given.retries === 0) refuse('retries', 'an idempotent producer sends again', 'more than 0')
  const most = checks.generation.mechanisms.producerBatchesKept
  const key = 'max.in.flight.requests.per.connection'
  if (Number(given[key] ?? 1) > most) {
    refuse(key, 'logs do not know so many batches of an idempotent producer', `at most ${most}`)
  }
}

/** Settings that only one group protocol has; with the other one a consumer does not start (4.0 ConsumerConfig). */
const OF_PROTOCOL: Readonly<Record<string, readonly string[]>> = {
  classic: ['partition.assignment.strategy', 'session.timeout.ms', 'heartbeat.interval.ms'],
  consumer: ['group.remote.assignor'],
}

export function refuseOtherProtocol(checks: Checks, given: Settings, path: Path): void {
  if (!checks.has('group.protocol', 'consumer')) return
  const protocol = given['group.protocol'] ?? 'classic'
  const other = protocol === 'classic' ? 'consumer' : 'classic'
  for (const key of OF_PROTOCOL[other]!.filter((it) => given[it] !== undefined && given[it] !== '')) {
    checks.add([...path, key], `${key} is not for group.protocol ${protocol}`, {
      at: 'key',
      expected: `group.protocol: ${other}, or no ${key}`,
    })
  }
}
