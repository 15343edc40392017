/** Chapters of a lesson: what is told along the run, and the questions that are asked before it goes on. */
import type { PlanChapter, PlanQuestion } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import { compileCondition } from './conditions.ts'
import { nearestName } from './nearest.ts'
import type { Path } from './problem.ts'
import type { ChapterForm, ScenarioDocument } from './schema.ts'
import { parseVersionRange } from './version-range.ts'

type AskForm = NonNullable<ChapterForm['ask']>

/** The first answer whose versions hold the plan's. Every answer is checked. */
function compileAsk(checks: Checks, form: AskForm, path: Path): PlanQuestion | null {
  const { question, options } = form
  let chosen: PlanQuestion | null = null
  let rest = false
  form.answers.forEach((each, index) => {
    const here: Path = [...path, 'answers', index]
    if (rest) checks.add(here, 'this answer is never chosen', { expected: 'the answer without `kafka` last' })
    const range = each.kafka === undefined ? null : parseVersionRange(each.kafka)
    if (range?.ok === false) {
      checks.add([...here, 'kafka'], range.message, {
        expected: 'a version or a range such as "<0.11", ">=2.0" or "0.11 - 2.0"',
        found: each.kafka,
        nearest: range.nearest,
      })
    }
    const answer = options.indexOf(each.answer)
    if (answer === -1) {
      checks.add([...here, 'answer'], 'this is none of the options', {
        expected: `one of ${options.join(', ')}`,
        found: each.answer,
        nearest: nearestName(each.answer, options),
      })
    }
    const check = each.check === undefined ? null : compileCondition(checks, each.check, [...here, 'check'])
    if (range === null) rest = true
    const matches = range === null || (range.ok && range.matches(checks.generation))
    if (chosen === null && matches) chosen = { question, options, answer, check, why: each.why ?? '' }
  })
  return chosen
}

export function compileChapters(
  checks: Checks,
  form: ScenarioDocument['chapters'],
  sourceOf: (path: Path) => string | null,
): PlanChapter[] {
  return (form ?? []).map((chapter, index): PlanChapter => {
    const path: Path = ['chapters', index]
    return {
      title: chapter.title,
      say: chapter.say.trim(),
      until: compileCondition(checks, chapter.until, [...path, 'until']),
      focus: chapter.focus ?? [],
      mark: chapter.mark ?? [],
      notes: chapter.notes ?? '',
      ask: chapter.ask === undefined ? null : compileAsk(checks, chapter.ask, [...path, 'ask']),
      source: sourceOf(path),
    }
  })
}
