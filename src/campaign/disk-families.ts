/** Faults of disks: slow, stalled, full, rotten, new. What a broker had stays on the other replicas. */
import type { FaultDraw, Ground, Shape } from './fault-shape.ts'
import { aimAtBroker, broker, burst, downFor, ms, pick } from './fault-shape.ts'

type Builder = (ground: Ground, draw: FaultDraw) => Shape | null

export const DISK_FAMILIES = {
  'slow-disk': (ground, draw) => {
    const byMs = 1 + draw.a
    const target = broker(pick(ground.brokers, draw.b))
    return {
      steps: [
        [draw.atMs, { 'slow-disk': target, by: ms(byMs) }],
        [draw.atMs + draw.forMs, { 'slow-disk': target, by: '0ms' }],
      ],
      // Fetches in a row add up.
      breaks: byMs > ground.lagMs / 8 ? 1 : 0,
    }
  },
  'stall-disk': (ground, draw) => ({
    steps: [[draw.atMs, { 'stall-disk': aimAtBroker(ground, draw), for: ms(draw.forMs) }]],
    breaks: 1,
    toMs: draw.atMs + draw.forMs,
  }),
  /** Whatever the version does about it, a restart with room again mends it. */
  'disk-full': (ground, draw) => {
    const target = broker(pick(ground.brokers, draw.b))
    return {
      steps: [
        [draw.atMs, { disk: target, free: draw.c % 400 }, burst(ground, draw.c)],
        [draw.atMs + draw.forMs, { disk: target, free: 'plenty' }, { crash: target }],
        [draw.atMs + draw.forMs + 50, { start: target, startup: ms(ground.startupMs) }],
      ],
      breaks: 1,
      toMs: draw.atMs + draw.forMs + 50 + ground.startupMs,
    }
  },
  /** Found by whoever reads the batch next; its owner is given another disk. */
  'bit-rot': (ground, draw) => {
    const target = broker(pick(ground.brokers, draw.a))
    return {
      steps: [
        [draw.atMs, { 'bit-rot': target, partition: pick(ground.partitions, draw.b), offset: draw.c % 40 }],
        ...newDisk(ground, target, draw.atMs + draw.forMs),
      ],
      breaks: 1,
      toMs: draw.atMs + draw.forMs + REPLACING_MS + ground.startupMs + ground.lagMs,
    }
  },
  wipe: (ground, draw) => {
    const target = broker(pick(ground.brokers, draw.b))
    return {
      steps: newDisk(ground, target, draw.atMs),
      breaks: 1,
      toMs: draw.atMs + REPLACING_MS + ground.startupMs + ground.lagMs,
    }
  },
  'torn-tail': (ground, draw) => {
    const target = aimAtBroker(ground, draw)
    const keep = draw.b % 2 === 0 ? 'random' : 'durable'
    return downFor(ground, draw, target, { 'power-loss': target, keep, torn: true })
  },
} as const satisfies Readonly<Record<string, Builder>>

/** Nobody changes a disk in less, in ms: every session of the old broker is over by then. */
const REPLACING_MS = 20_000

const newDisk = (ground: Ground, target: string, atMs: number): Shape['steps'] => [
  [atMs, { wipe: target }],
  [atMs + REPLACING_MS, { start: target, startup: ms(ground.startupMs) }],
]
