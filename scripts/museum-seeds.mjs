// Every incident of the museum under many seeds: on its own generation, one that is affected and one that is not. Run
// after the build:
//   node scripts/museum-seeds.mjs [--seeds N] [--only NAME] [--jobs N]
// Prints a table, and for what does not hold the command that repeats it. Exit 1 when a run fails.
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { simulate } from '../dist/driver/simulate.js'
import { GENERATIONS, resolveGeneration } from '../dist/kafka/generation/table.js'
import { report } from '../dist/report/run-view.js'
import { compileScenario } from '../dist/scenario/compile.js'
import { parseScenario } from '../dist/scenario/scenario.js'
import { parseVersionRange } from '../dist/scenario/version-range.js'

const FOLDER = fileURLToPath(new URL('../scenarios/history/', import.meta.url))

const flag = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}

const read = (file) => {
  const parsed = parseScenario(readFileSync(join(FOLDER, file), 'utf8'), file)
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problems[0].message}`)
  return parsed.scenario
}

/** Its own generation, the newest that is affected and the first after it that is not. */
function generationsOf({ document }) {
  const range = parseVersionRange(document.museum.affected)
  const own = resolveGeneration(document.kafka)
  const isAffected = (it) => range.ok && range.matches(it)
  const last = GENERATIONS.findLastIndex(isAffected)
  const fixed = GENERATIONS.slice(last + 1).find((it) => !isAffected(it)) ?? GENERATIONS.find((it) => !isAffected(it))
  const names = [own.ok ? own.generation.name : null, GENERATIONS[last]?.name ?? null, fixed?.name ?? null]
  return [...new Set(names.filter((name) => name !== null))].filter(
    (name) => compileScenario({ fileName: null, document, places: null }, { kafka: name }).ok,
  )
}

/** Runs one incident on one generation under seeds 1 to `seeds`. */
function runTask({ file, kafka, seeds }) {
  const scenario = read(file)
  const failures = []
  const histories = new Set()
  for (let seed = 1; seed <= seeds; seed++) {
    const compiled = compileScenario(scenario, { kafka, seed: String(seed) })
    if (!compiled.ok) throw new Error(compiled.problems[0].message)
    const view = report(simulate(compiled.plan, { digest: false }))
    histories.add(view.history)
    if (!view.failed) continue
    const verdict = view.verdicts.find(({ fails }) => fails)
    const why =
      view.notReached !== null
        ? `step ${view.notReached.step}: ${view.notReached.words}`
        : `${verdict?.name}: ${verdict?.words}`
    failures.push({ seed, why })
  }
  return { failures, histories: histories.size }
}

if (!isMainThread) {
  parentPort.on('message', (task) => {
    try {
      parentPort.postMessage({ ok: true, result: runTask({ ...task, seeds: workerData.seeds }) })
    } catch (error) {
      parentPort.postMessage({ ok: false, message: error.stack })
    }
  })
} else {
  const seeds = Number(flag('seeds', 200))
  const only = flag('only', '')
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml') && file.includes(only))
    .sort()
  const tasks = files.flatMap((file) => {
    const scenario = read(file)
    return scenario.document.museum === undefined ? [] : generationsOf(scenario).map((kafka) => ({ file, kafka }))
  })
  const results = []
  let next = 0
  let done = 0
  const startedMs = Date.now()
  await Promise.all(
    Array.from({ length: Math.min(Number(flag('jobs', availableParallelism())), tasks.length) }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { seeds } })
      return new Promise((resolve, reject) => {
        let current = -1
        const give = () => {
          if (next >= tasks.length) return worker.terminate().then(resolve)
          current = next++
          worker.postMessage(tasks[current])
        }
        worker.on('error', reject)
        worker.on('message', (answer) => {
          if (!answer.ok) return reject(new Error(answer.message))
          results[current] = answer.result
          done += 1
          if (process.stderr.isTTY) {
            const leftS = Math.round((((Date.now() - startedMs) / done) * (tasks.length - done)) / 1000)
            process.stderr.write(`\r${done} of ${tasks.length}, ${leftS} s left   `)
          }
          give()
        })
        give()
      })
    }),
  )
  if (process.stderr.isTTY) process.stderr.write('\n')
  const width = Math.max(...files.map((file) => file.length))
  console.log(`${'incident'.padEnd(width)}  ${'kafka'.padEnd(9)}  held of ${seeds}  histories`)
  for (const [index, { file, kafka }] of tasks.entries()) {
    const { failures, histories } = results[index]
    const held = `${failures.length === 0 ? '✓' : '✗'} ${seeds - failures.length}`
    console.log(`${file.padEnd(width)}  ${kafka.padEnd(9)}  ${held.padEnd(`held of ${seeds}`.length)}  ${histories}`)
  }
  const failing = tasks
    .map((task, index) => ({ ...task, ...results[index] }))
    .filter(({ failures }) => failures.length > 0)
  for (const { file, kafka, failures } of failing) {
    console.log(
      `\n${file} on ${kafka}: ${failures.length} of ${seeds} do not hold; seed ${failures[0].seed}: ${failures[0].why}`,
    )
    console.log(`  highwater run history/${file.replace(/\.yaml$/, '')} --kafka ${kafka} --seed ${failures[0].seed}`)
  }
  console.log(
    `\n${tasks.length} of an incident and a generation, ${tasks.length - failing.length} hold under all ${seeds} seeds.`,
  )
  process.exitCode = failing.length > 0 ? 1 : 0
}
