/** Calls of an application to its transactional producer, one at a time. */
import type { ClientCall } from '../../kafka/calls.ts'
import { splitTopicPartition } from '../../kafka/ids.ts'
import type { Compile, Compilers, FormOf, Place } from './compile-action.ts'

const PLAIN = {
  'init-transactions': 'initTransactions',
  begin: 'beginTransaction',
  commit: 'commitTransaction',
  abort: 'abortTransaction',
} as const

function callOf({ checks, path }: Place, form: FormOf<'call'>): ClientCall | null {
  if (form.call === 'send') {
    if (form.to === undefined) {
      checks.add(path, 'a record goes to a partition', { at: 'key', parts: path, expected: '`to`' })
      return null
    }
    checks.partition(form.to, [...path, 'to'])
    const { topic, partition } = splitTopicPartition(form.to)
    return { call: 'send', topic, partition, key: null, value: form.value ?? null, waits: form.waits ?? true }
  }
  // Producer ids and markers are of the record format of 0.11.
  if (checks.generation.mechanisms.recordFormat < 2) {
    checks.impossible([...path, 'call'], 'transactions came with 0.11 (KIP-98)')
  }
  if (form.call === 'send-offsets') {
    if (form.offsets === undefined || form.group === undefined) {
      checks.add(path, 'offsets are committed for a group', {
        at: 'key',
        parts: path,
        expected: '`offsets` and `group`',
      })
      return null
    }
    for (const partition of Object.keys(form.offsets))
      checks.partition(partition, [...path, 'offsets', partition], 'key')
    const { offsets, group } = form
    return { call: 'sendOffsetsToTransaction', offsets, group, metadataOf: null, member: null }
  }
  return { call: PLAIN[form.call] }
}

const call: Compile<'call'> = (place, form) => {
  const { checks, path } = place
  checks.client(form.client, [...path, 'client'], 'producer')
  const label = form.as ?? place.defaultLabel
  if (checks.names.labels.indexOf(label) !== checks.names.labels.lastIndexOf(label)) {
    checks.add([...path, 'as'], `two requests or calls are called ${label}`, { expected: 'a name of its own for each' })
  }
  const call = callOf(place, form)
  return call === null ? [] : [{ do: 'call', client: form.client, call, label }]
}

export const CALLS: Compilers<'call'> = { call }
