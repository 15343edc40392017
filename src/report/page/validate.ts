/** Holds a trace against its own promises: order, causes, reversible changes, digests, verdicts. */
import type { VerdictChange } from '../../check/property.ts'
import type { Trace } from '../../driver/trace.ts'
import { canonical } from '../../kernel/fingerprint.ts'
import type { Json } from '../../kernel/json.ts'
import type { PageEvent, PageFooter } from './page-trace.ts'
import { isListPatch, pathOf, ViewState } from './view-state.ts'

/** Problems that are told. */
const MOST_PROBLEMS = 20

/** Verdicts as a trace changes them: a property is at stake once, broken once, and only then broken again. */
class VerdictLedger {
  readonly #atStake = new Set<string>()
  readonly #broken = new Set<string>()
  readonly #witnesses: string[] = []

  /** What is wrong with a change; null: nothing. */
  problem(change: VerdictChange, event: number): string | null {
    const { property } = change
    if (change.change === 'at-stake') {
      const twice = this.#atStake.has(property)
      this.#atStake.add(property)
      return twice ? `${property} was at stake before` : null
    }
    const broken = this.#broken.has(property)
    this.#broken.add(property)
    this.#witnesses.push(`${property} at event ${event}: ${change.words}`)
    if (change.change === 'broke') return broken ? `${property} was broken before` : null
    return broken ? null : `${property} is broken again, and was not before`
  }

  /** Where the witnesses of the lines and those of the verdicts in the footer part; null: nowhere. */
  difference({ view }: PageFooter): string | null {
    if (view === undefined) return null
    const told = view.verdicts
      .flatMap(({ name, evidence }) => evidence.map(({ event, words }) => `${name} at event ${event}: ${words}`))
      .sort()
    const found = [...this.#witnesses].sort()
    const at = told.findIndex((witness, i) => witness !== found[i])
    if (at >= 0) return `the verdicts of the footer have ${told[at]}, and the lines ${found[at] ?? 'nothing more'}`
    return found.length > told.length ? `the verdicts of the footer do not have ${found[told.length]}` : null
  }
}

/** What is wrong with a trace, in words; empty: nothing. */
export function traceProblems(trace: Trace): string[] {
  const problems: string[] = []
  const say = (event: number, words: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(`event ${event}: ${words}`)
  }
  const ids = new Set<number>()
  const state = new ViewState()
  const verdicts = new VerdictLedger()
  let before = 0
  for (const [index, event] of (trace.events as readonly PageEvent[]).entries()) {
    if (event.i !== index) say(index, `says that it is event ${event.i}`)
    if (!Number.isInteger(event.t) || event.t < before)
      say(index, `its time ${event.t} is before that of the event before`)
    before = event.t
    if (ids.has(event.id)) say(index, `its id ${event.id} was there before`)
    for (const cause of event.c) if (!ids.has(cause)) say(index, `its cause ${cause} is not an event before it`)
    ids.add(event.id)
    for (const change of event.v ?? []) {
      const problem = verdicts.problem(change, index)
      if (problem !== null) say(index, problem)
    }
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
  const footer = trace.footer as PageFooter | null
  if (footer === null) return [...problems, 'the last line, the footer, is not there: the trace is cut off']
  if (footer.events !== trace.events.length) {
    problems.push(`the footer counts ${footer.events} events, and there are ${trace.events.length}`)
  }
  // The end of the run counts as one event more.
  for (const change of footer.v ?? []) {
    const problem = verdicts.problem(change, footer.events)
    if (problem !== null) problems.push(`the end: ${problem}`)
  }
  const difference = verdicts.difference(footer)
  return difference === null ? problems : [...problems, difference]
}
