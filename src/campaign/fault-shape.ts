/** What families of faults are made of: what they may aim at, one draw of a fault, and the steps that come of it. */
import type { ActionForm } from '../scenario/schema.ts'

/** What a fault may aim at. */
export interface Ground {
  readonly brokers: readonly number[]
  /** Controllers are processes of their own: `controller` and `registry` in a step are those. */
  readonly kraft: boolean
  /** Racks by name with their brokers; empty: there are none. */
  readonly racks: Readonly<Record<string, readonly number[]>>
  readonly partitions: readonly string[]
  readonly replicationFactor: number
  readonly producers: readonly string[]
  /** Members of groups, and every client that has something to lose when it does not answer for a while. */
  readonly members: readonly string[]
  readonly clients: readonly string[]
  /** Partitions of internal topics, whose leaders coordinate. */
  readonly coordinated: readonly string[]
  readonly startupMs: number
  readonly sessionMs: number
  readonly lagMs: number
  /** Faults have ended by then, in ms. */
  readonly untilMs: number
  /** Most brokers that may be broken at once. */
  readonly budget: number
}

/** One draw of a fault: what it means is up to its family. */
export interface FaultDraw {
  readonly atMs: number
  readonly forMs: number
  /** Numbers from 0 to 999 from which targets and variants are chosen. */
  readonly a: number
  readonly b: number
  readonly c: number
}

export type Timed = readonly [atMs: number, ...actions: readonly ActionForm[]]

export interface Shape {
  readonly steps: readonly Timed[]
  readonly breaks: number
  /** The end of the breakage in ms, when it is later than the last step. */
  readonly toMs?: number
}

export const pick = <T>(list: readonly T[], draw: number): T => list[draw % list.length]!
export const ms = (value: number): string => `${value}ms`
export const broker = (id: number): string => `broker ${id}`

/** The leader of a partition most of the time, else the controller or a broker by number. */
export function aim(ground: Ground, { a, b }: FaultDraw): string {
  if (a < 450) return `leader(${pick(ground.partitions, b)})`
  if (a < 550) return 'controller'
  return broker(pick(ground.brokers, b))
}

/** The same among brokers only. */
export function aimAtBroker(ground: Ground, draw: FaultDraw): string {
  const target = aim(ground, draw)
  return ground.kraft && target === 'controller' ? broker(pick(ground.brokers, draw.b)) : target
}

/** Whom to start again: a role may have moved on by then. */
export function again(ground: Ground, target: string): string {
  if (target.startsWith('broker ')) return target
  return ground.kraft && target === 'controller' ? 'registry' : 'brokers'
}

/** Two brokers, or a leader and its followers. */
export function ends(ground: Ground, { a, b, c }: FaultDraw): { one: string; other: string } {
  if (a < 400) {
    const partition = pick(ground.partitions, b)
    return { one: `leader(${partition})`, other: `followers(${partition})` }
  }
  const first = pick(ground.brokers, b)
  const rest = ground.brokers.filter((id) => id !== first)
  return { one: broker(first), other: broker(pick(rest, c)) }
}

export const linkOf = (
  { one, other }: { one: string; other: string },
  variant: number,
): { between: string; and: string } | { from: string; to: string } => {
  if (variant % 3 === 0) return { between: one, and: other }
  return variant % 3 === 1 ? { from: one, to: other } : { from: other, to: one }
}

/** Ends what was done to links between brokers, whoever leads by then. */
export const healBrokers: ActionForm = { heal: { between: 'brokers', and: 'brokers' } }

/** Ends what cut brokers, or controllers, off from where cluster state lives. */
export const healRegistry = ({ kraft }: Ground): ActionForm => ({
  heal: { between: kraft ? ['brokers', 'registry'] : 'brokers', and: 'registry' },
})

/** A few records at this moment: something is un-replicated then. */
export const burst = (ground: Ground, draw: number): ActionForm => ({
  send: 1 + (draw % 4),
  from: pick(ground.producers, draw),
})

/** Down for a while. Two of three times records are sent just before, so that the crash finds them on their way. */
export function downFor(ground: Ground, draw: FaultDraw, target: string, down: ActionForm): Shape {
  const { atMs, forMs, c } = draw
  const steps: Timed[] = []
  if (c % 3 !== 0) steps.push([Math.max(0, atMs - (c % 12)), burst(ground, c)])
  const backMs = Math.min(atMs + forMs, ground.untilMs)
  steps.push([atMs, down], [backMs, { start: again(ground, target), startup: ms(ground.startupMs) }])
  return { steps, breaks: 1, toMs: backMs + ground.startupMs }
}
