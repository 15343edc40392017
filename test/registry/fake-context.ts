/** A context that keeps what a step asked for, for tests that look at one machine alone. */
import type { Fact } from '../../src/kafka/facts.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { ConnectionId, Context, NodeId } from '../../src/kernel/machine.ts'

export interface Effects {
  readonly sent: { readonly to: NodeId; readonly message: KafkaMessage }[]
  readonly replies: { readonly connection: ConnectionId; readonly message: KafkaMessage }[]
  readonly told: { readonly to: NodeId; readonly message: KafkaMessage }[]
  /** `node#channel` or a connection's name, in the order of closing. */
  readonly closed: string[]
  /** Delay in us of each timer armed and not cancelled. */
  readonly timers: Record<string, number>
  readonly facts: Fact[]
  readonly probes: string[]
  /** Streams drawn from, in order. */
  readonly draws: string[]
  exitCode: number | null
}

export interface FakeContext extends Context<KafkaMessage, Fact>, Effects {
  readonly nowUs: number
}

/** A context at one moment; every draw is 0 but those given by stream. */
export function contextAt(nowUs: number, self: NodeId, draws: Readonly<Record<string, number>> = {}): FakeContext {
  const effects: Effects = {
    sent: [],
    replies: [],
    told: [],
    closed: [],
    timers: {},
    facts: [],
    probes: [],
    draws: [],
    exitCode: null,
  }
  return {
    ...effects,
    self,
    nowUs,
    random: (stream) => {
      effects.draws.push(stream)
      return draws[stream] ?? 0
    },
    send: (to, _channel, message) => void effects.sent.push({ to, message }),
    reply: (connection, message) => void effects.replies.push({ connection, message }),
    close: (to, channel) => void effects.closed.push(`${to}#${channel}`),
    closeConnection: (connection) => void effects.closed.push(connection),
    tell: (to, message) => void effects.told.push({ to, message }),
    setTimer: (name, delayUs) => {
      effects.timers[name] = delayUs
    },
    cancelTimer: (name) => {
      delete effects.timers[name]
    },
    complete: () => {},
    fact: (fact) => void effects.facts.push(fact),
    probe: (name) => void effects.probes.push(name),
    exit(code) {
      this.exitCode = code
    },
  }
}
