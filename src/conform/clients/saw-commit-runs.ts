/** A loop of `commitSync`, one a tenth of a second after the other: how long each took, and what it threw. */
import type { CallResult } from '../../kafka/calls.ts'
import { answered } from '../conditions.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, textOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'
import { sameTime } from './rule.ts'
import type { ClientsScript } from './script.ts'

const EVERY_US = 100_000

interface Run {
  readonly fromMs: number
  readonly toMs: number
  readonly error: unknown
  readonly count: number
  readonly maxMs: number
}

const runsOf = (entry: ClientsEntry): readonly Run[] => (listOf(entry, 'runs') ?? []) as readonly Run[]

/** The loop has no entries of its own: it began with the section of its label and ended before it was told of. */
function runLoop(entry: ClientsEntry, script: ClientsScript): string | null {
  const before = script.recording.entries.slice(0, script.index)
  const section = before.findLastIndex((each) => each.saw === 'section' && each.label === entry.label)
  const last = before.findLast((each) => each.do === 'commitSync' && typeof each.offsets === 'string')
  const client = script.client(textOf(last ?? entry, 'client'), 'consumer')
  const end = runsOf(entry).at(-1)?.toMs
  if (section < 0 || last === undefined || client === null || end === undefined) return null
  const [partition] = String(last.offsets).split(':')
  const label = `loop${script.index}`
  script.add({
    id: label,
    atMs: before[section]!.atMs,
    order: section + 0.5,
    text: 'commitSync again and again',
    actions: [{ do: 'call', client, call: { call: 'commitLoop', partition: partition!, everyUs: EVERY_US }, label }],
  })
  script.add({
    id: `${label}.end`,
    atMs: Math.min(end, entry.atMs),
    order: script.index - 0.5,
    text: 'and no more',
    actions: [{ do: 'call', client, call: { call: 'stopCommitLoop' }, label: `${label}.end` }],
  })
  return label
}

/**
 * How long the longest may take: a session ends on a tick of the registry, whose phase is chance. When the coordinator
 * hangs the client's own time-out decides, and then whom it asks for another one.
 */
function around(longestMs: number, { script }: Look): readonly [number, number] {
  const tickMs = script.recording.registry?.tickMs ?? 0
  const timeouts = script.recording.entries.map(
    (each) =>
      (each.settings as { readonly 'request.timeout.ms'?: number } | undefined)?.['request.timeout.ms'] ?? 30_000,
  )
  const timeoutMs = Math.min(...timeouts)
  return [longestMs > timeoutMs ? timeoutMs : longestMs - tickMs, longestMs + tickMs]
}

export const COMMIT_RUNS_SEEN: Readonly<Record<string, SawRule>> = {
  commitRuns: {
    when: (entry, script) => {
      const label = runLoop(entry, script)
      return label === null ? null : answered(label)
    },
    compare: (look, to) => {
      const { world, script, entry, label } = look
      const result = world.ledger.requests[`loop${script.index}`]?.result as
        | (CallResult & { readonly commits: readonly { readonly tookMs: number; readonly error: unknown }[] })
        | null
      const commits = result?.commits ?? []
      const errors = (all: readonly { readonly error: unknown }[]): unknown[] => [
        ...new Set(all.map(({ error }) => JSON.stringify(error))),
      ]
      to.equal(label, 'errors', errors(runsOf(entry)), errors(commits))
      const longest = Math.max(0, ...runsOf(entry).map(({ maxMs }) => maxMs))
      sameTime(to, look, 'the longest took', around(longest, look), Math.max(0, ...commits.map(({ tookMs }) => tookMs)))
    },
  },
}
