/** Subscriptions by a regular expression over topic names (KIP-848 for coordinators; clients since 0.9). */
import { remembered } from '../kernel/remembered.ts'

/** Problem of a pattern, in words; null: it can be used. */
export function patternProblem(pattern: string): string | null {
  try {
    wholeName(pattern)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** A coordinator asks at every heartbeat of a member. */
const wholeName = remembered((pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u'))

/**
 * Those of the topics whose whole name matches, sorted. Simplified: expressions are JavaScript's, which agree with those of
 * java.util.regex (clients) and RE2J (coordinators of KIP-848) in what topic names need.
 */
export function matchingTopics(pattern: string, topics: readonly string[]): string[] {
  const expression = wholeName(pattern)
  return topics.filter((topic) => expression.test(topic)).sort()
}
