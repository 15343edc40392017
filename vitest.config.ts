import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BUILT } from './test/built-sources.ts'

/** Where scripts/ci.mjs wants the counts of a test run. */
const counts = process.env.TEST_JSON

/** `vitest run` tests the sources as compiled before it starts; a watch takes them as they are, to see each change. */
const compiled = process.argv.includes('run')
  ? {
      globalSetup: 'test/built-sources.ts',
      alias: [{ find: /^(?:\.\.\/)+src\/(?!web\/)(.*)\.ts$/, replacement: `${BUILT}/$1.js` }],
      server: { deps: { external: [/highwater-tests/] } },
      // A module of the sources holds no state but what it would compute again: files share them, and what the engine
      // has learnt of them. It halves the time of a small file.
      isolate: false,
      // Stack traces name the sources.
      execArgv: ['--enable-source-maps'],
    }
  : {}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For what hangs: how busy a machine is must not decide about a test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // All cores: vitest leaves one free.
    maxWorkers: availableParallelism(),
    reporters: counts === undefined ? ['default'] : ['default', ['json', { outputFile: counts }]],
    ...compiled,
  },
})
