/**
 * Families of faults: single faults and named patterns of several. Each turns one draw into steps of a scenario, and says
 * how many brokers it breaks, from when to when, so that a plan can stay within what its configuration survives.
 */
import type { StepForm } from '../scenario/schema.ts'
import { CLIENT_FAMILIES } from './client-families.ts'
import { DISK_FAMILIES } from './disk-families.ts'
import type { FaultDraw, Ground, Shape, Timed } from './fault-shape.ts'
import {
  again,
  aim,
  aimAtBroker,
  broker,
  burst,
  downFor,
  ends,
  healBrokers,
  healRegistry,
  linkOf,
  ms,
  pick,
} from './fault-shape.ts'

export const FAMILY_NAMES = [
  'crash',
  'stop',
  'pause',
  'cut',
  'cut-registry',
  'slow',
  'lag',
  'hold',
  'drop',
  'expire-session',
  'registry-pause',
  'clock',
  'elect',
  'reassign',
  'power-loss',
  'rolling-bounce',
  'swizzle',
  'jam-then-burst',
  'flapping-link',
  'bridge',
  'isolate-leader',
  'isolate-controller',
  'bounce-in-session',
  'bounce-then-leader',
  'rack-power',
  'crash-coordinator',
  'crash-member',
  'leave-group',
  'pause-client',
  'cut-client',
  'busy-member',
  'slow-disk',
  'stall-disk',
  'disk-full',
  'bit-rot',
  'wipe',
  'torn-tail',
] as const
export type FamilyName = (typeof FAMILY_NAMES)[number]

export interface Fault {
  readonly family: FamilyName
  readonly steps: readonly StepForm[]
  /** How many brokers it breaks, between these times in ms. */
  readonly breaks: number
  readonly fromMs: number
  readonly toMs: number
}

/** Message types whose loss or delay tears a protocol apart in the middle. */
const FILTERS = [
  ['FetchResponse'],
  ['FetchRequest'],
  ['LeaderAndIsrRequest'],
  ['UpdateMetadataRequest'],
  ['FetchResponse', 'FetchRequest'],
  ['OffsetsForLeaderEpochResponse', 'OffsetsForLeaderEpochRequest'],
] as const

/** The same where brokers read a metadata log instead of being told. */
const KRAFT_FILTERS = [
  ['FetchResponse'],
  ['FetchRequest'],
  ['MetadataFetchResponse'],
  ['AlterPartitionRequest'],
  ['AlterPartitionResponse'],
  ['FetchResponse', 'FetchRequest'],
  ['BrokerHeartbeatRequest'],
] as const

const filterOf = ({ kraft }: Ground, draw: number): { messages: string[] } | Record<never, never> =>
  draw % 4 === 0 ? {} : { messages: [...pick<readonly string[]>(kraft ? KRAFT_FILTERS : FILTERS, draw)] }

const BUILDERS: Readonly<Record<FamilyName, (ground: Ground, draw: FaultDraw) => Shape | null>> = {
  crash: (ground, draw) => {
    const target = aim(ground, draw)
    return downFor(ground, draw, target, { crash: target })
  },
  'power-loss': (ground, draw) => {
    const target = aimAtBroker(ground, draw)
    return downFor(ground, draw, target, { 'power-loss': target, keep: draw.b % 2 === 0 ? 'random' : 'durable' })
  },
  stop: (ground, draw) => {
    const target = aimAtBroker(ground, draw)
    return downFor(ground, draw, target, { stop: target })
  },
  pause: (ground, draw) => ({
    steps: [[draw.atMs, { pause: aim(ground, draw), for: ms(draw.forMs) }]],
    breaks: 1,
    toMs: draw.atMs + draw.forMs,
  }),
  cut: (ground, draw) => ({
    steps: [
      [draw.atMs, { cut: linkOf(ends(ground, draw), draw.c) }],
      [draw.atMs + draw.forMs, healBrokers],
    ],
    breaks: 1,
  }),
  'cut-registry': (ground, draw) => ({
    steps: [
      [draw.atMs, { cut: { between: aim(ground, draw), and: 'registry' } }],
      [draw.atMs + draw.forMs, healRegistry(ground)],
    ],
    breaks: 1,
  }),
  slow: (ground, draw) => ({
    steps: [
      [draw.atMs, { slow: { ...linkOf(ends(ground, draw), draw.c), by: ms(5 + draw.a) } }],
      [draw.atMs + draw.forMs, healBrokers],
    ],
    breaks: 5 + draw.a > ground.lagMs / 4 ? 1 : 0,
  }),
  lag: (ground, draw) => {
    const byMs = 50 + draw.a * 6
    return {
      steps: [
        [draw.atMs, { lag: broker(pick(ground.brokers, draw.b)), by: ms(byMs) }],
        [draw.atMs + draw.forMs, { lag: 'brokers', by: '0ms' }],
      ],
      breaks: byMs > ground.lagMs / 2 ? 1 : 0,
    }
  },
  hold: (ground, draw) => ({
    steps: [
      [draw.atMs, { hold: { ...linkOf(ends(ground, draw), draw.c), ...filterOf(ground, draw.b) } }],
      [draw.atMs + draw.forMs, healBrokers],
    ],
    breaks: 1,
  }),
  drop: (ground, draw) => ({
    steps: [
      [draw.atMs, { drop: { ...linkOf(ends(ground, draw), draw.c), ...filterOf(ground, draw.b) } }],
      [draw.atMs + draw.forMs, healBrokers],
    ],
    breaks: 1,
  }),
  /** Sessions of KRaft are memory of the active controller: nothing outside can end one. */
  'expire-session': (ground, draw) =>
    ground.kraft
      ? null
      : {
          steps: [[draw.atMs, { 'expire-session': aim(ground, draw) }]],
          breaks: 1,
          toMs: draw.atMs + 1_000,
        },
  'registry-pause': (ground, draw) => ({
    steps: [[draw.atMs, { pause: 'registry', for: ms(draw.forMs) }]],
    breaks: ground.budget,
    toMs: draw.atMs + draw.forMs + 500,
  }),
  clock: (ground, draw) => ({
    steps: [
      [
        draw.atMs,
        { clock: broker(pick(ground.brokers, draw.b)), jump: `${draw.a % 2 === 0 ? '' : '-'}${draw.a * 10}ms` },
      ],
    ],
    breaks: 1,
    toMs: draw.atMs + 1_000,
  }),
  elect: (ground, draw) => ({
    steps: [[draw.atMs, { elect: 'preferred', partitions: pick(ground.partitions, draw.b) }]],
    breaks: 0,
  }),
  reassign: (ground, draw) => {
    const first = draw.a % ground.brokers.length
    const rotated = [...ground.brokers.slice(first), ...ground.brokers.slice(0, first)]
    return {
      steps: [
        [draw.atMs, { reassign: { [pick(ground.partitions, draw.b)]: rotated.slice(0, ground.replicationFactor) } }],
      ],
      breaks: 0,
    }
  },
  'rolling-bounce': (ground, draw) => {
    const gapMs = draw.forMs + ground.startupMs + 200 + draw.a
    // As many as there is time for: two at a time would be another fault.
    const inTime = 1 + Math.max(0, Math.floor((ground.untilMs - draw.atMs - draw.forMs) / gapMs))
    const bounced = ground.brokers.slice(0, inTime)
    const steps = bounced.flatMap((id, n): Timed[] => [
      [draw.atMs + n * gapMs, draw.c % 2 === 0 ? { stop: broker(id) } : { crash: broker(id) }],
      [draw.atMs + n * gapMs + draw.forMs, { start: broker(id), startup: ms(ground.startupMs) }],
    ])
    return { steps, breaks: 1, toMs: draw.atMs + bounced.length * gapMs }
  },
  /** Brokers are cut off one after another and come back in another order. */
  swizzle: (ground, draw) => {
    const count = Math.min(Math.max(1, ground.budget), ground.brokers.length - 1)
    const first = draw.a % ground.brokers.length
    const chosen = [...ground.brokers.slice(first), ...ground.brokers.slice(0, first)].slice(0, count)
    const link = (id: number): { between: string; and: string[] } => ({
      between: broker(id),
      and: [...ground.brokers.filter((other) => other !== id).map(broker), 'registry'],
    })
    const cutMs = (n: number): number => draw.atMs + n * (50 + (draw.b % 400))
    const healMs = (n: number): number => cutMs(count - 1) + draw.forMs + n * (50 + (draw.c % 400))
    const back = draw.b % 2 === 0 ? chosen : [...chosen].reverse()
    return {
      steps: [
        ...chosen.map((id, n): Timed => [cutMs(n), { cut: link(id) }]),
        ...back.map((id, n): Timed => [healMs(n), { heal: link(id) }]),
      ],
      breaks: count,
    }
  },
  /** What a leader sends to its followers waits, clients go on, then everything arrives at once. */
  'jam-then-burst': (ground, draw) => {
    const partition = pick(ground.partitions, draw.b)
    return {
      steps: [
        [draw.atMs, { hold: { from: `leader(${partition})`, to: `followers(${partition})` } }],
        [draw.atMs + Math.floor(draw.forMs / 2), { send: 3 + (draw.c % 8), from: pick(ground.producers, draw.c) }],
        [draw.atMs + draw.forMs, healBrokers],
      ],
      breaks: 1,
    }
  },
  'flapping-link': (ground, draw) => {
    const link = linkOf(ends(ground, draw), draw.c)
    const steps: Timed[] = []
    for (let n = 0; n < 3 + (draw.a % 3); n++) {
      steps.push([draw.atMs + 2 * n * draw.forMs, { cut: link }], [draw.atMs + (2 * n + 1) * draw.forMs, healBrokers])
    }
    return { steps, breaks: 1 }
  },
  /** Two halves that only one broker in the middle hears both of. */
  bridge: (ground, draw) => {
    const first = draw.a % ground.brokers.length
    const ring = [...ground.brokers.slice(first), ...ground.brokers.slice(0, first)]
    const half = Math.floor((ring.length - 1) / 2)
    const [left, right] = [ring.slice(1, 1 + half), ring.slice(1 + half)]
    return {
      steps: [
        [draw.atMs, { cut: { between: left.map(broker), and: right.map(broker) } }],
        [draw.atMs + draw.forMs, healBrokers],
      ],
      breaks: half,
    }
  },
  'isolate-leader': (ground, draw) => {
    const partition = pick(ground.partitions, draw.b)
    const from = draw.c % 2 === 0 ? ['brokers'] : ['brokers', 'registry']
    return {
      steps: [
        [draw.atMs, { cut: { between: `leader(${partition})`, and: from } }],
        [draw.atMs + draw.forMs, { heal: { between: 'brokers', and: from } }],
      ],
      breaks: 1,
    }
  },
  'isolate-controller': (ground, draw) => {
    const from = draw.c % 3 === 0 ? ['brokers'] : draw.c % 3 === 1 ? ['registry'] : ['brokers', 'registry']
    return {
      steps: [
        [draw.atMs, { cut: { between: 'controller', and: from } }],
        [draw.atMs + draw.forMs, { heal: { between: ground.kraft ? 'registry' : 'brokers', and: from } }],
      ],
      breaks: 1,
    }
  },
  /** Dead and back before the registry has noticed. */
  'bounce-in-session': (ground, draw) => {
    const target = aim(ground, draw)
    const startupMs = Math.min(ground.startupMs, 300)
    const downMs = Math.max(10, Math.min(draw.forMs, ground.sessionMs - startupMs - 300))
    const steps: Timed[] = []
    if (draw.c % 3 !== 0) steps.push([Math.max(0, draw.atMs - (draw.c % 12)), burst(ground, draw.c)])
    steps.push(
      [draw.atMs, { crash: target }],
      [draw.atMs + downMs, { start: again(ground, target), startup: ms(startupMs) }],
    )
    return { steps, breaks: 1, toMs: draw.atMs + downMs + startupMs }
  },
  /** A replica bounces before anybody has noticed, and the leader crashes as it is back. */
  'bounce-then-leader': (ground, draw) => {
    const partition = pick(ground.partitions, draw.b)
    const bounced = broker(pick(ground.brokers, draw.a))
    const startupMs = Math.min(ground.startupMs, 300)
    const backMs = draw.atMs + 10 + (draw.c % 200)
    const crashMs = backMs + startupMs + ((draw.a * 7 + draw.c) % 160)
    return {
      steps: [
        [Math.max(0, draw.atMs - (draw.c % 12)), burst(ground, draw.c)],
        [draw.atMs, { crash: bounced }],
        [backMs, { start: bounced, startup: ms(startupMs) }],
        [crashMs, { crash: `leader(${partition})` }],
        [crashMs + draw.forMs, { start: 'brokers', startup: ms(ground.startupMs) }],
      ],
      breaks: 1,
      toMs: crashMs + draw.forMs + ground.startupMs,
    }
  },
  'rack-power': (ground, draw) => {
    const names = Object.keys(ground.racks).sort()
    if (names.length === 0) return null
    const name = pick(names, draw.a)
    const shape = downFor(ground, draw, `rack(${name})`, { 'power-loss': `rack(${name})`, keep: 'random' })
    return { ...shape, breaks: ground.racks[name]!.length }
  },
  ...CLIENT_FAMILIES,
  ...DISK_FAMILIES,
}

/** One fault of a family; null where the cluster has nothing that it could befall. `n` numbers the faults of a plan. */
export function faultOf(family: FamilyName, n: number, ground: Ground, draw: FaultDraw): Fault | null {
  const shape = BUILDERS[family](ground, draw)
  if (shape === null) return null
  const steps = shape.steps.map(([atMs, ...actions], index): StepForm => {
    const name = index === 0 ? `${family} ${n}` : `${family} ${n}/${index + 1}`
    return { name, at: ms(Math.min(atMs, ground.untilMs)), do: actions.length === 1 ? actions[0]! : [...actions] }
  })
  const times = shape.steps.map(([atMs]) => atMs)
  return {
    family,
    steps,
    breaks: shape.breaks,
    fromMs: Math.min(...times),
    toMs: Math.max(shape.toMs ?? 0, ...times),
  }
}

/** The family of a step by its name; null: the step belongs to no fault. */
export function familyOfStep(id: string): FamilyName | null {
  const name = id.slice(0, id.lastIndexOf(' '))
  return (FAMILY_NAMES as readonly string[]).includes(name) ? (name as FamilyName) : null
}
