/** Seeds of a campaign as a task that any process can do. */
import { drawCase } from '../campaign/generate.ts'
import { profileNamed } from '../campaign/profiles/table.ts'
import { runCase } from '../campaign/run-case.ts'
import type { SeedResult } from '../campaign/seed-result.ts'
import { generationNamed } from '../kafka/generation/table.ts'

export interface SeedsTask {
  readonly kind: 'seeds'
  readonly kafka: string
  readonly profile: string
  readonly seeds: readonly number[]
}

/** Runs the seeds of a task, one after another. */
export function doSeeds({ kafka, profile: name, seeds }: SeedsTask): SeedResult[] {
  const profile = profileNamed(name)
  const generation = generationNamed(kafka)
  if (profile === undefined || generation === undefined) throw new Error(`no profile ${name} or no generation ${kafka}`)
  return seeds.map((seed) => runCase(drawCase(profile, generation, seed), { liveness: profile.bounded }))
}
