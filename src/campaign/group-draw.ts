/** Members of a consumer group in a campaign: how many, by which protocol, how patient, and how they commit. */
import fc from 'fast-check'
import { defaultIn, type SettingValue, settingNamed } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { ClientForm } from '../scenario/schema.ts'
import type { Profile } from './profile.ts'

export const GROUP = 'billing'

const COMMITS = ['auto', 'sync-after', 'sync-after', 'async-after', 'sync-before'] as const
const ASSIGNORS = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const

export const groupArbitrary = ({ runMs }: Profile) =>
  fc.record({
    assignor: fc.constantFrom(...ASSIGNORS),
    /** Who assigns where the generation has both: its coordinator (KIP-848) in half of the seeds. */
    remote: fc.boolean(),
    isStatic: fc.boolean(),
    sessionMs: fc.constantFrom(2_000, 4_000, 8_000),
    pollMs: fc.constantFrom(2_500, 5_000, 60_000),
    initialDelayMs: fc.constantFrom(0, 500, 3_000),
    members: fc.array(
      fc.record({
        fromMs: fc.oneof(fc.constant(1_000), fc.integer({ min: 1_000, max: Math.floor(runMs / 2) })),
        commits: fc.constantFrom(...COMMITS),
        processingMs: fc.constantFrom(0, 0, 5, 40),
      }),
      { minLength: 2, maxLength: 4, size: 'max' },
    ),
  })

export type DrawnGroup = ReturnType<typeof groupArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

/** Coordinators of groups came with 0.9. */
export const hasGroups = (generation: Generation): boolean => knows(generation, 'heartbeat.interval.ms')

const knows = ({ name }: Generation, key: string): boolean => defaultIn(settingNamed(key, 'consumer')!, name) !== null

/** Settings of the brokers, as far as the generation has them. One partition of offsets: everybody has one coordinator. */
export const groupBrokerSettings = ({ sessionMs, initialDelayMs }: DrawnGroup) => ({
  'offsets.topic.num.partitions': 1,
  'group.min.session.timeout.ms': 1_000,
  'group.initial.rebalance.delay.ms': initialDelayMs,
  'group.consumer.session.timeout.ms': sessionMs,
  'group.consumer.heartbeat.interval.ms': Math.floor(sessionMs / 4),
})

/** Versions whose consumers know the assignor. */
function assignorIn(generation: Generation, assignor: DrawnGroup['assignor']): DrawnGroup['assignor'] {
  const { mechanisms } = generation
  if (assignor === 'cooperative-sticky' && !mechanisms.lostPartitionsTold) return 'range'
  return assignor === 'sticky' && mechanisms.recordFormat < 2 ? 'roundrobin' : assignor
}

/** Settings of a member of that name. */
export function memberSettings(drawn: DrawnGroup, generation: Generation, name: string): Record<string, SettingValue> {
  const { sessionMs, pollMs, isStatic, remote } = drawn
  const isRemote = remote && knows(generation, 'group.protocol')
  const classic = {
    'partition.assignment.strategy': assignorIn(generation, drawn.assignor),
    'session.timeout.ms': sessionMs,
    'heartbeat.interval.ms': Math.floor(sessionMs / 4),
  }
  return {
    'auto.offset.reset': 'earliest',
    'request.timeout.ms': sessionMs + 2_000,
    'fetch.max.wait.ms': 500,
    ...(knows(generation, 'max.poll.interval.ms') ? { 'max.poll.interval.ms': pollMs } : {}),
    ...(isRemote ? { 'group.protocol': 'consumer' } : classic),
    ...(isStatic && knows(generation, 'group.instance.id') ? { 'group.instance.id': name } : {}),
  }
}

export function groupMembers(
  drawn: DrawnGroup,
  generation: Generation,
  topics: readonly string[],
): Record<string, ClientForm> {
  return Object.fromEntries(
    drawn.members.map(({ fromMs, commits, processingMs }, index): [string, ClientForm] => {
      const name = `m${index + 1}`
      return [
        name,
        {
          consumes: [...topics],
          group: GROUP,
          commits,
          processing: `${processingMs}ms`,
          from: `${fromMs}ms`,
          settings: { ...memberSettings(drawn, generation, name), 'auto.commit.interval.ms': 1_000 },
        },
      ]
    }),
  )
}
