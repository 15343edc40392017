/** Answers of one function that are kept; then it forgets all of them and begins anew. */
const REMEMBERED = 10_000

/**
 * A pure function that remembers its answers: runs ask for the same few names over and over, and a text that was put
 * together before has its hash already. It only remembers what it would compute again, so it is no hidden state.
 */
export function remembered<Key, Answer>(compute: (key: Key) => Answer): (key: Key) => Answer {
  const answers = new Map<Key, Answer>()
  return (key) => {
    let answer = answers.get(key)
    if (answer === undefined) {
      answer = compute(key)
      if (answers.size >= REMEMBERED) answers.clear()
      answers.set(key, answer)
    }
    return answer
  }
}
