// Finds for every mechanism switch a story whose outcome changes when that one switch is flipped, or a recording or a
// file of vectors that agrees and then does not, and writes the list that test/kafka/switches-alive.test.ts holds:
// test/kafka/switches/witnesses.json. Witnesses that still hold are kept. What it finds no story for is in by-hand.ts.
// Run after the build:
//   node scripts/switch-witnesses.mjs [--only SWITCH,SWITCH] [--stories TEXT]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { conformClients } from '../dist/conform/clients/conform.js'
import { compileRecording } from '../dist/conform/compile.js'
import { parseRecording } from '../dist/conform/recording.js'
import { conformStorage } from '../dist/conform/storage/conform.js'
import { isStorageRecording } from '../dist/conform/storage/recording.js'
import { isVectorFile, runVectors } from '../dist/conform/vectors/vectors.js'
import { simulate } from '../dist/driver/simulate.js'
import { GENERATIONS, generationNamed, resolveGeneration } from '../dist/kafka/generation/table.js'
import { canonical } from '../dist/kernel/fingerprint.js'
import { compileScenario } from '../dist/scenario/compile.js'
import { MECHANISM_NAMES, valuesOfMechanism } from '../dist/scenario/mechanism-switches.js'
import { parseScenario } from '../dist/scenario/scenario.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = `${ROOT}/test/kafka/switches/witnesses.json`
/** A run that is longer is judged by so much of it. */
const MOST_EVENTS = 40_000

const flag = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}

const below = (folder, ending) =>
  readdirSync(`${ROOT}/${folder}`, { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith(ending))
    .sort()

const stories = [
  ...below('test/kafka/switches', '.yaml'),
  ...['history', 'basics', 'failures', 'groups', 'producer', 'storage', 'transactions'].flatMap((theme) =>
    below(`scenarios/${theme}`, '.yaml'),
  ),
  ...below('test/conformance', '.json'),
].filter((name) => name.includes(flag('stories', '')))

/** Recordings of clients and of disks, and vectors of classes, have a verdict of their own. */
const isJudged = (story) => /^test\/conformance\/(?:clients|storage|vectors)\//.test(story)

/** Phases and seeds that are tried until a recording of clients or of disks agrees. */
const TRIES = 3

function verdict(story, flipped) {
  const data = JSON.parse(readFileSync(`${ROOT}/${story}`, 'utf8'))
  const name = story.replace(/^.*\/|\.json$/g, '')
  const release = data.kafka ?? /:(\d+(?:\.\d+)+)/.exec(data.source)?.[1]
  const resolved = resolveGeneration(String(release))
  const judge = () => {
    if (isVectorFile(data)) return runVectors(name, data, flipped)
    return isStorageRecording(data) ? conformStorage(data, TRIES, flipped) : conformClients(data, TRIES, flipped)
  }
  return { kafka: resolved.ok ? resolved.generation.name : null, status: resolved.ok ? judge().status : 'not-modelled' }
}

const verdicts = new Map()
function isJudgedWitness({ kafka, name, value, story }) {
  if (!verdicts.has(story)) verdicts.set(story, verdict(story, {}))
  const base = verdicts.get(story)
  if (base.kafka !== kafka || base.status !== 'agreed') return false
  try {
    return verdict(story, { [name]: value }).status === 'differing'
  } catch {
    return false
  }
}

const texts = new Map()
function planOf(story, generation) {
  if (!texts.has(story)) {
    const text = readFileSync(`${ROOT}/${story}`, 'utf8')
    const parsed = story.endsWith('.json') ? parseRecording(JSON.parse(text)) : parseScenario(text, story)
    texts.set(story, parsed.ok ? parsed : null)
  }
  const parsed = texts.get(story)
  if (parsed === null) return null
  try {
    const compiled =
      parsed.recording === undefined
        ? compileScenario(parsed.scenario, { kafka: generation.name })
        : compileRecording({ ...parsed.recording, kafka: generation.releases.at(-1) }, { pins: true })
    return compiled.ok ? compiled.plan : null
  } catch {
    return null
  }
}

/** What mattered of a run, what machines said and what clients saw. */
function fingerprint(plan) {
  const limits = { ...plan.limits, events: Math.min(plan.limits.events, MOST_EVENTS) }
  try {
    const { world, history } = simulate({ ...plan, limits }, { properties: [], digest: false })
    const { facts, requests, polled, observations } = world.ledger
    const seen = Object.values(observations).map(({ view }) => view)
    return history + canonical([facts.map(({ node, fact }) => [node, fact]), requests, polled, seen])
  } catch (error) {
    return `threw ${error.message}`
  }
}

const bases = new Map()
function baseOf(story, generation, plan) {
  const key = `${generation.name} ${story}`
  if (!bases.has(key)) bases.set(key, fingerprint(plan))
  return bases.get(key)
}

function isWitness({ kafka, name, value, story }) {
  if (isJudged(story)) return isJudgedWitness({ kafka, name, value, story })
  const generation = generationNamed(kafka)
  const plan = generation === undefined ? null : planOf(story, generation)
  if (plan === null || plan.mechanisms[name] === value) return false
  const base = baseOf(story, generation, plan)
  if (base.startsWith('threw')) return false
  const print = fingerprint({ ...plan, mechanisms: { ...plan.mechanisms, [name]: value } })
  return print !== base && !print.startsWith('threw')
}

/** The generations with a registry, and those of KRaft, each oldest first. */
const LINEAGES = ['registry', 'kraft'].map((kind) =>
  GENERATIONS.filter(({ mechanisms }) => mechanisms.metadata === kind),
)
const off = (value) => value ?? false

/** Both sides of every change of a switch in the tables of a lineage. */
function changesIn(lineage, name) {
  const flips = []
  for (let at = 1; at < lineage.length; at++) {
    const [before, after] = [off(lineage[at - 1].mechanisms[name]), off(lineage[at].mechanisms[name])]
    if (before === after) continue
    flips.push({ kafka: lineage[at].name, value: before }, { kafka: lineage[at - 1].name, value: after })
    const next = lineage[at + 1]
    if (next !== undefined && off(next.mechanisms[name]) !== before) flips.push({ kafka: next.name, value: before })
  }
  return flips
}

/** Where a flip may matter: both sides of every change in the tables, then the values that no table has. */
function flipsOf(name) {
  const flips = LINEAGES.flatMap((lineage) => changesIn(lineage, name))
  for (const kafka of ['0.11', '2.8', ...LINEAGES.map((lineage) => lineage.at(-1).name), '3.5-kraft']) {
    for (const value of valuesOfMechanism(name)) {
      if (value !== off(generationNamed(kafka).mechanisms[name])) flips.push({ kafka, value })
    }
  }
  return flips.filter(
    (flip, index) => flips.findIndex(({ kafka, value }) => kafka === flip.kafka && value === flip.value) === index,
  )
}

function search(name) {
  for (const flip of flipsOf(name)) {
    const story = stories.find((each) => isWitness({ ...flip, name, story: each }))
    if (story !== undefined) return { switch: name, kafka: flip.kafka, value: flip.value, story }
  }
  return null
}

let known = []
try {
  known = JSON.parse(readFileSync(FILE, 'utf8'))
} catch {
  // The first time there is no list.
}
const only = flag('only', null)?.split(',')
const witnesses = []
for (const name of MECHANISM_NAMES) {
  const kept = known.find((each) => each.switch === name)
  const chosen = only === undefined || only === null || only.includes(name)
  const holds = kept !== undefined && (!chosen || isWitness({ ...kept, name }))
  const witness = holds ? kept : chosen ? search(name) : null
  if (witness !== null) witnesses.push(witness)
  if (chosen)
    console.log(
      witness === null
        ? `✗ ${name}: no story`
        : `✓ ${name}: Kafka ${witness.kafka} with ${witness.value}, ${witness.story}`,
    )
  writeFileSync(FILE, `${JSON.stringify(witnesses.concat(known.filter((each) => each.switch > name)), null, 2)}\n`)
}
