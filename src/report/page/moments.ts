/** What stands out along a run: how much each event matters, and what is worth a mark on the scrubber. */
import { type Fact, isCut } from '../../kafka/facts.ts'
import { factWords, markOfFact } from '../words.ts'
import type { PageEvent } from './page-trace.ts'

/** How much an event matters: 3 a reader of the story wants it, 2 it changes what is shown, 1 anything else. */
export type Level = 1 | 2 | 3

type MomentKind = 'fault' | 'break' | 'election' | 'truncation' | 'chapter'

/** Something worth a mark on the scrubber. */
export interface Moment {
  readonly event: number
  readonly kind: MomentKind
  readonly glyph: string
  readonly words: string
}

export function levelOf(event: PageEvent): Level {
  if (event.s !== undefined || event.ch !== undefined) return 3
  if (event.v?.some(({ change }) => change === 'broke')) return 3
  for (const { fact } of event.f ?? []) {
    if (markOfFact(fact).weight === 'major' || fact.kind === 'clientTold') return 3
  }
  return event.d === undefined ? 1 : 2
}

const FAULT_GLYPHS: readonly (readonly [RegExp, string])[] = [
  [/\bcrash|\bkill|power loss/i, '!'],
  [/\bstart|restart|resume/i, '^'],
  [/\bcut|drop|hold|slow|heal|release/i, '//'],
  [/\bstop/i, '-'],
  [/\bpause/i, '='],
]

export const faultGlyph = (words: string): string => FAULT_GLYPHS.find(([pattern]) => pattern.test(words))?.[1] ?? '>'

export function factMoment(fact: Fact): Omit<Moment, 'event'> | null {
  const words = factWords(fact)
  if (fact.kind === 'leaderElected' || fact.kind === 'controllerElected') return { kind: 'election', glyph: 'E', words }
  if (fact.kind === 'noLeaderPossible') return { kind: 'election', glyph: '?', words }
  if (!isCut(fact) || fact.removed.length === 0) return null
  return { kind: 'truncation', glyph: fact.kind === 'truncated' ? 'x' : 'D', words }
}

export const breaksOf = (verdicts: PageEvent['v'], event: number): Moment[] =>
  (verdicts ?? []).flatMap((verdict) =>
    verdict.change === 'at-stake'
      ? []
      : [{ event, kind: 'break', glyph: '✗', words: `${verdict.property}: ${verdict.words}` }],
  )
