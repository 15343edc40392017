/** Applications in a campaign that read one topic, make something of its records and write that to another. */
import fc from 'fast-check'
import { defaultIn, settingNamed } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { ClientForm } from '../scenario/schema.ts'
import { type DrawnGroup, GROUP, memberSettings } from './group-draw.ts'
import type { Profile } from './profile.ts'

/** Another group, that makes input of the output: what a transaction wrote comes back to its writer. */
const RETURNING_GROUP = 'returns'

/** So few records at a time that the slowest of them is through with what a poll gave before its transaction times out. */
const POLL_RECORDS = 20

/** The group that returns works for so long: what goes round would keep the healed cluster from coming to rest. */
const RETURNS_SHARE = 0.5

export const applicationArbitrary = ({ runMs }: Profile) =>
  fc.record({
    producers: fc.constantFrom('per-instance' as const, 'per-partition' as const),
    commitEveryMs: fc.constantFrom(0, 100, 400, 1_500),
    /** The shorter one ends transactions of who sleeps. */
    timeoutMs: fc.constantFrom(3_000, 10_000, 60_000),
    madePartitions: fc.integer({ min: 1, max: 2 }),
    returns: fc.constantFrom(false, false, true),
    workers: fc.array(
      fc.record({
        fromMs: fc.oneof(fc.constant(1_000), fc.integer({ min: 1_000, max: Math.floor(runMs / 2) })),
        processingMs: fc.constantFrom(0, 5, 40),
      }),
      { minLength: 1, maxLength: 3, size: 'max' },
    ),
  })

export type DrawnApplication = ReturnType<typeof applicationArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

/** Transactions came with 0.11. */
export const hasTransactions = ({ name }: Generation): boolean =>
  defaultIn(settingNamed('transactional.id', 'producer')!, name) !== null

/** Where several may take turns: one producer an instance only if its generation is fenced (KIP-447, 2.5). */
const producersIn = (generation: Generation, { producers }: DrawnApplication): DrawnApplication['producers'] =>
  generation.mechanisms.transactionalOffsetsFenced ? producers : 'per-partition'

export const workerNames = ({ workers, returns }: DrawnApplication): string[] => [
  ...workers.map((_, index) => `w${index + 1}`),
  ...(returns ? ['r1'] : []),
]

/** The transactional ids of those who work in the first group. */
export function transactionalIds(
  drawn: DrawnApplication,
  generation: Generation,
  inputPartitions: readonly string[],
): string[] {
  const each =
    producersIn(generation, drawn) === 'per-partition' ? inputPartitions : drawn.workers.map((_, i) => `w${i + 1}`)
  return each.map((it) => `${GROUP}-${it}`)
}

export function applicationClients(
  drawn: DrawnApplication,
  group: DrawnGroup,
  generation: Generation,
  { reads, writes, runMs }: { readonly reads: string; readonly writes: string; readonly runMs: number },
): Record<string, ClientForm> {
  const knows = (key: string): boolean => defaultIn(settingNamed(key, 'producer')!, generation.name) !== null
  const transforms = {
    producers: producersIn(generation, drawn),
    'commit-every': `${drawn.commitEveryMs}ms`,
    settings: {
      'transaction.timeout.ms': drawn.timeoutMs,
      'request.timeout.ms': 3_000,
      'max.block.ms': 6_000,
      ...(knows('delivery.timeout.ms') ? { 'delivery.timeout.ms': 8_000 } : {}),
    },
  }
  const formOf = (name: string, of: { group: string; reads: string; writes: string; processingMs: number }) => ({
    consumes: of.reads,
    group: of.group,
    processing: `${of.processingMs}ms`,
    transforms: { to: of.writes, ...transforms },
    settings: {
      ...memberSettings(group, generation, name),
      'isolation.level': 'read_committed',
      'max.poll.records': POLL_RECORDS,
    },
  })
  const workers = drawn.workers.map(({ fromMs, processingMs }, index): [string, ClientForm] => {
    const name = `w${index + 1}`
    return [name, { ...formOf(name, { group: GROUP, reads, writes, processingMs }), from: `${fromMs}ms` }]
  })
  if (!drawn.returns) return Object.fromEntries(workers)
  const back = formOf('r1', { group: RETURNING_GROUP, reads: writes, writes: reads, processingMs: 40 })
  return Object.fromEntries([...workers, ['r1', { ...back, until: `${Math.floor(runMs * RETURNS_SHARE)}ms` }]])
}
