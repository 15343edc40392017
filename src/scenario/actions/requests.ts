/** Raw requests to brokers, whether they lead or not. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { RawRequest } from '../../kafka/operations.ts'
import { unreachable } from '../../kernel/assert.ts'
import { durationUs } from '../units.ts'
import type { Compile, Compilers, FormOf, Place } from './compile-action.ts'

const SOCKET_TIMEOUT = '30s'
const ACKS_TIMEOUT = '30s'

const wholeMs = (text: string): number => Math.round(durationUs(text) / 1000)

/** Timestamps that stand for something else; the last one since 3.0 (KIP-734). */
const SENTINELS: Readonly<Record<string, number>> = { latest: -1, earliest: -2, largest: -3 }

function rawRequest({ checks, path }: Place, form: FormOf<'request'>, label: string): RawRequest {
  const mechanisms: Mechanisms = checks.generation.mechanisms
  if ('partition' in form) checks.partition(form.partition, [...path, 'partition'])
  switch (form.request) {
    case 'produce':
      return {
        request: 'produce',
        partition: form.partition,
        records: form.values.map((value, index) => ({ id: `${label}/${index}`, key: null, value, timestampMs: 0 })),
        acks: form.acks === undefined || form.acks === 'all' ? -1 : Number(form.acks),
        timeoutMs: wholeMs(form.timeout ?? ACKS_TIMEOUT),
      }
    case 'fetch':
      return {
        request: 'fetch',
        partition: form.partition,
        fromOffset: form['from-offset'],
        maxWaitMs: wholeMs(form['max-wait'] ?? '500ms'),
      }
    case 'list-offsets': {
      const timestamp = SENTINELS[String(form.timestamp)] ?? Number(form.timestamp)
      // KAFKA-2334: version 5 (2.2) is the first that can be told OFFSET_NOT_AVAILABLE.
      return {
        request: 'listOffsets',
        partition: form.partition,
        timestamp,
        version: mechanisms.offsetNotAvailable ? 5 : 1,
      }
    }
    case 'delete-records':
      if (!mechanisms.deleteRecords) {
        checks.impossible(
          [...path, 'request'],
          `Kafka ${checks.generation.name} has no DeleteRecords: it came with 0.11`,
        )
      }
      return {
        request: 'deleteRecords',
        partition: form.partition,
        before: form.before === 'high-watermark' ? -1 : Number(form.before),
        timeoutMs: wholeMs(form.timeout ?? ACKS_TIMEOUT),
      }
    case 'metadata':
      form.topics?.forEach((topic, index) => {
        checks.topic(topic, [...path, 'topics', index])
      })
      // KIP-320: version 7 (2.1) is the first that tells leader epochs.
      return { request: 'metadata', topics: form.topics ?? null, version: mechanisms.leaderEpochFencing ? 7 : 5 }
    case 'end-of-epoch':
      if (mechanisms.recordFormat < 2) {
        checks.impossible([...path, 'request'], 'OffsetsForLeaderEpoch came with 0.11 (KIP-101)')
      }
      return { request: 'offsetForLeaderEpoch', partition: form.partition, epoch: form.epoch }
    default:
      return unreachable(form)
  }
}

const request: Compile<'request'> = (place, form) => {
  const { checks, path } = place
  const label = form.as ?? place.defaultLabel
  if (checks.names.labels.indexOf(label) !== checks.names.labels.lastIndexOf(label)) {
    checks.add([...path, 'as'], `two requests are called ${label}`, { expected: 'a name of its own for each request' })
  }
  const target = checks.brokerTarget(form.to, [...path, 'to'], 'a request goes to a broker')
  const request = rawRequest(place, form, label)
  return [
    { do: 'request', target, request, socketTimeoutUs: durationUs(form['socket-timeout'] ?? SOCKET_TIMEOUT), label },
  ]
}

export const REQUESTS: Compilers<'request'> = { request }
