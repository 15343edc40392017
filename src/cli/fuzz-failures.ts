/** The failures of a campaign, told: one of each kind, with its plan, its causes and the small scenario made of it. */
import { join } from 'node:path'
import type { FuzzCase } from '../campaign/generate.ts'
import { drawCase } from '../campaign/generate.ts'
import type { Profile } from '../campaign/profile.ts'
import type { SeedResult } from '../campaign/seed-result.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import { printScenario } from '../scenario/print.ts'
import { annotate } from './annotation.ts'
import { failureLine, telling } from './campaign-words.ts'
import { quoted } from './flags.ts'
import type { Io } from './io.ts'
import { tryToWrite } from './output-file.ts'
import type { Screen } from './screen.ts'
import { linesText } from './screen.ts'
import { chainLines, shrunkText, shrunkWords } from './shrink.ts'
import { shrinkApart } from './shrink-apart.ts'

/** What is asked of the telling. */
export interface TellingFlags {
  readonly shrink: boolean
  /** The folder of shrunk scenarios. */
  readonly found: string
  readonly quiet?: boolean
  readonly json?: boolean
}

/** Different failures that are shrunk in one campaign. */
const SHRUNK = 3

/**
 * Shows the first failure of each kind: its whole plan, the chain of its causes, and the small scenario made of it.
 * Returns why scenarios could not be written, one a file.
 */
export async function showFailures(
  io: Io,
  flags: TellingFlags,
  { generation, profile, screen }: { generation: Generation; profile: Profile; screen: Screen },
  failures: readonly SeedResult[],
): Promise<string[]> {
  const problems: string[] = []
  for (const { failure, signature } of worthShrinking(failures)) {
    if (io.interrupted.aborted) return problems
    const found = drawCase(profile, generation, failure.seed)
    const repeat = `highwater fuzz --kafka ${generation.name} --profile ${profile.name} --first ${failure.seed} --seeds 1`
    if (flags.json !== true && flags.quiet !== true) {
      const title = linesText(io, screen, [`Seed ${failure.seed} in full: ${broken(failure)}`], 'strong')
      io.stdout.write(`\n${title}Repeat it with: ${repeat}\n`)
      if (failure.outcome === 'bug') io.stdout.write(`${failure.liveness.join('\n')}\n`)
      else io.stdout.write(`The plan:\n${indented(printScenario(asScenario(found)))}`)
    }
    const shrinks = flags.shrink && failure.outcome !== 'bug'
    const shrunk = shrinks ? await showShrunk(io, flags, screen, found, failure, signature) : null
    if (shrunk?.problem !== undefined) problems.push(shrunk.problem)
    const message = `${failureLine(failure)}\n${repeat}`
    annotate(io, {
      title: `seed ${failure.seed}`,
      message,
      ...(shrunk?.file === undefined ? {} : { file: shrunk.file }),
    })
  }
  return problems
}

/** What broke in a run, by name. */
const broken = ({ breaks, outcome }: SeedResult): string =>
  breaks.length === 0 ? outcome : [...new Set(breaks.map(({ property }) => property))].join(', ')

/** One failure of each kind, a seed at most once: what nothing explains first. Of what a hole explains the best one. */
function worthShrinking(failures: readonly SeedResult[]): { failure: SeedResult; signature: string | null }[] {
  const chosen: { failure: SeedResult; signature: string | null; rank: number }[] = []
  const known = new Set<string>()
  for (const failure of failures) {
    const worst = failure.outcome === 'hole' ? failure.breaks : failure.breaks.filter(({ hole }) => hole === null)
    const best = [...worst].sort((a, b) => telling(a) - telling(b))[0]
    const signature = best?.signature ?? null
    const kind = signature ?? `${failure.outcome} ${failure.liveness[0]?.replace(/\d+/g, 'N') ?? ''}`
    if (known.has(kind)) continue
    known.add(kind)
    const base = failure.outcome === 'hole' ? 1000 : 0
    chosen.push({ failure, signature, rank: base + (best === undefined ? 500 : telling(best)) })
  }
  chosen.sort((a, b) => a.rank - b.rank)
  const unexplained = chosen.filter(({ rank }) => rank < 1000)
  return unexplained.length > 0 ? unexplained.slice(0, SHRUNK) : chosen.slice(0, 1)
}

const asScenario = ({ document }: FuzzCase) => ({ fileName: null, document, places: null })
const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ')

/** Where a small scenario is now, or why it is nowhere. */
interface Shown {
  readonly file?: string
  readonly problem?: string
}

/** Makes a failure small and tells of it; null where it does not fail again. What no file takes is shown. */
async function showShrunk(
  io: Io,
  flags: TellingFlags,
  screen: Screen,
  found: FuzzCase,
  failure: SeedResult,
  signature: string | null,
): Promise<Shown | null> {
  const property = failure.breaks.find((it) => it.signature === signature)?.property ?? failure.outcome
  const name = join(flags.found, `${found.kafka}-${found.profile}-${failure.seed}-${property}.yaml`)
  const origin = `Found by a campaign (Kafka ${found.kafka}, profile ${found.profile}, seed ${failure.seed}) and made small.`
  const shrunk = await shrinkApart(io, found.document, { origin, ...(signature === null ? {} : { signature }) })
  if (shrunk === null) return null
  const text = shrunkText(io, shrunk, name)
  const problem = tryToWrite(io, name, text)
  const shown: Shown = problem === null ? { file: name } : { problem }
  if (problem !== null) io.stderr.write(`${screen.paint('bad', problem)}\n`)
  if (flags.json === true) return shown
  const place = problem === null ? ` ${name}` : ''
  io.stdout.write(`${screen.paint('strong', `Shrunk: ${shrunkWords(shrunk)}:`)}${place}\n`)
  io.stdout.write(linesText(io, screen, chainLines(shrunk)))
  io.stdout.write(problem === null ? `Run it with: highwater run ${quoted(name)}\n` : indented(text))
  return shown
}
