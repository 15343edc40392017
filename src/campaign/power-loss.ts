/** A small cluster that writes, flushes and rolls, and loses its power at one chosen moment. */
import { compileScenario } from '../scenario/compile.ts'
import { scenario } from '../scenario/scenario.ts'
import type { Plan, Target } from '../world/plan.ts'

interface Strike {
  readonly who: string
  readonly target: Target
  readonly torn: boolean
  readonly keep: 'durable' | 'random'
}

const WHO: readonly { readonly who: string; readonly target: Target }[] = [
  { who: 'broker 1', target: { role: 'broker', id: 1 } },
  { who: 'broker 2', target: { role: 'broker', id: 2 } },
  { who: 'every broker', target: { role: 'all-brokers' } },
]

/** Whose power goes in the run of that number, and what it leaves: all combinations in turn. */
export function strikesOf(run: number): Strike {
  const { who, target } = WHO[run % WHO.length]!
  const turn = Math.floor(run / WHO.length)
  return { who, target, torn: turn % 2 === 0, keep: turn % 4 < 2 ? 'random' : 'durable' }
}

/** How long a broker stays without power, in us: longer than its session, so that nobody holds its id any more. */
const DARK_US = 8_000_000

interface PowerLossOptions {
  readonly kafka: string
  readonly seed: string
  readonly seconds: number
  /** null: the run without a power loss, whose events are the moments to choose from. */
  readonly strike: (Strike & { readonly atUs: number }) | null
}

/** The plan of one run. Segments are small, so that there is something to roll and to scan. */
export function powerLossPlan({ kafka, seed, seconds, strike }: PowerLossOptions): Plan {
  const parsed = scenario({
    version: 1,
    title: 'power loss at one moment',
    kafka,
    seed,
    cluster: {
      brokers: 3,
      settings: { 'zookeeper.session.timeout.ms': 6000, 'auto.leader.rebalance.enable': false },
    },
    topics: {
      orders: {
        replicas: [[1, 2, 3]],
        settings: { 'segment.bytes': 1000, 'flush.messages': 7, 'unclean.leader.election.enable': false },
      },
    },
    clients: { shop: { produces: 'orders', rate: '2/s', settings: { acks: 'all', retries: 3 } } },
    // The power comes back, and the start is seen, also after a strike at the very end.
    run: `${seconds + (strike === null ? 0 : DARK_US / 1_000_000 + 2)}s`,
  } as Parameters<typeof scenario>[0])
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const compiled = compileScenario(parsed.scenario, { kafka, seed })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'))
  if (strike === null) return compiled.plan
  const { target, torn, keep, atUs } = strike
  return {
    ...compiled.plan,
    steps: [
      {
        id: 'dark',
        text: 'The power goes.',
        atUs,
        after: null,
        when: null,
        withinUs: null,
        actions: [{ do: 'powerLoss', target, keepBelow: null, keep, torn }],
        source: null,
      },
      {
        id: 'light',
        text: 'The power is back.',
        atUs: null,
        after: { step: 0, delayUs: DARK_US },
        when: null,
        withinUs: null,
        actions: [{ do: 'start', target: { role: 'all-brokers' }, startupUs: null }],
        source: null,
      },
    ],
  }
}
