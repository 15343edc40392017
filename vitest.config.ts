import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Where scripts/ci.mjs wants the counts of a test run. */
const counts = process.env.TEST_JSON

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // All cores: vitest leaves one free.
    maxWorkers: availableParallelism(),
    reporters: counts === undefined ? ['default'] : ['default', ['json', { outputFile: counts }]],
  },
})
