import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderProblems } from '../../src/scenario/errors.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

const folder = new URL('bad/', import.meta.url)
const PROPERTIES = ['StrongIsr', 'WeakIsr', 'AckedAtAllNotLost']

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()) {
  test(`bad/${file} is refused with every problem and its place`, async () => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const parsed = parseScenario(text, file, { properties: PROPERTIES })
    const rendered = parsed.ok ? 'no problem was found\n' : renderProblems(parsed.problems, text)
    expect(parsed.ok).toBe(false)
    await expect(rendered).toMatchFileSnapshot(`bad/${file.replace('.yaml', '.golden')}`)
  })
}

const problemsOf = (text: string) => {
  const parsed = parseScenario(text, 'a.yaml')
  return parsed.ok ? [] : parsed.problems
}

test('a file of 10 MB is refused without being read', () => {
  const [problem, ...more] = problemsOf('x'.repeat(10_000_000))
  expect(problem).toMatchObject({ message: 'the file is too large', expected: 'at most 1 MB', found: '10.0 MB' })
  expect(more).toEqual([])
})

test('a file of text that takes several bytes a character is measured in bytes', () => {
  expect(problemsOf(`# ${'€'.repeat(400_000)}\n`)[0]).toMatchObject({
    message: 'the file is too large',
    found: '1.2 MB',
  })
})

test('half a million open brackets are refused and not followed', () => {
  expect(problemsOf(`a: ${'['.repeat(500_000)}`)).toMatchObject([
    { message: 'values are nested too deeply here', line: 1 },
  ])
})

test('hundreds of problems are all told, and the rendering stops at a hundred', () => {
  const steps = Array.from({ length: 300 }, () => '  - at: 1s\n    do: { crash: broker 9 }\n').join('')
  const text = `version: 1\ntitle: a\nkafka: "2.4"\ncluster: { brokers: 3 }\nrun: 5s\nsteps:\n${steps}`
  const problems = problemsOf(text)
  expect(problems).toHaveLength(300)
  expect(renderProblems(problems, text)).toContain('… and 200 more problems')
})

test('a byte order mark, Windows line ends and control characters move no mark', () => {
  const text = '\ufeffversion: 1\r\ntitle: "a\\u0007"\r\nkafka: "2.4"\r\ncluster: { brokers: 3 }\r\nrun: 5\r\n'
  const problems = problemsOf(text)
  expect(problems).toMatchObject([{ line: 5, column: 6, path: 'run' }])
  expect(renderProblems(problems, text)).toContain('> 5 | run: 5\n    |      ^\n')
})

test('nothing on Object.prototype is changed by keys called __proto__', () => {
  problemsOf('__proto__: { polluted: true }\ntopics: { __proto__: { polluted: true } }\n')
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})
