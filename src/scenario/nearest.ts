/** Upper and lower case and the hyphens, dots and spaces between words do not make a name another one. */
const folded = (name: string): string => name.toLowerCase().replace(/[-_. ]/g, '')

/** Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}

/** Words that begin alike may differ more at their ends: truncate and truncation. */
const BEGINNING = 5

/** Longer texts are no misspelt names, and comparing them would take long. */
const LONGEST_NAME = 80

/** The name that was probably meant; null when none is close enough. Ties go to the first. */
export function nearestName(found: string, names: readonly string[]): string | null {
  if (found.length > LONGEST_NAME) return null
  const wanted = folded(found)
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const candidate = folded(name)
    const alike = wanted.length >= BEGINNING && candidate.startsWith(wanted.slice(0, BEGINNING))
    if (Math.abs(candidate.length - wanted.length) >= least + (alike ? 2 : 0)) continue
    const distance = editDistance(wanted, candidate) - (alike ? 2 : 0)
    if (distance < least && distance < candidate.length) {
      least = distance
      best = name
    }
  }
  return best
}
