import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { ViewRecorder } from '../../src/report/page/view-recorder.ts'
import { bundledPlan } from '../report/page/plans.ts'

const names = readdirSync(new URL('../../scenarios/lessons/', import.meta.url))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `lessons/${name.replace('.yaml', '')}`)
  .sort()

/** Versions on both sides of leader epochs in the log and of the ISR in the hands of the controller. */
const VERSIONS = ['0.10.2', '0.11', '2.0.1', '2.4', '2.8']
const SEEDS = ['1', '2']

/** Which chapters never came, and which answers were wrong, in words. */
function failures(name: string, kafka: string, seed: string): string[] {
  const plan = { ...bundledPlan(name, kafka), seed }
  const recorder = new ViewRecorder()
  const { world } = simulate(plan, {
    digest: false,
    onEvent: (at, report) => {
      recorder.onEvent(at, report)
      return true
    },
  })
  recorder.end(world)
  const about = `Kafka ${kafka}, seed ${seed}: `
  const chapters = plan.chapters ?? []
  const unreached = chapters[recorder.chapters.length]
  const missing = unreached === undefined ? [] : [`${about}chapter “${unreached.title}” is never reached`]
  const wrong = recorder.checks.flatMap((held, index) =>
    held === false ? [`${about}the answer of “${chapters[index]!.title}” does not come true`] : [],
  )
  return [...missing, ...wrong]
}

test('there are seven lessons', () => {
  expect(names).toHaveLength(7)
})

for (const name of names) {
  test(`every chapter of ${name} is reached and every answer comes true, on every version`, () => {
    expect(VERSIONS.flatMap((kafka) => SEEDS.flatMap((seed) => failures(name, kafka, seed)))).toEqual([])
  })

  test(`${name} asks something, and its questions have an answer in every version`, () => {
    for (const kafka of VERSIONS) {
      const asked = (bundledPlan(name, kafka).chapters ?? []).flatMap(({ ask }) => (ask === null ? [] : [ask]))
      expect(asked.length, kafka).toBeGreaterThan(0)
    }
  })
}
