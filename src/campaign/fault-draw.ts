/** Faults of a campaign: which families strike and when, and who stays broken at the end. */
import fc from 'fast-check'
import type { StepForm } from '../scenario/schema.ts'
import type { DrawnCluster } from './cluster-draw.ts'
import { FAMILY_NAMES, type FamilyName, type Fault, faultOf } from './families.ts'
import { type FaultDraw, type Ground, ms } from './fault-shape.ts'
import { permille } from './permille.ts'
import type { Profile } from './profile.ts'

/** Topics are there and clients work by then. */
export const FAULTS_FROM_MS = 2_000
/** Every fault has ended this long before the end of the run. */
export const QUIET_MS = 1_500

export const faultArbitrary = ({ runMs }: Profile) =>
  fc.record({
    family: permille,
    atMs: fc.integer({ min: FAULTS_FROM_MS, max: runMs - 4_000 }),
    /** Short faults are as likely as long ones. */
    forShare: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 999 })),
    a: permille,
    b: permille,
    c: permille,
  })

export type DrawnFault = ReturnType<typeof faultArbitrary> extends fc.Arbitrary<infer Drawn> ? Drawn : never

/** The first of the families that are drawn after everything else, so that seeds of before them keep their scenarios. */
const LATER_FAMILY: FamilyName = 'crash-coordinator'
const FAMILY_COUNT = FAMILY_NAMES.indexOf(LATER_FAMILY)
const LATER_COUNT = FAMILY_NAMES.length - FAMILY_COUNT

/** By swarm, which families are on and how they weigh: a draw for those of the beginning and one for the later ones. */
export interface DrawnFamilies {
  readonly on: readonly boolean[]
  readonly weights: readonly number[]
  readonly onLater: readonly boolean[]
  readonly weightsLater: readonly number[]
}

interface FaultsDrawn extends DrawnFamilies {
  readonly cluster: DrawnCluster
  readonly faults: readonly DrawnFault[]
}

const exactly = (count: number) => ({ minLength: count, maxLength: count, size: 'max' }) as const
const onArbitrary = (count: number) => fc.array(fc.boolean(), exactly(count))
const weightsArbitrary = (count: number) => fc.array(fc.integer({ min: 1, max: 20 }), exactly(count))

export const familiesArbitraries = {
  on: onArbitrary(FAMILY_COUNT),
  weights: weightsArbitrary(FAMILY_COUNT),
  onLater: onArbitrary(LATER_COUNT),
  weightsLater: weightsArbitrary(LATER_COUNT),
}

/** The families that may strike, with their weights: by swarm each is wholly off with probability one half. */
export function chancesOf(
  profile: Profile,
  drawn: DrawnFamilies,
): { readonly family: FamilyName; readonly weight: number }[] {
  const allOn = [...drawn.on, ...drawn.onLater]
  const weights = [...drawn.weights, ...drawn.weightsLater]
  const chances = FAMILY_NAMES.flatMap((family, index) => {
    const chance = profile.families[family]
    if (chance === undefined || chance.weight === 0) return []
    return [{ family, weight: chance.weight * (profile.swarm ? weights[index]! : 1), on: allOn[index] === true }]
  })
  const on = profile.swarm ? chances.filter((it) => it.on) : chances
  return on.length > 0 ? on : chances.slice(0, 1)
}

function familyBy(
  chances: readonly { readonly family: FamilyName; readonly weight: number }[],
  draw: number,
): FamilyName {
  const total = chances.reduce((sum, { weight }) => sum + weight, 0)
  let left = Math.floor((draw * total) / 1000)
  for (const { family, weight } of chances) {
    if (left < weight) return family
    left -= weight
  }
  return chances[0]!.family
}

export function faultsOf(profile: Profile, drawn: FaultsDrawn, ground: Ground): Fault[] {
  const chances = chancesOf(profile, drawn)
  return drawn.faults.flatMap((it, index) => {
    const family = familyBy(chances, it.family)
    const { minMs, maxMs } = profile.families[family]!
    const atMs = Math.min(it.atMs, ground.untilMs - 500)
    const forMs = Math.min(minMs + Math.floor(((maxMs - minMs) * it.forShare) / 1000), ground.untilMs - atMs)
    const draw: FaultDraw = { atMs, forMs: Math.max(0, forMs), a: it.a, b: it.b, c: it.c }
    const fault = faultOf(family, index + 1, ground, draw)
    return fault === null ? [] : [fault]
  })
}

/** Who stays broken when the rest is healed: now and then as many as the configuration survives, else nobody. */
export function leftBroken(drawn: FaultsDrawn, ids: readonly number[], budget: number): number[] {
  const { core } = drawn.cluster
  if (core >= 250 || budget < 1 || drawn.faults.length === 0) return []
  const first = core % ids.length
  return [...ids.slice(first), ...ids.slice(0, first)].slice(0, 1 + (core % budget)).sort((a, b) => a - b)
}

/** Early enough for the sessions of those that stay down to end within the run. */
export const healingMs = ({ runMs }: Profile, { sessionMs, startupMs }: DrawnCluster): number =>
  runMs - 3 * sessionMs - startupMs - 1_000

/** Heals all but some brokers, which stay down for good: the others must do. */
export function healingOf(
  profile: Profile,
  cluster: DrawnCluster,
  { brokers: ids, kraft }: Ground,
  broken: readonly number[],
): StepForm[] {
  if (broken.length === 0) return []
  const core = ids.filter((id) => !broken.includes(id)).map((id) => `broker ${id}`)
  return [
    {
      name: 'heal the core',
      at: ms(healingMs(profile, cluster)),
      do: [
        { heal: 'all' },
        { resume: 'registry' },
        { resume: 'brokers' },
        { lag: 'brokers', by: '0ms' },
        { crash: broken.map((id) => `broker ${id}`) },
        { start: core, startup: ms(cluster.startupMs) },
        { supervise: core },
        ...(kraft ? [{ start: 'registry' }] : []),
      ],
    },
  ]
}
