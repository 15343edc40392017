/** Time in which nothing is done to the cluster is taken out: what comes after moves up. */
import { parseDuration } from '../../kernel/time.ts'
import type { ScenarioDocument } from '../../scenario/schema.ts'
import { withSteps } from './faults.ts'
import type { Search } from './reduce.ts'
import { attempt } from './reduce.ts'

const msOf = (text: string): number => Math.round((parseDuration(text) ?? 0) / 1000)

/** The first step need not come before this, in ms: by then topics have leaders and clients work. */
const BEGIN_MS = 2_000
/** What is left of a gap, in ms. */
const GAPS_MS = [300, 1_000, 3_000] as const

export function withoutIdleTime(search: Search): void {
  for (let index = 0; index < (search.document.steps?.length ?? 0); index++) {
    for (const left of GAPS_MS) {
      const moved = moveUp(search.document, index, left)
      if (moved === null || attempt(search, moved)) break
    }
  }
}

/** The steps from `index` on, so much earlier that only `left` ms remain of the gap before them; null: there is none. */
function moveUp(document: ScenarioDocument, index: number, left: number): ScenarioDocument | null {
  const steps = document.steps ?? []
  const at = steps[index]?.at
  if (at === undefined) return null
  const before = index === 0 ? BEGIN_MS - left : msOf(steps[index - 1]!.at ?? '0ms')
  const byMs = msOf(at) - before - left
  if (byMs <= 100) return null
  const moved = steps.map((step, i) =>
    i < index || step.at === undefined ? step : { ...step, at: `${msOf(step.at) - byMs}ms` },
  )
  return withSteps(document, moved)
}
