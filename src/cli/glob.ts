/** Names of files by pattern: `*`, `**`, `?`, `[abc]` and `{a,b}`. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export const isGlob = (text: string): boolean => /[*?[\]{}]/.test(text)

function alternatives(text: string): string[] {
  const open = text.indexOf('{')
  if (open < 0) return [text]
  let depth = 0
  const commas: number[] = []
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth += 1
    else if (text[at] === ',' && depth === 1) commas.push(at)
    else if (text[at] === '}') {
      depth -= 1
      if (depth > 0) continue
      const ends = [...commas, at]
      const parts = ends.map((end, index) => text.slice((index === 0 ? open : ends[index - 1]!) + 1, end))
      return parts.flatMap((part) => alternatives(text.slice(0, open) + part + text.slice(at + 1)))
    }
  }
  return [text]
}

/** The expression of one pattern without braces; paths have `/` between folders. */
function expression(pattern: string): string {
  let text = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (pattern.startsWith('**/', at)) {
      text += '(?:[^/]+/)*'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      text += '.*'
      at += 1
    } else if (character === '*') text += '[^/]*'
    else if (character === '?') text += '[^/]'
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2)
      text += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replace(/\\/g, '\\\\')}]`
      at = end
    } else text += character.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  }
  return text
}

export const globExpression = (pattern: string): RegExp =>
  new RegExp(`^(?:${alternatives(pattern).map(expression).join('|')})$`)

/** Folders that nobody means by a pattern. */
const SKIPPED = ['node_modules', '.git']

/** Files below a folder, with `/` between folders, sorted. */
export function filesBelow(folder: string): string[] {
  const found: string[] = []
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) {
        if (!SKIPPED.includes(entry.name)) walk(name)
      } else found.push(name)
    }
  }
  walk('')
  return found.sort()
}

/** Files that a pattern names, relative to a folder, sorted. */
export function globFiles(folder: string, pattern: string): string[] {
  const parts = pattern.replace(/\\/g, '/').split('/')
  const fixed = parts.findIndex(isGlob)
  const base = parts.slice(0, fixed).join('/')
  const start = pattern.startsWith('/') ? base || '/' : join(folder, base)
  const matcher = globExpression(parts.slice(fixed).join('/'))
  let files: string[]
  try {
    files = filesBelow(start)
  } catch {
    return []
  }
  return files.filter((name) => matcher.test(name)).map((name) => (base === '' ? name : `${base}/${name}`))
}
