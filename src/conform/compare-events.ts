/** What a broker's own log said, against the facts its machines reported. */
import type { FactEntry } from '../world/world.ts'
import type { Check } from './check.ts'
import type { Comparison } from './comparison.ts'
import { printedIsr } from './comparison.ts'
import type { BrokerEvent } from './recording.ts'
import type { Replay } from './replay.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

/** One event as text, and whether a replay that has it while the recording does not is a difference. */
interface Said {
  readonly text: string
  readonly tells: boolean
}

export function compareBrokerEvents(check: Of<'brokerEvents'>, replay: Replay, to: Comparison): void {
  const untilUs = replay.firedUs(check.step)
  if (untilUs === null) return
  const { broker, events } = check.seen
  const after = (step: string | null): number => (step === null ? -1 : (replay.firedUs(step) ?? -1))
  const recorded = firstOfEach(events.map((event) => ({ text: textOfEvent(event), tells: true })))
  const window = replay.facts(broker, after(check.since), untilUs)
  const ours = firstOfEach(window.flatMap(saidBy))
  const extras = firstOfEach(replay.facts(broker, after(check.extrasSince), untilUs).flatMap(saidBy))
  const missing = recorded.filter((said) => !ours.some((own) => same(said, own)))
  // A reading of a log looks for some events only: one that was looked for must not come when it was not seen.
  const unexpected = extras.filter(
    (own) =>
      own.tells && recorded.some((said) => family(said) === family(own)) && !recorded.some((said) => same(said, own)),
  )
  const holds = missing.length === 0 && unexpected.length === 0 && inOrder(recorded, window.flatMap(saidBy))
  to.holds(
    check.label,
    `what broker ${broker} said`,
    holds,
    textOf(recorded),
    textOf(ours.filter((own) => own.tells || recorded.some((said) => same(said, own)))),
  )
}

const textOf = (said: readonly Said[]): string =>
  said.length === 0 ? 'nothing' : said.map(({ text }) => text).join('; ')

/** A truncation that was decided and one that was carried out are one thing to a reader of logs. */
const same = (recorded: Said, own: Said): boolean =>
  recorded.text === own.text || recorded.text.replace(/^truncationDecided/, 'truncated') === own.text

const family = ({ text }: Said): string => text.split(' ')[0]!.replace(/^truncat.*/, 'truncated')

/** Whether the recorded events come, in their order, among all that was said. */
function inOrder(recorded: readonly Said[], all: readonly Said[]): boolean {
  let from = 0
  for (const said of recorded) {
    const at = all.findIndex((own, index) => index >= from && same(said, own))
    if (at < 0) return false
    from = at + 1
  }
  return true
}

/** How often a broker tries again is chance: each thing counts where it was said first. */
function firstOfEach(list: readonly Said[]): Said[] {
  return list.filter((said, index) => list.findIndex((each) => each.text === said.text) === index)
}

function textOfEvent(event: BrokerEvent): string {
  const parts: string[] = [event.event]
  if (event.partition !== undefined && event.event !== 'epochAnswerNotBelowLogEnd') parts.push(event.partition)
  if (event.at !== undefined) parts.push(`at ${event.at}`)
  if (event.to !== undefined) parts.push(`to ${event.to}`)
  if (event.end !== undefined) parts.push(`end ${event.end}`)
  if (event.fromIsr !== undefined) parts.push(`from ${printedIsr(event.fromIsr)}`)
  if (event.toIsr !== undefined) parts.push(`to ${printedIsr(event.toIsr)}`)
  return parts.join(' ')
}

function saidBy({ fact }: FactEntry): Said[] {
  const said = (event: Omit<BrokerEvent, 'event'>, tells: boolean): Said[] => [
    { text: textOfEvent({ event: fact.kind, ...event }), tells },
  ]
  switch (fact.kind) {
    case 'truncated':
      // To where the log ends anyway nothing is lost, and not every version says so.
      return said({ partition: fact.partition, to: fact.to }, fact.removed.length > 0)
    case 'truncationDecided':
    case 'truncatedToHighWatermark':
      return said({ partition: fact.partition, to: fact.to }, false)
    case 'epochAnswerNotBelowLogEnd':
      return said({ end: fact.end }, false)
    case 'fetchOffsetReset':
      return said({ partition: fact.partition, at: fact.at, to: fact.to }, true)
    case 'isrShrinkAsked':
    case 'isrExpandAsked':
      return said({ partition: fact.partition, fromIsr: [...fact.fromIsr], toIsr: [...fact.toIsr] }, false)
    case 'processHalted':
      return said({ partition: fact.partition }, true)
    case 'processHung':
      // A process that hangs in its own shutdown has said that it halts.
      return [{ text: textOfEvent({ event: 'processHalted', partition: fact.partition }), tells: true }]
    case 'isrWriteRefusedByVersion':
    case 'becomeFollowerSkippedSameLeader':
      return said({ partition: fact.partition }, false)
    case 'isrRequestRefusedStaleBrokerEpoch':
    case 'sessionExpired':
    case 'reRegistering':
    case 'registrationConflict':
    case 'startFailed':
    case 'controlledShutdownSucceeded':
      return said({}, false)
    default:
      return []
  }
}
