/** Requests that the recorder made itself of a group's coordinator: as another member would, or nobody. */

import type { RawRequest } from '../../kafka/operations.ts'
import { msToUs } from '../../kernel/time.ts'
import { answered } from '../conditions.ts'
import { SOCKET_TIMEOUT_MS } from '../recorder.ts'
import type { ClientsEntry } from './recording.ts'
import { numberOf, textOf } from './recording.ts'
import type { SawRule } from './rule.ts'
import type { ClientsScript } from './script.ts'

/** What the recorder committed with such a request. */
const RAW_OFFSET = 5

/** The request is made at the moment at which its answer was noted. */
function ask(script: ClientsScript, entry: ClientsEntry, request: RawRequest): string {
  const label = `raw${script.index}`
  script.add({
    id: label,
    atMs: entry.atMs,
    order: script.index - 0.5,
    text: `${entry.saw} ${textOf(entry, 'label') ?? ''}`,
    actions: [
      {
        do: 'request',
        target: { role: 'leader', partition: '__consumer_offsets-0' },
        request,
        socketTimeoutUs: msToUs(SOCKET_TIMEOUT_MS),
        label,
      },
    ],
  })
  return label
}

const labelOf = (script: ClientsScript): string => `raw${script.index}`

/** The topic that consumers of the story read: the recorder's own requests do not name it. */
function topicInUse({ recording, index }: ClientsScript): string {
  const subscribed = recording.entries.slice(0, index).findLast((each) => each.do === 'subscribe')
  const topics = subscribed === undefined ? null : textOf(subscribed, 'topics')
  return topics?.split(',')[0] ?? 't'
}

/** Whose commit it is: of the first consumer of the section, of the recorder's own join, of nobody known. */
function commitRequest(entry: ClientsEntry, script: ClientsScript): RawRequest | null {
  const generation = numberOf(entry, 'generation')
  const before = script.recording.entries.slice(0, script.index)
  const section = before.findLastIndex((each) => each.saw === 'section')
  const joined = before.findLastIndex((each) => each.saw === 'rawJoin')
  const first = before.find((each, n) => n > section && each.do === 'startConsumer')
  const settings = first?.settings as { readonly 'group.id'?: string } | undefined
  const group = joined > section ? textOf(before[joined]!, 'group') : (settings?.['group.id'] ?? null)
  if (generation === null || group === null) return null
  const unknown = generation < 0 || (textOf(entry, 'label') ?? '').includes('unknown member')
  const memberOf = unknown
    ? null
    : joined > section
      ? `raw${joined}`
      : script.client(textOf(first!, 'client'), 'consumer')
  const memberId = generation < 0 ? '' : 'nobody'
  const partition = `${topicInUse(script)}-0`
  return { request: 'offsetCommit', group, generation, memberId, memberOf, partition, offset: RAW_OFFSET }
}

const compared: Pick<SawRule, 'compare'> = {
  compare: ({ world, entry, script, label }, to) => {
    const result = world.ledger.requests[labelOf(script)]?.result as { error?: string; generation?: number } | null
    to.equal(label, 'error', entry.error, result?.error ?? null)
    if (entry.saw === 'rawJoin') to.equal(label, 'generation', entry.generation, result?.generation ?? null)
  },
}

export const RAW_SEEN: Readonly<Record<string, SawRule>> = {
  rawCommit: {
    when: (entry, script) => {
      const request = commitRequest(entry, script)
      return request === null ? null : answered(ask(script, entry, request))
    },
    ...compared,
  },
  rawJoin: {
    when: (entry, script) => {
      const group = textOf(entry, 'group') ?? ''
      return answered(ask(script, entry, { request: 'joinGroup', group, topics: [topicInUse(script)] }))
    },
    ...compared,
  },
}
