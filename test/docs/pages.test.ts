/** Pages say what is there: links lead somewhere, commands exist, tables are complete. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { GENERATIONS } from '../../src/kafka/generation/table.ts'
import { samplePlans, VERSIONS } from '../determinism/plans.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The anchor that a heading gets, as forges make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchors = (page: string): string[] =>
  [...read(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => anchorOf(heading!))

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false
      const [path, anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path!)
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchors(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test(`every npm script and project file that ${page} names is there`, () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    const text = read(page)
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => name!)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    const files = [...text.matchAll(/`((?:src|test|scripts|schema)\/[a-z0-9./-]+\.(?:ts|mjs|json|yaml))`/g)].map(
      ([, path]) => path!,
    )
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
}

test('the fidelity table of ARCHITECTURE.md has every switch', () => {
  const table = read('ARCHITECTURE.md').split('### Every switch')[1] ?? ''
  const switches = new Set(GENERATIONS.flatMap(({ mechanisms }) => Object.keys(mechanisms)))
  expect([...switches].filter((name) => !table.includes(`| \`${name}\` |`))).toEqual([])
})

test('ARCHITECTURE.md has every random stream that runs draw from', () => {
  const families = [...read('ARCHITECTURE.md').matchAll(/`([a-z][a-z-]*(?:\.[a-z-]+)+)(?:\/[^`]*)?`/g)].map(
    ([, name]) => name!,
  )
  const drawn = new Set<string>()
  for (const kafka of VERSIONS) {
    for (const { plan } of samplePlans({ kafka, count: 2, seed: 8000 })) {
      for (const stream of simulate(plan, { properties: [], digest: false }).world.draws.names) {
        drawn.add(stream.split('/')[0]!)
      }
    }
  }
  expect([...drawn].filter((name) => !families.includes(name))).toEqual([])
})

test('every room of src is in ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md')
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(rooms.map(({ name }) => name).filter((name) => !text.includes(`  ${name}/`))).toEqual([])
})
