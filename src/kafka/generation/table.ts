import { own } from '../../kernel/own.ts'
import type { Generation } from './generation.ts'
import { KAFKA_0_8_0 } from './kafka-0-8-0.ts'
import { KAFKA_0_8_1 } from './kafka-0-8-1.ts'
import { KAFKA_0_8_2 } from './kafka-0-8-2.ts'
import { KAFKA_0_9 } from './kafka-0-9.ts'
import { KAFKA_0_10_2 } from './kafka-0-10-2.ts'
import { KAFKA_0_11 } from './kafka-0-11.ts'
import { KAFKA_1_0 } from './kafka-1-0.ts'
import { KAFKA_1_1 } from './kafka-1-1.ts'
import { KAFKA_2_0_0 } from './kafka-2-0-0.ts'
import { KAFKA_2_0_1 } from './kafka-2-0-1.ts'
import { KAFKA_2_1 } from './kafka-2-1.ts'
import { KAFKA_2_2 } from './kafka-2-2.ts'
import { KAFKA_2_3 } from './kafka-2-3.ts'
import { KAFKA_2_4 } from './kafka-2-4.ts'
import { KAFKA_2_5 } from './kafka-2-5.ts'
import { KAFKA_2_6 } from './kafka-2-6.ts'
import { KAFKA_2_7 } from './kafka-2-7.ts'
import { KAFKA_2_8 } from './kafka-2-8.ts'
import { KAFKA_3_3 } from './kafka-3-3.ts'
import { KAFKA_3_4 } from './kafka-3-4.ts'
import { KAFKA_3_5 } from './kafka-3-5.ts'
import { KAFKA_3_5_KRAFT } from './kafka-3-5-kraft.ts'
import { KAFKA_3_6 } from './kafka-3-6.ts'
import { KAFKA_3_6_KRAFT } from './kafka-3-6-kraft.ts'
import { KAFKA_3_7 } from './kafka-3-7.ts'
import { KAFKA_3_7_KRAFT } from './kafka-3-7-kraft.ts'
import { KAFKA_3_8 } from './kafka-3-8.ts'
import { KAFKA_3_8_KRAFT } from './kafka-3-8-kraft.ts'
import { KAFKA_3_9 } from './kafka-3-9.ts'
import { KAFKA_3_9_KRAFT } from './kafka-3-9-kraft.ts'
import { KAFKA_4_0 } from './kafka-4-0.ts'
import { KAFKA_4_1 } from './kafka-4-1.ts'

/** Every generation, oldest first: those with a registry (ZooKeeper), then those with a metadata log (KRaft). */
export const GENERATIONS: readonly Generation[] = [
  KAFKA_0_8_0,
  KAFKA_0_8_1,
  KAFKA_0_8_2,
  KAFKA_0_9,
  KAFKA_0_10_2,
  KAFKA_0_11,
  KAFKA_1_0,
  KAFKA_1_1,
  KAFKA_2_0_0,
  KAFKA_2_0_1,
  KAFKA_2_1,
  KAFKA_2_2,
  KAFKA_2_3,
  KAFKA_2_4,
  KAFKA_2_5,
  KAFKA_2_6,
  KAFKA_2_7,
  KAFKA_2_8,
  KAFKA_3_3,
  KAFKA_3_4,
  KAFKA_3_5,
  KAFKA_3_6,
  KAFKA_3_7,
  KAFKA_3_8,
  KAFKA_3_9,
  KAFKA_3_5_KRAFT,
  KAFKA_3_6_KRAFT,
  KAFKA_3_7_KRAFT,
  KAFKA_3_8_KRAFT,
  KAFKA_3_9_KRAFT,
  KAFKA_4_0,
  KAFKA_4_1,
]

const BY_NAME: Readonly<Record<string, Generation>> = Object.fromEntries(GENERATIONS.map((it) => [it.name, it]))

const EMPTY_CACHES = 'two empty epoch caches agree on the log end there'

const ASSIGNOR = 'its sticky assignors keep other partitions (KAFKA-16277, repaired in 3.7.1)'
const LATE_ANSWERS = 'a follower takes answers to fetches of an earlier leader epoch (KAFKA-18723, repaired in'

/** Releases of a covered line that behave differently from the release the line is modelled after. */
const DIFFERENT_IN_ITS_LINE: Readonly<Record<string, string>> = {
  '0.9.0.0': 'it drops its whole log where 0.9.0.1 keeps what its leader still covers (KAFKA-2143)',
  '0.11.0.0': `${EMPTY_CACHES}, in 0.11.0.3 on nothing`,
  '0.11.0.1': `${EMPTY_CACHES}, in 0.11.0.3 on nothing`,
  '0.11.0.2': `${EMPTY_CACHES}, in 0.11.0.3 on nothing`,
  '1.0.0': `${EMPTY_CACHES}, in 1.0.2 on nothing, and clients go on waiting for a former coordinator (KAFKA-6593)`,
  '1.0.1': `${EMPTY_CACHES}, in 1.0.2 on nothing, and clients go on waiting for a former coordinator (KAFKA-6593)`,
  '1.1.0': `${EMPTY_CACHES}, in 1.1.1 on nothing`,
  '2.1.0': 'it takes an epoch answer that arrives after the leader epoch has moved (KAFKA-7786, repaired in 2.1.1)',
  '2.4.0': 'its high watermark can stay below the log start (KAFKA-9491, repaired in 2.4.1)',
  '2.7.0': 'a refused or diverging fetch moves the state of the follower (KAFKA-13141, repaired in 2.7.2)',
  '2.7.1': 'a refused or diverging fetch moves the state of the follower (KAFKA-13141, repaired in 2.7.2)',
  '2.8.0': 'a refused or diverging fetch moves the state of the follower (KAFKA-13141, repaired in 2.8.1)',
  '3.4.0': 'a follower takes the high watermark of a diverging answer (KAFKA-14704, repaired in 3.4.1)',
  '3.7.0': ASSIGNOR,
  '3.7.0-kraft': ASSIGNOR,
  '3.9.0-kraft': `${LATE_ANSWERS} 3.9.1)`,
  '4.0.0': `${LATE_ANSWERS} 4.0.1), and an abort for a successor bumps the epoch twice (KAFKA-19367)`,
}

export type ResolvedGeneration =
  | {
      readonly ok: true
      readonly generation: Generation /** One sentence: which generation the name became. */
      readonly became: string
    }
  | { readonly ok: false; readonly message: string; readonly nearest: readonly string[] }

/** The generation of exactly that name; undefined when there is none. */
export const generationNamed = (name: string): Generation | undefined => own(BY_NAME, name)

/**
 * Takes a generation name (`0.10.2`), an exact release (`0.10.2.2`, `3.9.1-kraft`) or a release line that is one
 * generation (`0.11.0`). A release that no generation stands for is refused with its neighbours: nothing is rounded.
 */
export function resolveGeneration(asked: string): ResolvedGeneration {
  const name = asked.trim().toLowerCase()
  const exact = generationNamed(name)
  if (exact !== undefined) return { ok: true, generation: exact, became: `Kafka ${name}: ${exact.summary}` }
  const found = GENERATIONS.find((it) => it.releases.includes(name)) ?? lineNamed(name)
  if (found !== undefined) {
    return { ok: true, generation: found, became: `Kafka ${name} is generation ${found.name}: ${found.summary}` }
  }
  const release = parseRelease(name)
  if (release === null) {
    return {
      ok: false,
      message: `"${asked}" is no Kafka release; expected a generation such as 2.4 or an exact release such as 2.4.1`,
      nearest: GENERATIONS.map((it) => it.name),
    }
  }
  const nearest = neighbours(release)
  const several = ownersOf(name).length > 1
  const because = DIFFERENT_IN_ITS_LINE[name] ?? (several ? 'its releases differ' : 'no generation stands for it')
  return { ok: false, message: `Kafka ${asked} is not covered: ${because}; nearest: ${nearest.join(', ')}`, nearest }
}

/** `0.11.0`: a line whose covered releases are all of one generation. */
function lineNamed(name: string): Generation | undefined {
  const parts = name.split('.').length
  if (parts < (name.startsWith('0.') ? 3 : 2)) return undefined
  const owners = ownersOf(name)
  return owners.length === 1 ? owners[0] : undefined
}

/** Generations that a release of the line belongs to. */
const ownersOf = (line: string): Generation[] =>
  GENERATIONS.filter((it) => it.releases.some((release) => release.startsWith(`${line}.`)))

export interface Release {
  readonly numbers: readonly number[]
  readonly kraft: boolean
}

/** Numbers and lineage of a release or generation name; null when it is none. From 4.0 there is only KRaft. */
export function parseRelease(name: string): Release | null {
  const known = PARSED.get(name)
  if (known !== undefined) return known
  const release = readRelease(name)
  // What people write is not kept: only as many names as there are releases.
  if (release !== null && PARSED.size < 1000) PARSED.set(name, release)
  return release
}

/** Releases that were read before: each default of each setting names one. */
const PARSED = new Map<string, Release>()

function readRelease(name: string): Release | null {
  const match = /^(\d+(?:\.\d+){1,3})(-kraft)?$/.exec(name)
  if (match === null) return null
  const numbers = match[1]!.split('.').map(Number)
  return { numbers, kraft: match[2] !== undefined || numbers[0]! >= 4 }
}

/** Orders releases by their numbers; a missing number counts as 0. */
export function compareReleases(a: Release, b: Release): number {
  for (let index = 0; index < 4; index++) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The last generation at or before a release and the first after it, in its own lineage. */
function neighbours(release: Release): string[] {
  const ofLineage = GENERATIONS.filter((it) => parseRelease(it.name)!.kraft === release.kraft)
  const compared = ofLineage.map((it) => compareReleases(parseRelease(it.releases[0]!)!, release))
  const after = compared.findIndex((order) => order > 0)
  const at = after === -1 ? ofLineage.length : after
  return ofLineage.slice(Math.max(0, at - 1), at + 1).map((it) => it.name)
}
