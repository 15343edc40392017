/**
 * What the application does when a call has returned, as Kafka's ExactlyOnceMessageProcessor does (one producer an instance,
 * 2.5) and Kafka Streams before it (one a partition): what cannot be committed is aborted and read again, and who is fenced
 * begins anew.
 */
import type { CallResult, PolledRecords, RebalanceCallback } from '../../kafka/calls.ts'
import { comparePartitions, type TopicPartition } from '../../kafka/ids.ts'
import type { GroupMemberIdentity } from '../../kafka/messages/transactions.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { NodeId } from '../../kernel/machine.ts'
import type { ClientContext } from '../links.ts'
import type { ApplicationConfig, ApplicationVolatile, Job } from './state.ts'

/** How long it waits after an error that it does not know what to do about, in us. */
const AFTER_ERROR_US = 200_000

/** Fences whoever was before it, then joins. A producer a partition is made when the partition is assigned. */
export function beginning({ transforms, producers }: ApplicationConfig): Job[] {
  const made = transforms.producers === 'per-instance' ? producers : []
  return [...made.map(({ node }): Job => ({ do: 'initialize', producer: node })), { do: 'subscribe' }]
}

/** The offsets are the last thing that a transaction takes. */
export function committing(producer: NodeId, config: ApplicationConfig): Job[] {
  if (isMutant(config, 'offsets-not-sent-to-the-transaction')) return [{ do: 'commit', producer }]
  const asks: Job[] = config.sendsMember ? [{ do: 'describeMember' }] : []
  return [...asks, { do: 'sendOffsets', producer }, { do: 'commit', producer }]
}

const producerFor = (partition: TopicPartition, { producers }: ApplicationConfig): NodeId =>
  producers.find((each) => each.partition === partition || each.partition === null)!.node

/** The partitions that a producer is for, of those that the consumer has. */
function partitionsOf(memory: ApplicationVolatile, producer: NodeId, config: ApplicationConfig): TopicPartition[] {
  return memory.owned.filter((partition) => producerFor(partition, config) === producer)
}

/** The call gave what it should. */
export function onSuccess(
  memory: ApplicationVolatile,
  job: Job,
  result: CallResult,
  config: ApplicationConfig,
  ctx: ClientContext,
): void {
  switch (job.do) {
    case 'poll':
      memory.jobs.unshift(...afterPoll(memory, result as PolledRecords, config, ctx))
      break
    case 'initialize':
      memory.initialized.push(job.producer)
      break
    case 'begin':
      memory.open[job.producer] = { sinceUs: ctx.nowUs, offsets: {} }
      break
    case 'send':
      memory.open[job.producer]!.offsets[job.record.partition] = job.record.offset + 1
      break
    case 'describeMember':
      memory.member = (result as CallResult & { readonly member: GroupMemberIdentity }).member
      break
    case 'commit':
      delete memory.open[job.producer]
      break
    case 'abort':
      delete memory.open[job.producer]
      if (isMutant(config, 'application-reads-on-after-an-abort')) break
      memory.jobs.unshift({ do: 'seek', partitions: partitionsOf(memory, job.producer, config) })
      break
    case 'closeProducer':
      memory.initialized = memory.initialized.filter((node) => node !== job.producer)
      delete memory.open[job.producer]
      break
    default:
      break
  }
}

/** The call threw. */
export function onError(
  memory: ApplicationVolatile,
  job: Job,
  error: readonly string[],
  config: ApplicationConfig,
  ctx: ClientContext,
): void {
  switch (job.do) {
    case 'send':
    case 'sendOffsets':
    case 'commit':
      // What takes longer than max.block.ms is asked again: how it ends is not known.
      if (job.do === 'commit' && error[0] === 'TimeoutException') {
        ctx.probe('application asks again how its commit ended')
        memory.jobs.unshift(job)
      } else {
        ctx.probe('application gives its transaction up')
        abandon(memory, job.producer)
      }
      break
    case 'initialize':
    case 'abort':
      if (error[0] === 'TimeoutException') memory.jobs.unshift(job)
      else beginAnew(memory, config, ctx)
      break
    case 'begin':
      beginAnew(memory, config, ctx)
      break
    default:
      memory.jobs.unshift({ do: 'rest', forUs: AFTER_ERROR_US })
  }
}

/** The transaction is aborted, and what it had taken is read again. */
function abandon(memory: ApplicationVolatile, producer: NodeId): void {
  const others = memory.jobs.filter(
    (job) => !('producer' in job) || job.producer !== producer || job.do === 'closeProducer',
  )
  memory.jobs = [{ do: 'abort', producer }, ...others]
}

/** Another one has its place: it gives everything up and joins again, as Kafka Streams does (TaskMigratedException). */
function beginAnew(memory: ApplicationVolatile, config: ApplicationConfig, ctx: ClientContext): void {
  ctx.probe('application begins anew')
  const closes = config.producers.map(({ node }): Job => ({ do: 'closeProducer', producer: node }))
  memory.owned = []
  memory.jobs = [{ do: 'unsubscribe' }, ...closes, { do: 'rest', forUs: AFTER_ERROR_US }, ...beginning(config)]
}

/** Records to be transformed, or callbacks of a rebalance to come back from. */
function afterPoll(
  memory: ApplicationVolatile,
  { records, callbacks }: PolledRecords,
  config: ApplicationConfig,
  ctx: ClientContext,
): Job[] {
  const begun = new Set(Object.keys(memory.open))
  const jobs = callbacks.flatMap((callback) => calledBack(memory, callback, config, ctx))
  for (const record of records) {
    const producer = producerFor(record.partition, config)
    if (!begun.has(producer)) jobs.push({ do: 'begin', producer })
    begun.add(producer)
    if (config.processUs > 0) jobs.push({ do: 'rest', forUs: config.processUs })
    jobs.push({ do: 'send', producer, record })
  }
  return jobs
}

function calledBack(
  memory: ApplicationVolatile,
  { kind, partitions }: RebalanceCallback,
  config: ApplicationConfig,
  ctx: ClientContext,
): Job[] {
  const perPartition = config.transforms.producers === 'per-partition'
  const others = memory.owned.filter((partition) => !partitions.includes(partition))
  memory.owned = kind === 'partitionsAssigned' ? [...others, ...partitions].sort(comparePartitions) : others
  const concerned = [...new Set(partitions.map((partition) => producerFor(partition, config)))]
  if (kind === 'partitionsAssigned') {
    const missing = concerned.filter((producer) => !memory.initialized.includes(producer))
    return missing.map((producer) => ({ do: 'initialize', producer }))
  }
  const ends = concerned.flatMap((producer): Job[] => {
    if (memory.open[producer] === undefined) return []
    const isRevoked = kind === 'partitionsRevoked'
    ctx.probe(isRevoked ? 'application commits before it gives partitions back' : 'application has lost its partitions')
    return isRevoked ? committing(producer, config) : [{ do: 'abort', producer }]
  })
  return perPartition ? [...ends, ...concerned.map((producer): Job => ({ do: 'closeProducer', producer }))] : ends
}
