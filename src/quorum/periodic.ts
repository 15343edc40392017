/** What the active controller does from time to time by itself. */
import { preferredElections, uncleanElections } from './administration.ts'
import { append } from './metadata-writer.ts'
import { durationOf, type Given } from './state.ts'

export const REBALANCE_TIMER = 'rebalance'
export const UNCLEAN_TIMER = 'unclean-elections'

const MS_PER_S = 1000

function rebalanceUs({ config }: Given): number | null {
  const { settings } = config
  const seconds = settings['leader.imbalance.check.interval.seconds']
  if (settings['auto.leader.rebalance.enable'] !== true || typeof seconds !== 'number') return null
  return seconds * MS_PER_S * 1000
}

const uncleanUs = (given: Given): number | null =>
  given.config.settings['unclean.leader.election.interval.ms'] === undefined
    ? null
    : durationOf(given.config, 'unclean.leader.election.interval.ms', 300_000)

export function startPeriodicWork(given: Given): void {
  const rebalance = rebalanceUs(given)
  const unclean = uncleanUs(given)
  if (rebalance !== null) given.ctx.setTimer(REBALANCE_TIMER, rebalance)
  if (unclean !== null) given.ctx.setTimer(UNCLEAN_TIMER, unclean)
}

export function stopPeriodicWork({ ctx }: Given): void {
  ctx.cancelTimer(REBALANCE_TIMER)
  ctx.cancelTimer(UNCLEAN_TIMER)
}

export function onPeriodicTimer(given: Given, name: string): void {
  append(given, name === REBALANCE_TIMER ? preferredElections(given) : uncleanElections(given))
  startPeriodicTimer(given, name)
}

function startPeriodicTimer(given: Given, name: string): void {
  const everyUs = name === REBALANCE_TIMER ? rebalanceUs(given) : uncleanUs(given)
  if (everyUs !== null) given.ctx.setTimer(name, everyUs)
}
