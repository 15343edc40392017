/** What calls gave back. */
import { answered } from '../conditions.ts'
import type { SawRule } from './rule.ts'
import { sameTime } from './rule.ts'

/** Calls whose time is decided by settings and not by who wins a race. */
const TIMED = ['send', 'sendMany', 'poll', 'commit']

const result: SawRule = {
  when: (entry, script) => {
    const label = script.resultOf(entry)
    return label === null ? null : answered(label)
  },
  compare: (look, to) => {
    const { world, entry, script, label } = look
    const call = script.resultOf(entry)
    if (call === null) return
    const ours = world.ledger.requests[call]
    const error = (ours?.result as { readonly error?: unknown } | null)?.error ?? null
    // The recorder's `send` told its own result, not that of the record: acknowledgements are seen apart.
    if (entry.of !== 'send') to.equal(label, 'error', entry.error, error)
    if (entry.of === 'poll' && entry.error === 'NONE') {
      to.equal(label, 'records', entry.records, (ours?.result as { readonly records?: unknown } | null)?.records)
    }
    if (!TIMED.includes(String(entry.of)) || typeof entry.tookMs !== 'number') return
    const tookMs = ours?.answeredAtUs == null ? null : Math.round((ours.answeredAtUs - ours.sentAtUs) / 1000)
    sameTime(to, look, 'took', [entry.tookMs, entry.tookMs], tookMs)
  },
}

export const RESULTS_SEEN: Readonly<Record<string, SawRule>> = { result }
