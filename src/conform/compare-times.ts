/** Times: measured from what caused them, and inside the interval that a rule allows. */
import { brokerIdPath, partitionOfStatePath } from '../kafka/znodes.ts'
import type { Check } from './check.ts'
import type { Comparison } from './comparison.ts'
import type { Replay } from './replay.ts'
import { WIDENED_MS } from './rules.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

const printedMs = (ms: number): string => `${Math.round(ms)} ms`

function withinRule(check: { readonly legalMs: readonly [number, number] }, tookMs: number): boolean {
  const [least, most] = check.legalMs
  return tookMs >= least - WIDENED_MS && tookMs <= most + WIDENED_MS
}

const printedRule = ([least, most]: readonly [number, number]): string =>
  `between ${printedMs(least)} and ${printedMs(most)}`

export function compareSessionEnd(check: Of<'sessionEnd'>, replay: Replay, to: Comparison): void {
  const causeUs = replay.firedUs(check.cause)
  if (causeUs === null) return
  const path = brokerIdPath(check.broker)
  const end = replay.result.world.ledger.sessionsEnded.find(
    (each) => each.atUs >= causeUs && each.removed.includes(path),
  )
  if (end === undefined) return
  const tookMs = (end.atUs - causeUs) / 1000
  to.holds(check.label, 'time until it ended', withinRule(check, tookMs), printedRule(check.legalMs), printedMs(tookMs))
}

export function compareIsrShrink(check: Of<'isrShrink'>, replay: Replay, to: Comparison): void {
  const causeUs = replay.firedUs(check.cause)
  if (causeUs === null) return
  const write = replay.result.world.ledger.registryWrites.find(
    (each) =>
      partitionOfStatePath(each.path) === check.partition && each.version === check.version && each.atUs >= causeUs,
  )
  if (write === undefined) return
  const tookMs = (write.atUs - causeUs) / 1000
  to.holds(
    check.label,
    'time until it shrank',
    withinRule(check, tookMs),
    printedRule(check.legalMs),
    printedMs(tookMs),
  )
}

export function compareDelay(check: Of<'delay'>, replay: Replay, to: Comparison): void {
  const fromUs = replay.firedUs(check.from)
  const untilUs = replay.firedUs(check.to)
  if (fromUs === null || untilUs === null) return
  const tookMs = (untilUs - fromUs) / 1000
  const legal = check.legalMs ?? [check.recordedMs, check.recordedMs]
  to.holds(
    check.label,
    check.field,
    withinRule({ legalMs: legal }, tookMs),
    printedMs(check.recordedMs),
    printedMs(tookMs),
  )
}
