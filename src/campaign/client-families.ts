/** Faults of clients and of those who coordinate them. Clients are no replicas: what befalls them breaks no broker. */
import type { FaultDraw, Ground, Shape } from './fault-shape.ts'
import { downFor, ms, pick } from './fault-shape.ts'

type Builder = (ground: Ground, draw: FaultDraw) => Shape | null

/** A fault of one client of a list, if there is any. */
const onOne =
  (of: (ground: Ground) => readonly string[], build: (client: string, draw: FaultDraw) => Shape['steps']): Builder =>
  (ground, draw) => {
    const list = of(ground)
    return list.length === 0 ? null : { steps: build(pick(list, draw.b), draw), breaks: 0 }
  }

const members = (ground: Ground): readonly string[] => ground.members
const clients = (ground: Ground): readonly string[] => ground.clients

export const CLIENT_FAMILIES = {
  'crash-coordinator': (ground, draw) => {
    if (ground.coordinated.length === 0) return null
    const target = `leader(${pick(ground.coordinated, draw.b)})`
    return downFor(ground, draw, target, { crash: target })
  },
  /** Its session has to run out before the others hear of it. Mostly it comes back, under another member id. */
  'crash-member': onOne(members, (name, { atMs, forMs, c }) => [
    [atMs, { crash: `client ${name}` }],
    ...(c % 4 === 0 ? [] : [[atMs + forMs, { start: `client ${name}` }] as const]),
  ]),
  'leave-group': onOne(members, (name, { atMs, forMs }) => [
    [atMs, { 'stop-client': name }],
    [atMs + forMs, { 'start-client': name }],
  ]),
  /** A long collection of garbage: what the client believes is old when it goes on. */
  'pause-client': onOne(clients, (name, { atMs, forMs }) => [[atMs, { pause: `client ${name}`, for: ms(forMs) }]]),
  'cut-client': onOne(clients, (name, { atMs, forMs, c }) => {
    const link = c % 2 === 0 ? { between: `client ${name}`, and: 'brokers' } : { from: 'brokers', to: `client ${name}` }
    return [
      [atMs, { cut: link }],
      [atMs + forMs, { heal: link }],
    ]
  }),
  /** Heartbeats go on and polls do not (KIP-62). */
  'busy-member': onOne(members, (name, { atMs, forMs }) => [[atMs, { busy: name, for: ms(forMs) }]]),
} as const satisfies Readonly<Record<string, Builder>>
