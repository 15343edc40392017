// The Chromium that scripts look at pages with; CHROMIUM says where it is.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

/** Ends the script with 2 where there is no Chromium: before it does anything else. */
export function chromiumPath() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (existsSync(path)) return path
  console.error(`there is no Chromium at ${path}: install one, or say where it is in CHROMIUM`)
  process.exit(2)
}

/** Headless, and cut off from every network. */
export const launchChromium = (executablePath) =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  })
