/**
 * Names that the world puts together again and again: `broker-2>broker-1/FetchRequest`. A text made of parts has to be
 * flattened and hashed each time it is looked up; one that is kept has been. The cache only remembers what it would put
 * together again, so it is no hidden state.
 */
export class NameCache {
  readonly #separators: readonly [string, string]
  readonly #names = new Map<string, Map<string, Map<string, string>>>()

  /** Between the first and the second part, and between the second and the third. */
  constructor(separators: readonly [string, string]) {
    this.#separators = separators
  }

  /** The name of three parts. */
  of(first: string, second: string, third: string): string {
    let bySecond = this.#names.get(first)
    if (bySecond === undefined) {
      bySecond = new Map()
      this.#names.set(first, bySecond)
    }
    let byThird = bySecond.get(second)
    if (byThird === undefined) {
      byThird = new Map()
      bySecond.set(second, byThird)
    }
    let name = byThird.get(third)
    if (name === undefined) {
      name = `${first}${this.#separators[0]}${second}${this.#separators[1]}${third}`
      byThird.set(third, name)
    }
    return name
  }
}
