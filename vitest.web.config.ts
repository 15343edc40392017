import { defineConfig } from 'vitest/config'

/** The page in a real browser: needs the build and a Chromium (CHROMIUM names it; Debian's by default). */
export default defineConfig({
  test: { include: ['test/web/**/*.browser.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
})
