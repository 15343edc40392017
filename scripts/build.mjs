// Compiles src to dist and builds the page of reports. Run by `npm ci` (prepare), because Node 20 does not run TypeScript by itself.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const tsc = join(modules, 'typescript', 'bin', 'tsc')
const program = join(root, 'dist', 'cli', 'main.js')
// `npx sim` in a clone links the clone into npx's cache, and npm prepares what it links: it has been prepared already.
if (process.env.npm_command === 'exec' && existsSync(program)) process.exit(0)
if (!existsSync(tsc)) {
  console.log('highwater: TypeScript is not installed, so dist is left as it is')
  process.exit(0)
}

// Beside dist and then in its place: whoever runs the program meanwhile has the old one, and keeps it if this fails.
const next = mkdtempSync(join(modules, '.highwater-dist-'))
// Types are checked by `npm run typecheck`, not by everybody who installs.
const compile = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', next, '--noCheck']
const { status } = spawnSync(process.execPath, compile, { stdio: 'inherit', cwd: root })
const page = status === 0 && existsSync(join(modules, 'vite')) ? buildPage(join(next, 'web', 'report.html')) : 0
if (status !== 0 || page !== 0) {
  rmSync(next, { recursive: true, force: true })
  process.exit(status || page || 1)
}
chmodSync(next, 0o755)
rmSync(join(root, 'dist'), { recursive: true, force: true })
renameSync(next, join(root, 'dist'))
chmodSync(program, 0o755)
// A clone has its own program among its binaries, so that `npx sim` needs no link in npx's cache.
if (process.platform !== 'win32') {
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of ['sim', 'highwater']) {
    rmSync(join(modules, '.bin', name), { force: true })
    symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), join(modules, '.bin', name))
  }
}

/** The exit code of the build of the page. */
function buildPage(out) {
  return spawnSync(process.execPath, [join(root, 'scripts', 'build-page.mjs'), out], { stdio: 'inherit', cwd: root })
    .status
}
