/** A run as whole readable text: every event is there, the uneventful ones counted, the others told. */
import { simulate } from '../../src/driver/simulate.ts'
import { concerned } from '../../src/driver/trace.ts'
import { formatTime } from '../../src/kernel/time.ts'
import { replicaCells } from '../../src/report/timeline.ts'
import { cellText } from '../../src/report/timeline-document.ts'
import { factWords } from '../../src/report/words.ts'
import type { StepReport } from '../../src/world/context.ts'
import type { Plan } from '../../src/world/plan.ts'
import { knownPartitions } from '../../src/world/targets.ts'
import type { World } from '../../src/world/world.ts'
import { eventKey } from '../../src/world/world.ts'

/** What goes on all the time; counted, unless something is said about it. */
const ROUTINE = /\/(Fetch|Ping|timer |Consumer|SessionRe|Registry(Request|Response))/

/** Columns before the words: time, index. */
const INDENT = 18

function cells(world: World): string {
  const partition = knownPartitions(world)[0]
  return partition === undefined ? '' : replicaCells(world, partition).map(cellText).join(' | ')
}

/** What an event is called when nothing is said about it: its key without the count. */
const kindOf = ({ event }: StepReport): string => eventKey(event).replace(/^.*\//, '').replace(/#\d+$/, '')

class TraceText {
  readonly lines: string[] = []
  #quiet: Record<string, number> = {}
  #quietCount = 0
  #cells = ''

  add(world: World, report: StepReport): void {
    const { event, facts } = report
    if (facts.length === 0 && ROUTINE.test(eventKey(event))) {
      const kind = kindOf(report)
      this.#quiet[kind] = (this.#quiet[kind] ?? 0) + 1
      this.#quietCount += 1
      return
    }
    this.flush()
    const at = `${formatTime(event.atUs)} ${String(world.index - 1).padStart(6)}`.padEnd(INDENT)
    this.lines.push(
      `${at}${eventKey(event)}${eventKey(event).includes(concerned(event.body)) ? '' : ` at ${concerned(event.body)}`}`,
    )
    for (const { node, fact } of facts) this.lines.push(`${' '.repeat(INDENT + 2)}${node}: ${factWords(fact)}`)
    const now = cells(world)
    if (now !== this.#cells) this.lines.push(`${' '.repeat(INDENT + 2)}[ ${now} ]`)
    this.#cells = now
  }

  /** Tells how many events went by without anything to say. */
  flush(): void {
    if (this.#quietCount === 0) return
    const kinds = Object.keys(this.#quiet).sort()
    this.lines.push(`${' '.repeat(INDENT)}… ${kinds.map((kind) => `${this.#quiet[kind]} ${kind}`).join(', ')}`)
    this.#quiet = {}
    this.#quietCount = 0
  }
}

/** The whole run of a plan as text. Cells: role and epoch, log end / high watermark, as on the timeline of the CLI. */
export function wholeTrace(plan: Plan): string {
  const text = new TraceText()
  const result = simulate(plan, {
    onEvent: (world, report) => {
      text.add(world, report)
      return true
    },
  })
  text.flush()
  const broken = result.violations.map(({ property, words }) => `${property}: ${words}`)
  return [
    `${plan.title}, Kafka ${plan.kafka}, seed ${plan.seed}`,
    ...text.lines,
    `${result.outcome}: ${result.events} events, ${formatTime(result.virtualUs)}`,
    ...(broken.length === 0 ? ['every property held'] : broken),
    '',
  ].join('\n')
}
