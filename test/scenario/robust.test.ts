import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { renderProblems } from '../../src/scenario/errors.ts'
import { parseScenario, scenario } from '../../src/scenario/scenario.ts'
import { FRAME } from './frame.ts'

const TEXT = `${FRAME}steps:
  - at: 5s
    do: { crash: leader(orders-0) }
  - when: { all: [{ leader: orders-0, is: broker 2 }, { acked: p1, at-least: 5 }] }
    do: [{ cut: { between: broker 1, and: registry } }, { note: "a" }]
expect:
  - { kafka: "<0.11", violated: [{ property: StrongIsr, value: b }] }
  - { counts: { lost: 0 } }
`

const edit = fc.record({
  at: fc.nat(TEXT.length),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('\n', '  ', '- ', ': ', '{', '}', '[', ']', '"', '&a ', '*a', '\t', '#', 'null', '1e999'),
  ),
})

test('no edit of a scenario makes the parser throw, and every problem lies in the text', () => {
  let refused = 0
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = TEXT
      for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove)
      const parsed = parseScenario(text, 'edited.yaml')
      if (parsed.ok) return
      refused += 1
      expect(parsed.problems.length).toBeGreaterThan(0)
      const lines = text.split(/\r?\n/)
      for (const { line, column, message } of parsed.problems) {
        expect(message).not.toBe('')
        if (line === 0) continue
        expect(line).toBeLessThanOrEqual(lines.length)
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
      }
      expect(renderProblems(parsed.problems, text, { color: true })).toContain('edited.yaml')
    }),
    { seed: 20240118, numRuns: 500 },
  )
  expect(refused).toBeGreaterThan(250)
})

const plain = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 'broker 1', '5s', 'orders-0'),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Every path of a value, from the top. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, below]) =>
      pathsOf(below, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

test('no value in any place of a scenario makes the checks throw, and a scenario that passes compiles', () => {
  const parsed = parseScenario(TEXT, 'a.yaml')
  if (!parsed.ok) throw new Error(renderProblems(parsed.problems, TEXT))
  const paths = pathsOf(parsed.scenario.document).filter((path) => path.length > 0)
  fc.assert(
    fc.property(fc.constantFrom(...paths), plain, (path, value) => {
      const document = JSON.parse(JSON.stringify(parsed.scenario.document))
      let at = document
      for (const part of path.slice(0, -1)) at = at[part]
      at[path[path.length - 1]!] = value
      const made = scenario(document)
      if (made.ok) expect(compileScenario(made.scenario).ok).toBe(true)
      else expect(made.problems.length).toBeGreaterThan(0)
    }),
    { seed: 20240119, numRuns: 400 },
  )
})
