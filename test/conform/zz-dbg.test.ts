import { test } from 'vitest'
import { compileRecording } from '../../src/conform/compile.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { recordingNamed } from './recordings.ts'

test('dbg', () => {
  const c = compileRecording(recordingNamed(process.env.WANT!), { pins: true })
  if (!c.ok) throw new Error(c.notModelled)
  const r = simulate(c.plan, { properties: [], digest: false })
  const [a, b] = (process.env.SPAN ?? '0,1000').split(',').map(Number)
  for (const e of r.world.ledger.facts)
    if (e.atUs / 1000 >= a! && e.atUs / 1000 <= b!)
      console.log((e.atUs / 1000).toFixed(1), e.node, JSON.stringify(e.fact).slice(0, 200))
  r.plan.steps.forEach((s, i) => {
    const f = r.world.steps[i]!
    if (f.firedAtUs !== null && f.firedAtUs / 1000 >= a! && f.firedAtUs / 1000 <= b!)
      console.log('STEP', (f.firedAtUs / 1000).toFixed(1), s.id, s.text)
  })
})
