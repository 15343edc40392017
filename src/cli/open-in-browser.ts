/** Hands a file to the browser of whoever sits there. */
import { spawn } from 'node:child_process'

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Goes on at once; where nothing opens files the path that was printed has to do. */
export function openInBrowser(file: string): void {
  const [command, ...words] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command!, [...words, file], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
