/** A broken assumption of our own: nobody catches it to go on, the CLI prints how to repeat it (exit 3). */
export class AssertionError extends Error {
  override name = 'AssertionError'
}

/** Throws an {@link AssertionError} when `condition` is false: a bug of ours, never a user's mistake. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** The end of a `switch` over every `kind`: reaching it means that a kind was forgotten. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`)
}
