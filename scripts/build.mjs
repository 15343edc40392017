// Compiles src to dist. Run by `npm ci` (prepare), because Node 20 does not run TypeScript by itself.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
if (!existsSync(tsc)) {
  console.log('highwater: TypeScript is not installed, so dist is left as it is')
  process.exit(0)
}
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit', cwd: root })
chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755)
