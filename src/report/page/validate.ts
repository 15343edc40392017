/** Holds a trace against its own promises: order, causes, reversible changes, digests. */
import type { Trace } from '../../driver/trace.ts'
import { canonical } from '../../kernel/fingerprint.ts'
import type { Json } from '../../kernel/json.ts'
import type { PageEvent } from './page-run.ts'
import { isListPatch, pathOf, ViewState } from './view-state.ts'

/** Problems that are told. */
const MOST_PROBLEMS = 20

/** What is wrong with a trace, in words; empty: nothing. */
export function traceProblems(trace: Trace): string[] {
  const problems: string[] = []
  const say = (event: number, words: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(`event ${event}: ${words}`)
  }
  const ids = new Set<number>()
  const state = new ViewState()
  let before = 0
  for (const [index, event] of (trace.events as readonly PageEvent[]).entries()) {
    if (event.i !== index) say(index, `says that it is event ${event.i}`)
    if (!Number.isInteger(event.t) || event.t < before)
      say(index, `its time ${event.t} is before that of the event before`)
    before = event.t
    if (ids.has(event.id)) say(index, `its id ${event.id} was there before`)
    for (const cause of event.c) if (!ids.has(cause)) say(index, `its cause ${cause} is not an event before it`)
    ids.add(event.id)
    for (const patch of event.d ?? []) {
      const path = pathOf(patch)
      if (!isListPatch(patch)) {
        const known = state.get(path) ?? null
        if (canonical(known) !== canonical(patch[1]))
          say(index, `${path} was ${canonical(known)}, not ${canonical(patch[1])}`)
      } else if (patch[0] === '-') {
        const list = state.list(path)
        const end = list.slice(Math.max(0, list.length - patch[2].length))
        if (canonical(end as Json) !== canonical(patch[2] as Json))
          say(index, `what it takes from ${path} is not its end`)
      }
    }
    state.redo(event.d ?? [])
    if (event.h !== undefined && event.h !== state.digest()) say(index, 'the digest of its state differs')
  }
  if (trace.footer === null) problems.push('the last line, the footer, is not there: the trace is cut off')
  else if (trace.footer.events !== trace.events.length) {
    problems.push(`the footer counts ${trace.footer.events} events, and there are ${trace.events.length}`)
  }
  return problems
}
