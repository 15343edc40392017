/** A stretch of a run as lanes, points and arrows, ready for any painter. Positions are ranks: time is only a label. */
import { eventWords, shortNode } from './event-words.ts'
import type { PageMessage, PageRun } from './page-run.ts'
import { partsOfKey } from './page-run.ts'

/** What messages are about: what a reader may want to leave out. */
export type Traffic = 'clients' | 'replication' | 'control' | 'registry'

export interface SpaceTimePoint {
  readonly event: number
  readonly lane: number
  readonly rank: number
  readonly kind: 'message' | 'fault' | 'fact' | 'other'
  readonly glyph: string
  readonly words: string
}

export interface SpaceTimeArrow {
  readonly fromLane: number
  readonly toLane: number
  readonly fromRank: number
  /** null: it does not end inside the stretch. */
  readonly toRank: number | null
  readonly fate: PageMessage['fate']
  readonly type: string
  readonly words: string
  readonly sent: number
  readonly ended: number | null
}

export interface SpaceTimeScene {
  readonly lanes: readonly { readonly id: string; readonly label: string }[]
  /** Clients that do nothing in the stretch and have no lane, as there are many. */
  readonly idle: readonly string[]
  /** Stretches in which a process was not up, in ranks. */
  readonly down: readonly {
    readonly lane: number
    readonly from: number
    readonly to: number
    readonly words: string
  }[]
  readonly points: readonly SpaceTimePoint[]
  readonly arrows: readonly SpaceTimeArrow[]
  readonly ranks: number
  /** Rank of the event that is looked at. */
  readonly now: number
  readonly firstEvent: number
  readonly lastEvent: number
}

const REPLICATION = /^(Fetch|OffsetsForLeaderEpoch|ListOffsets)/
const CONTROL = /^(LeaderAndIsr|UpdateMetadata|StopReplica|Control|AlterPartition|BrokerHeartbeat|BrokerRegistration)/
const REGISTRY = /^(Connect|Ping|CloseSession|Registry|WatchEvent|Vote|QuorumAppend|MetadataFetch|Session)/

const isClient = (node: string): boolean => /^(producer|consumer|client|admin)/.test(node)

export function trafficOf(message: { readonly type: string; readonly from: string; readonly to: string }): Traffic {
  if (REGISTRY.test(message.type)) return 'registry'
  if (isClient(message.from) || isClient(message.to)) return 'clients'
  if (CONTROL.test(message.type)) return 'control'
  return REPLICATION.test(message.type) ? 'replication' : 'control'
}

/** The process a node belongs to: sessions and controllers share their broker's lane. */
const laneOf = (node: string): string => node.replace(/^(controller|session)-/, 'broker-')

interface SpaceTimeView {
  readonly traffic: readonly Traffic[]
  /** Events in the stretch. */
  readonly ranks: number
  /** No event behind this one is drawn; absent: all may be. */
  readonly last?: number
}

/** Of the traffic that is wanted, and between processes: a lane draws nothing to itself. */
const isShown = (message: Pick<PageMessage, 'from' | 'to' | 'type'>, view: SpaceTimeView): boolean =>
  laneOf(message.from) !== laneOf(message.to) && view.traffic.includes(trafficOf(message))

function isDrawn(run: PageRun, index: number, view: SpaceTimeView): boolean {
  const event = run.events[index]!
  if (event.s !== undefined) return true
  if (event.k === 'deliver') {
    const parts = partsOfKey(event.a)
    if (parts === null) return false
    if (isShown(parts, view)) return true
  }
  if (run.sentBy(index).some((message) => isShown(message, view))) return true
  if (event.k === 'start' || event.k === 'stop') return true
  return run.levels[index]! >= 3 || event.x !== undefined
}

/** `ranks` drawn events around `index`, as many before as after where there are. */
function stretch(run: PageRun, index: number, view: SpaceTimeView): number[] {
  const before: number[] = []
  const after: number[] = []
  let back = Math.min(index, run.length - 1)
  let ahead = back + 1
  const half = Math.floor(view.ranks / 2)
  const end = Math.min(run.events.length, (view.last ?? run.length) + 1)
  while (back >= 0 && before.length < half) {
    if (isDrawn(run, back, view)) before.push(back)
    back -= 1
  }
  while (ahead < end && before.length + after.length < view.ranks) {
    if (isDrawn(run, ahead, view)) after.push(ahead)
    ahead += 1
  }
  while (back >= 0 && before.length + after.length < view.ranks) {
    if (isDrawn(run, back, view)) before.push(back)
    back -= 1
  }
  return [...before.reverse(), ...after]
}

/** Clients on top, then brokers, then the registry or the quorum. */
function lanesOf(run: PageRun): { id: string; label: string }[] {
  const { plan } = run.header
  const lanes = [
    ...plan.clients.map((client) => `${client.kind}-${client.name}`),
    ...plan.brokers.map(({ id }) => `broker-${id}`),
    ...(plan.controllers ?? []).map(({ id }) => `quorum-${id}`),
    ...(plan.controllers === undefined ? ['registry'] : []),
  ]
  return lanes.map((id) => ({ id, label: shortNode(id) }))
}

/** With more lanes than these, clients that do nothing in the stretch have none. */
const MOST_LANES = 8

function lanesIn(
  run: PageRun,
  events: readonly number[],
): { readonly lanes: { id: string; label: string }[]; readonly idle: string[] } {
  const all = lanesOf(run)
  if (all.length <= MOST_LANES) return { lanes: all, idle: [] }
  const busy = new Set<string>()
  for (const at of events) {
    busy.add(laneOf(run.events[at]!.n))
    for (const { to } of run.sentBy(at)) busy.add(laneOf(to))
    const arrived = run.arrivedBy(at)
    if (arrived !== undefined) busy.add(laneOf(arrived.from))
  }
  const isIdle = ({ id }: { readonly id: string }): boolean => isClient(id) && !busy.has(id)
  return { lanes: all.filter((lane) => !isIdle(lane)), idle: all.filter(isIdle).map(({ label }) => label) }
}

export function spaceTimeScene(run: PageRun, index: number, view: SpaceTimeView): SpaceTimeScene {
  const events = stretch(run, index, view)
  const { lanes, idle } = lanesIn(run, events)
  const laneIndex = new Map(lanes.map(({ id }, i) => [id, i]))
  const rankOf = (event: number): number => {
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (events[middle]! < event) low = middle + 1
      else high = middle
    }
    return low
  }
  const points: SpaceTimePoint[] = []
  const arrows: SpaceTimeArrow[] = []
  const first = events[0] ?? 0
  const last = events.at(-1) ?? 0
  for (const [rank, at] of events.entries()) {
    const event = run.events[at]!
    const fault = event.s !== undefined
    const lane = laneIndex.get(laneOf(event.n))
    const words = eventWords(event)
    if (lane !== undefined || fault) {
      const kind = fault ? 'fault' : run.levels[at]! >= 3 ? 'fact' : event.k === 'deliver' ? 'message' : 'other'
      points.push({ event: at, lane: lane ?? -1, rank, kind, glyph: fault ? '!' : '', words })
    }
  }
  const seen = new Set<PageMessage>()
  const draw = (message: PageMessage): void => {
    if (seen.has(message) || !isShown(message, view)) return
    seen.add(message)
    const fromLane = laneIndex.get(laneOf(message.from))
    const toLane = laneIndex.get(laneOf(message.to))
    if (fromLane === undefined || toLane === undefined) return
    const fromRank = message.sent < first ? -1 : rankOf(message.sent)
    const ends = message.ended !== null && message.ended <= last
    const { fate, type, words, sent, ended } = message
    arrows.push({
      fromLane,
      toLane,
      fromRank,
      toRank: ends ? rankOf(message.ended!) : null,
      fate,
      type,
      words,
      sent,
      ended,
    })
  }
  for (let at = first; at <= last; at++) {
    for (const message of run.sentBy(at)) draw(message)
    const arrived = run.arrivedBy(at)
    if (arrived !== undefined) draw(arrived)
  }
  return {
    lanes,
    idle,
    down: downStretches(run, lanes, { first, last, rankOf, ranks: events.length }),
    points,
    arrows,
    ranks: events.length,
    now: rankOf(index),
    firstEvent: first,
    lastEvent: last,
  }
}

function downStretches(
  run: PageRun,
  lanes: readonly { readonly id: string }[],
  window: {
    readonly first: number
    readonly last: number
    readonly rankOf: (event: number) => number
    readonly ranks: number
  },
): SpaceTimeScene['down'] {
  return lanes.flatMap(({ id }, lane) => {
    const found: { lane: number; from: number; to: number; words: string }[] = []
    let from = -1
    let words = ''
    const series = run.series(`process/${id}`)
    for (const { event, value } of series) {
      if (event > window.last) break
      const down = value !== 'up' && value !== null
      if (from >= 0 && event > window.first)
        found.push({ lane, from: window.rankOf(from), to: window.rankOf(event), words })
      from = down ? Math.max(event, window.first) : -1
      words = String(value)
    }
    if (from >= 0) found.push({ lane, from: window.rankOf(from), to: window.ranks, words })
    return found
  })
}
