// A power loss at every event of a run: the same plan again and again, each time with the power of one broker, or of all,
// gone right after another event. Every start must come through, no flushed byte may be lost, and what is promised must
// hold. Run after the build:
//   node scripts/power-loss-everywhere.mjs [--every N] [--seconds S] [--kafka VERSION] [--seed SEED] [--most RUNS]

import { powerLossPlan, strikesOf } from '../dist/campaign/power-loss.js'
import { simulate } from '../dist/driver/simulate.js'

const flag = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}

const kafka = flag('kafka', '2.4')
const seed = flag('seed', '1')
const seconds = Number(flag('seconds', '60'))
const every = Number(flag('every', '1'))
const most = Number(flag('most', String(Number.MAX_SAFE_INTEGER)))

const calm = powerLossPlan({ kafka, seed, seconds, strike: null })
const moments = []
simulate(calm, {
  properties: [],
  digest: false,
  onEvent: (world) => {
    if (world.phase === 'run') moments.push(world.nowUs)
    return undefined
  },
})
const chosen = moments.filter((_, index) => index % every === 0).slice(0, most)
let runs = 0
let lost = 0
const bad = []
for (const [index, atUs] of chosen.entries()) {
  const strike = strikesOf(index)
  const result = simulate(powerLossPlan({ kafka, seed, seconds, strike: { ...strike, atUs } }), { digest: false })
  runs += 1
  const failed = result.world.ledger.facts.filter(({ fact }) => fact.kind === 'startFailed').length
  const broken = result.violations.filter(({ knownHole }) => knownHole === null).map(({ property }) => property)
  if (result.violations.length > 0 && broken.length === 0) lost += 1
  if (failed > 0 || broken.length > 0 || result.outcome !== 'completed') {
    bad.push(
      `event ${index * every} at ${atUs} us, ${strike.who}: ${result.outcome}, starts that failed ${failed}, broke ${[...new Set(broken)].join(', ') || 'nothing'}`,
    )
  }
  if (runs % 500 === 0) console.log(`${runs} of ${chosen.length}`)
}
console.log(`Kafka ${kafka}, seed ${seed}: ${moments.length} events in ${seconds} s, ${runs} power losses`)
console.log(`${lost} runs lost something that this Kafka does not promise to keep, ${bad.length} were bad`)
for (const line of bad.slice(0, 20)) console.log(`  ${line}`)
process.exitCode = bad.length === 0 ? 0 : 1
