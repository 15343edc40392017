/** Scenarios of every theme that has no test file of its own, and what concerns all of them. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { APART, edgesOf, files, filesOf, folder, NOT_TOLD_ON, read, testScenario } from './bundled.ts'

const apart = APART.flatMap(filesOf)
for (const file of files.filter((it) => !apart.includes(it))) testScenario(file)

test('themes apart have their test files', () => {
  for (const theme of APART) {
    expect(existsSync(new URL(`bundled-${theme}.test.ts`, import.meta.url)), theme).toBe(true)
    expect(filesOf(theme).length, theme).toBeGreaterThan(5)
  }
})

test('there are scenarios of every theme', () => {
  expect(files).toContain('leader-crash.yaml')
  for (const theme of ['basics/', 'failures/', 'history/']) {
    expect(files.filter((file) => file.startsWith(theme)).length).toBeGreaterThan(5)
  }
})

test('the page of the museum names every incident that is told, and no other', () => {
  const page = readFileSync(new URL('history/README.md', folder), 'utf8')
  const named = [...page.matchAll(/\]\(([^)]+\.yaml)\)/g)].map((match) => `history/${match[1]}`).sort()
  expect(named).toEqual(files.filter((file) => file.startsWith('history/')))
})

test.each(NOT_TOLD_ON)('%s is not told on %j, which cannot be asked for it: %j', (file, versions, because) => {
  const scenario = read(file)
  expect(edgesOf(scenario.document.museum!.affected)).toEqual(expect.arrayContaining([...versions]))
  for (const kafka of versions) {
    const compiled = compileScenario(scenario, { kafka })
    const problems = compiled.ok ? [] : compiled.problems.map(({ message }) => message)
    expect(problems, kafka).not.toEqual([])
    for (const problem of problems)
      expect(
        because.some((words) => problem.endsWith(words)),
        problem,
      ).toBe(true)
  }
})

test('every scenario of history says which versions it concerns', () => {
  for (const file of files.filter((it) => it.startsWith('history/'))) {
    expect(read(file).document.museum, file).toBeDefined()
  }
})
