/** Stories in which a switch can be seen: scenarios, and recordings of each kind, as plans and as what came of them. */
import { readFileSync } from 'node:fs'
import { conformClients } from '../../../src/conform/clients/conform.ts'
import { type ClientsRecording, isClientsRecording } from '../../../src/conform/clients/recording.ts'
import { compileRecording } from '../../../src/conform/compile.ts'
import { parseRecording } from '../../../src/conform/recording.ts'
import { conformStorage } from '../../../src/conform/storage/conform.ts'
import { isStorageRecording, type StorageRecording } from '../../../src/conform/storage/recording.ts'
import { isVectorFile, runVectors } from '../../../src/conform/vectors/vectors.ts'
import { simulate } from '../../../src/driver/simulate.ts'
import type { Generation } from '../../../src/kafka/generation/generation.ts'
import type { Mechanisms } from '../../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../../src/kafka/generation/table.ts'
import { canonical } from '../../../src/kernel/fingerprint.ts'
import { compileScenario } from '../../../src/scenario/compile.ts'
import { parseScenario } from '../../../src/scenario/scenario.ts'
import type { Plan } from '../../../src/world/plan.ts'

const root = new URL('../../../', import.meta.url)
export const read = (name: string): string => readFileSync(new URL(name, root), 'utf8')

/** A run that is longer is judged by so much of it. */
const MOST_EVENTS = 40_000

/** The plan of a scenario, or of a recording of the core, under a generation. */
export function planOf(story: string, kafka: string): Plan {
  return story.endsWith('.json') ? planOfRecording(story, generationNamed(kafka)!) : planOfScenario(story, kafka)
}

function planOfScenario(story: string, kafka: string): Plan {
  const parsed = parseScenario(read(story), story)
  if (!parsed.ok) throw new Error(`${story}: ${parsed.problems[0]?.message}`)
  const compiled = compileScenario(parsed.scenario, { kafka })
  if (!compiled.ok) throw new Error(`${story}: ${compiled.problems[0]?.message}`)
  return compiled.plan
}

function planOfRecording(story: string, generation: Generation): Plan {
  const parsed = parseRecording(JSON.parse(read(story)))
  if (!parsed.ok) throw new Error(`${story}: ${parsed.problems[0]}`)
  const compiled = compileRecording({ ...parsed.recording, kafka: generation.releases.at(-1)! }, { pins: true })
  if (!compiled.ok) throw new Error(`${story}: ${compiled.notModelled}`)
  return compiled.plan
}

/** What mattered of a run, what machines said and what clients saw. */
export function fingerprint(plan: Plan): string {
  const limits = { ...plan.limits, events: Math.min(plan.limits.events, MOST_EVENTS) }
  const { world, history } = simulate({ ...plan, limits }, { properties: [], digest: false })
  const { facts, requests, polled, observations } = world.ledger
  const seen = Object.values(observations).map(({ view }) => view)
  return history + canonical([facts.map(({ node, fact }) => [node, fact]), requests, polled, seen])
}

/** Phases and seeds that are tried until a recording of clients or of disks agrees. */
const TRIES = 3

/** The verdict on a recording of clients or of disks, or on a file of vectors, with switches put otherwise. */
export function conforms(story: string, flipped: Partial<Mechanisms>): string {
  const data = JSON.parse(read(story)) as Record<string, unknown>
  if (isVectorFile(data)) return runVectors(story.replace(/^.*\/|\.json$/g, ''), data, flipped).status
  if (isStorageRecording(data)) return conformStorage(data as unknown as StorageRecording, TRIES, flipped).status
  if (isClientsRecording(data)) return conformClients(data as unknown as ClientsRecording, TRIES, flipped).status
  throw new Error(`${story} is of no such kind`)
}
