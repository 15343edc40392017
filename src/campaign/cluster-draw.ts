/** Clusters of a campaign: brokers, racks, and how quick everything is. */
import fc from 'fast-check'
import type { Generation } from '../kafka/generation/generation.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { type DrawnGroup, groupBrokerSettings } from './group-draw.ts'
import { settingsOf } from './has-setting.ts'
import { permille } from './permille.ts'
import type { Profile } from './profile.ts'
import { TRANSACTION_PARTITIONS } from './transactional-draw.ts'

export const clusterArbitrary = ({ brokers }: Profile) =>
  fc.record({
    brokers: fc.integer({ min: brokers[0], max: brokers[1] }),
    racks: fc.boolean(),
    sessionMs: fc.constantFrom(1500, 2000, 3000, 6000),
    lagMs: fc.constantFrom(1500, 3000, 6000, 10_000),
    checkpointMs: fc.constantFrom(500, 1000, 5000),
    startupMs: fc.constantFrom(100, 600, 1500, 4000),
    fetchWaitMs: fc.constantFrom(300, 500, 1000, 2000),
    tickMs: fc.constantFrom(200, 500, 1000),
    balance: fc.boolean(),
    latency: fc.integer({ min: 0, max: 3 }),
    core: permille,
  })

export type DrawnCluster = ReturnType<typeof clusterArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

export const LATENCIES = [
  undefined,
  { uniform: ['300us', '3ms'] as [string, string] },
  { uniform: ['1ms', '40ms'] as [string, string] },
  { bimodal: { fast: '1ms', slow: '60ms', 'slow-share': 0.05 } },
] as const

export function clusterOf(
  drawn: { readonly cluster: DrawnCluster; readonly group: DrawnGroup },
  generation: Generation,
  ids: readonly number[],
  { grouped, transactional, cleaned }: Readonly<Record<'grouped' | 'transactional' | 'cleaned', boolean>>,
): ScenarioDocument['cluster'] {
  const { racks, sessionMs, lagMs, checkpointMs, startupMs, fetchWaitMs, tickMs, balance } = drawn.cluster
  const settings = settingsOf(generation, 'broker', {
    'zookeeper.session.timeout.ms': sessionMs,
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': Math.floor(sessionMs / 4),
    'replica.lag.time.max.ms': lagMs,
    'replica.high.watermark.checkpoint.interval.ms': checkpointMs,
    'replica.fetch.wait.max.ms': Math.min(fetchWaitMs, Math.floor(lagMs / 3)),
    'replica.socket.timeout.ms': 3000,
    'controller.socket.timeout.ms': 3000,
    'controlled.shutdown.enable': true,
    'controlled.shutdown.retry.backoff.ms': 500,
    'unclean.leader.election.enable': false,
    'auto.leader.rebalance.enable': balance,
    'leader.imbalance.check.interval.seconds': 10,
    'log.flush.offset.checkpoint.interval.ms': 10_000,
    ...(grouped ? { ...groupBrokerSettings(drawn.group), 'min.insync.replicas': 2 } : {}),
    ...(cleaned ? { 'log.cleaner.backoff.ms': 1_000, 'log.retention.check.interval.ms': 2_000 } : {}),
    ...(transactional
      ? {
          'transaction.state.log.num.partitions': TRANSACTION_PARTITIONS,
          'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
        }
      : {}),
  })
  const startup = `${startupMs}ms`
  const registry = isKraft(generation) ? {} : { registry: { tick: `${tickMs}ms` } }
  if (!racks) return { brokers: ids.length, startup, ...registry, settings }
  return { brokers: ids.map((id) => ({ id, rack: rackOf(id) })), startup, ...registry, settings }
}

export const isKraft = ({ mechanisms }: Generation): boolean => mechanisms.metadata === 'kraft'

const RACKS = ['a', 'b', 'c'] as const
export const rackOf = (id: number): string => RACKS[(id - 1) % RACKS.length]!
