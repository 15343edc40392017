// What a user gets: packs the project, installs the tarball in an empty project, runs a bundled scenario there by name
// and the worked example of docs/library.md in that project's own vitest suite, typechecked. Needs a package registry.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'highwater-tarball-'))
const { devDependencies, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

function run(command, words, cwd = folder) {
  console.log(`$ ${command} ${words.join(' ')}`)
  return execFileSync(command, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The fenced blocks of the page whose first line names the file they are. */
function filesOf(page) {
  const found = []
  for (const [, body] of readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const [, name] = body.match(/^\/\/ (\S+\.ts)\n/) ?? []
    if (name !== undefined) found.push({ name, body })
  }
  return found
}

try {
  const packed = run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root).trim()
  const tarball = packed.split('\n').pop()
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'a-user', version: '1.0.0', private: true, type: 'module' }),
  )
  const tools = ['vitest', 'typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`)
  const wanted = [`./${tarball}`, `fast-check@${dependencies['fast-check']}`, ...tools]
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent', ...wanted])

  const text = run('npx', ['--no-install', 'sim', 'run', 'leader-crash'])
  if (!text.includes('HELD')) throw new Error(`sim run leader-crash did not hold:\n${text}`)
  console.log(text.trim().split('\n').slice(-3).join('\n'))

  const files = filesOf('docs/library.md')
  if (files.length === 0) throw new Error('docs/library.md has no example')
  for (const { name, body } of files) writeFileSync(join(folder, name), body)
  const names = files.map(({ name }) => name)
  const strict = [
    '--strict',
    '--noEmit',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
    '--skipLibCheck',
  ]
  run('npx', ['--no-install', 'tsc', ...strict, ...names])
  console.log(run('npx', ['--no-install', 'vitest', 'run']))
  for (const name of names.filter((it) => !it.endsWith('.test.ts'))) console.log(`${name} typechecks`)
  console.log('the tarball works in an empty project')
} catch (error) {
  console.log(`${error.message}\n${error.stdout ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
