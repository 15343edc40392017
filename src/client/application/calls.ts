/** What each job asks, and of whom. */
import type { ClientCall } from '../../kafka/calls.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { NodeId } from '../../kernel/machine.ts'
import type { ApplicationConfig, ApplicationVolatile, Job } from './state.ts'

/** Longest time that the application stays in one `poll`, in us. */
const POLL_US = 100_000

/** `poll` ends when a transaction is to be committed. */
function pollUs(memory: ApplicationVolatile, { transforms }: ApplicationConfig, nowUs: number): number {
  const due = Object.values(memory.open).map(({ sinceUs }) => sinceUs + transforms.commitEveryUs - nowUs)
  return Math.max(0, Math.min(POLL_US, ...due))
}

/** The call that does a job. */
export function callFor(
  memory: ApplicationVolatile,
  job: Exclude<Job, { do: 'rest' }>,
  config: ApplicationConfig,
  nowUs: number,
): ClientCall {
  switch (job.do) {
    case 'subscribe':
      return { call: 'subscribe', topics: config.topics, revokedTakesUs: 0 }
    case 'poll':
      return { call: 'pollRecords', timeoutUs: pollUs(memory, config, nowUs) }
    case 'describeMember':
      return { call: 'groupMetadata' }
    case 'unsubscribe':
      return { call: 'unsubscribe' }
    case 'seek':
      return { call: 'seekToCommitted', partitions: job.partitions }
    case 'initialize':
      return { call: 'initTransactions' }
    case 'begin':
      return { call: 'beginTransaction' }
    case 'send': {
      const { partition, offset, value } = job.record
      const { to } = config.transforms
      return { call: 'send', topic: to, partition: null, key: null, value, waits: false, madeOf: { partition, offset } }
    }
    case 'sendOffsets': {
      const offsets = { ...memory.open[job.producer]?.offsets }
      if (isMutant(config, 'offsets-committed-by-the-consumer')) return { call: 'commitSync', offsets }
      const member = config.sendsMember ? memory.member : null
      return { call: 'sendOffsetsToTransaction', offsets, group: config.group, metadataOf: null, member }
    }
    case 'commit':
      return { call: 'commitTransaction' }
    case 'abort':
      return { call: 'abortTransaction' }
    case 'closeProducer':
    case 'closeConsumer':
      return { call: 'close' }
  }
}

/** The client that does a job. */
export function clientFor(job: Exclude<Job, { do: 'rest' }>, config: ApplicationConfig): NodeId {
  const isBeside = job.do === 'sendOffsets' && isMutant(config, 'offsets-committed-by-the-consumer')
  return 'producer' in job && !isBeside ? job.producer : config.consumer
}
