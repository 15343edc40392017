/** Simpler values: defaults instead of settings, shorter runs, rounder times. */
import fc from 'fast-check'
import { parseDuration } from '../../kernel/time.ts'
import type { ScenarioDocument, StepForm } from '../../scenario/schema.ts'
import { withSteps } from './faults.ts'
import type { Search } from './reduce.ts'
import { attempt, whileAny } from './reduce.ts'

const msOf = (text: string): number => Math.round((parseDuration(text) ?? 0) / 1000)
const text = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`)

const lastStepMs = ({ steps }: ScenarioDocument): number =>
  Math.max(0, ...(steps ?? []).map(({ at }) => (at === undefined ? 0 : msOf(at))))

/** A shorter run makes every further one cheaper, so it is tried first. Steps that would come too late go with it. */
export function shorterRun(search: Search): void {
  whileAny(search, function* (document) {
    const ms = msOf(document.run)
    for (const share of [0.25, 0.5, 0.75, 0.9]) {
      const shorter = Math.max(1000, Math.round((ms * share) / 1000) * 1000)
      if (shorter >= ms) continue
      const steps = (document.steps ?? []).filter(({ at }) => at === undefined || msOf(at) < shorter)
      yield { ...withSteps(document, steps), run: text(shorter) }
    }
    const tight = Math.ceil((lastStepMs(document) + 1) / 1000) * 1000
    if (tight < ms) yield { ...document, run: text(tight) }
  })
}

export function simplerValues(search: Search): void {
  shorterRun(search)
  whileAny(search, withoutSetting)
  whileAny(search, withoutEmpty)
  whileAny(search, plainer)
  for (const step of (search.document.steps ?? []).keys()) earlier(search, step)
}

function* withoutSetting(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const { cluster } = document
  for (const key of Object.keys(cluster.settings ?? {})) {
    const settings = Object.fromEntries(Object.entries(cluster.settings!).filter(([other]) => other !== key))
    yield { ...document, cluster: { ...cluster, settings } }
  }
  for (const [name, form] of Object.entries(document.topics ?? {})) {
    for (const key of Object.keys(form.settings ?? {})) {
      const settings = Object.fromEntries(Object.entries(form.settings!).filter(([other]) => other !== key))
      yield { ...document, topics: { ...document.topics, [name]: { ...form, settings } } }
    }
  }
}

/** Empty maps that the reductions leave behind. */
function* withoutEmpty(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [name, form] of Object.entries(document.topics ?? {})) {
    if (form.settings === undefined || Object.keys(form.settings).length > 0) continue
    const { settings: _, ...rest } = form
    yield { ...document, topics: { ...document.topics, [name]: rest } }
  }
}

function* plainer(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const { network, limits, cluster, ...rest } = document
  if (network !== undefined) yield { ...rest, cluster, ...(limits === undefined ? {} : { limits }) }
  if (limits !== undefined) yield { ...rest, cluster, ...(network === undefined ? {} : { network }) }
  const { registry, ...others } = cluster
  if (registry !== undefined) yield { ...document, cluster: others }
  if (cluster.startup !== undefined) {
    const { startup: _, ...without } = cluster
    yield { ...document, cluster: without }
  }
  const steps = document.steps ?? []
  for (const [at, step] of steps.entries()) {
    for (const action of simplerActions(step))
      yield withSteps(document, [...steps.slice(0, at), action, ...steps.slice(at + 1)])
  }
  const settleMs = document.settle === undefined ? 10_000 : msOf(document.settle)
  if (settleMs > 10_000) {
    const { settle: _, ...without } = document
    yield without
  }
}

function* simplerActions(step: StepForm): Iterable<StepForm> {
  if (Array.isArray(step.do)) return
  const action = step.do
  if ('start' in action && action.startup !== undefined) yield { ...step, do: { start: action.start } }
  if ('send' in action && action.send > 1) yield { ...step, do: { ...action, send: 1 } }
}

/** Times that a reader can keep in mind, then the earliest that still does, as fast-check shrinks numbers. */
function earlier(search: Search, index: number): void {
  const step = search.document.steps?.[index]
  if (step?.at === undefined) return
  const ms = msOf(step.at)
  const at = (value: number): ScenarioDocument => {
    const steps = search.document.steps!
    return withSteps(search.document, [
      ...steps.slice(0, index),
      { ...steps[index]!, at: text(value) },
      ...steps.slice(index + 1),
    ])
  }
  for (const grain of [1000, 500, 100, 10]) {
    const round = Math.round(ms / grain) * grain
    if (round !== ms && round > 0 && attempt(search, at(round))) return
  }
  let tried = 0
  for (const candidate of fc.integer({ min: 1_000, max: Math.max(1_000, ms) }).shrink(Math.max(1_000, ms), undefined)) {
    if (tried++ >= 6) return
    if (candidate.value < ms && attempt(search, at(candidate.value))) return
  }
}
