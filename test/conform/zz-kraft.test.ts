import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { conform } from '../../src/conform/conform.ts'
import { parseRecording } from '../../src/conform/recording.ts'

test('kraft', () => {
  const want = (process.env.WANT ?? '').split(',').filter(Boolean)
  const tries = Number(process.env.TRIES ?? 0)
  const base = 'test/conformance'
  const out: string[] = []
  for (const d of readdirSync(base).filter((x) => x.startsWith('kraft-')))
    for (const f of readdirSync(`${base}/${d}`)) {
      const name = `${d}/${f.replace('.json', '')}`
      if (want.length > 0 && !want.some((w) => name.includes(w))) continue
      const p = parseRecording(JSON.parse(readFileSync(`${base}/${d}/${f}`, 'utf8')))
      if (!p.ok) {
        out.push(`${name} PARSE ${p.problems.slice(0, 5).join('; ')}`)
        continue
      }
      const t = Date.now()
      const r = conform(p.recording, { pins: true, tries })
      out.push(
        `${name} ${r.status} compared ${r.compared} diff ${r.differences.length} notReached ${r.notReached} ${r.notModelledReason ?? ''} ${Date.now() - t} ms`,
      )
      for (const x of r.differences.slice(0, Number(process.env.N ?? 8)))
        out.push(`    ${x.label} | ${x.field} | rec: ${x.recorded} | ours: ${x.ours}`)
    }
  console.log(out.join('\n'))
}, 600000)
