import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')

/** Who may import whom: the table of ARCHITECTURE.md. `type:` rooms only by `import type`. */
const TABLE: Record<string, { rooms: string[]; types?: string[]; packages?: Record<string, string[]> }> = {
  kernel: { rooms: [], packages: { seedrandom: ['random.ts'] } },
  kafka: { rooms: ['kernel'] },
  log: { rooms: ['kernel', 'kafka'] },
  network: { rooms: ['kernel'] },
  session: { rooms: ['kernel', 'kafka'] },
  registry: { rooms: ['kernel', 'kafka', 'log', 'session'] },
  quorum: { rooms: ['kernel', 'kafka', 'log', 'session'] },
  controller: { rooms: ['kernel', 'kafka', 'log', 'session'] },
  broker: { rooms: ['kernel', 'kafka', 'log', 'session'] },
  client: { rooms: ['kernel', 'kafka', 'log', 'session'] },
  world: {
    rooms: ['kernel', 'kafka', 'log', 'network', 'session', 'registry', 'quorum', 'controller', 'broker', 'client'],
  },
  check: {
    rooms: ['kernel', 'kafka', 'log', 'world'],
    types: ['broker', 'registry', 'quorum', 'controller', 'client', 'session'],
  },
  driver: {
    rooms: ['kernel', 'kafka', 'world', 'check'],
    packages: { immer: ['patches.ts', 'record.ts', 'explore.ts'] },
  },
  scenario: {
    rooms: ['kernel', 'kafka', 'network', 'world', 'check'],
    packages: {
      yaml: ['yaml.ts'],
      zod: ['forms.ts', 'cluster-forms.ts', 'client-forms.ts', 'action-forms.ts', 'condition-forms.ts', 'schema.ts'],
    },
  },
  campaign: {
    rooms: ['kernel', 'kafka', 'network', 'world', 'check', 'driver', 'scenario'],
    packages: { 'fast-check': ['*'] },
  },
  conform: {
    rooms: ['kernel', 'kafka', 'log', 'network', 'client', 'world', 'check', 'driver'],
    packages: { zod: ['recording.ts', 'forms.ts', 'storage-forms.ts', 'fitting.ts', 'vectors.ts'] },
  },
  report: {
    rooms: ['kernel', 'kafka', 'log', 'world', 'check'],
    types: ['broker', 'registry', 'quorum', 'controller', 'client', 'session', 'driver', 'conform', 'scenario'],
  },
  cli: { rooms: ['*'], packages: { '*': ['*'] } },
  web: {
    rooms: ['kernel', 'kafka', 'log', 'world', 'check', 'driver', 'report', 'scenario'],
    packages: { preact: ['*'], '@preact/signals': ['*'] },
  },
  'index.ts': { rooms: ['*'] },
}

/** What a pure room may not say: clocks, unseeded draws, timers, and what engines may compute differently. */
const BANNED =
  /\b(Date\.now|new Date|Math\.(random|log|log2|log10|exp|pow|sin|cos|tan|sqrt|cbrt)|performance\.now|setTimeout|setInterval|setImmediate|process\.(env|hrtime|argv)|localeCompare|Intl\.|toLocale\w*|crypto\.)/

interface Import {
  readonly file: string
  readonly room: string
  readonly target: string
  readonly typeOnly: boolean
}

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join(SRC, name))

const roomOf = (file: string): string => relative(SRC, file).split('/')[0]!

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm)].map((match) => ({
    file,
    room: roomOf(file),
    target: match[2]!.startsWith('.') ? resolve(dirname(file), match[2]!) : match[2]!,
    typeOnly: match[1] !== undefined,
  })),
)

test('every room is in the import table', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => TABLE[room] === undefined)).toEqual([])
})

test('rooms import only what the table allows', () => {
  const wrong = imports.filter(({ file, room, target, typeOnly }) => {
    const rule = TABLE[room]!
    if (!target.startsWith('/')) {
      const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!
      const where = rule.packages?.[name] ?? rule.packages?.['*']
      if (where === undefined) return true
      return !where.includes('*') && !where.includes(file.split('/').pop()!)
    }
    const other = roomOf(target)
    if (other === room || rule.rooms.includes('*') || rule.rooms.includes(other)) return false
    return !(typeOnly && (rule.types ?? []).includes(other))
  })
  expect(wrong.map(({ file, target }) => `${relative(SRC, file)} -> ${relative(SRC, target)}`)).toEqual([])
})

test('no import cycle of values', () => {
  const graph = new Map<string, string[]>()
  for (const { file, target, typeOnly } of imports) {
    if (!typeOnly && target.startsWith('/')) graph.set(file, [...(graph.get(file) ?? []), target])
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].map((name) => relative(SRC, name)).join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

test('pure rooms name no clock, no unseeded draw, no timer and no locale', () => {
  const pure = files.filter((file) => !['cli', 'web'].includes(roomOf(file)))
  const wrong = pure.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line, index) => ({
        line: line.replace(/\/\/.*|\/\*.*|^\s*\*.*/, ''),
        at: `${relative(SRC, file)}:${index + 1}`,
      }))
      .filter(({ line }) => BANNED.test(line))
      .map(({ at, line }) => `${at} ${line.trim()}`),
  )
  expect(wrong).toEqual([])
})

/** Files that scripts take from the built program. */
const scriptsUse = (): string[] => {
  const folder = join(SRC, '../scripts')
  return readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/'\.\.\/dist\/([\w/-]+)\.js'/g)].map(
      (match) => `${match[1]}.ts`,
    ),
  )
}

test('every file is imported by somebody', () => {
  const used = new Set(imports.map(({ target }) => target))
  const roots = ['index.ts', 'web/main.tsx', 'cli/main.ts', ...scriptsUse()]
  const lonely = files.filter((file) => !used.has(file) && !roots.includes(relative(SRC, file)))
  expect(lonely.map((file) => relative(SRC, file))).toEqual([])
})
