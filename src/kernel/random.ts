import seedrandom from 'seedrandom'

/** Draws of one stream are made in blocks: a fresh generator costs 2 us, a draw from a cached block a few ns. */
const BLOCK = 64

/**
 * One named stream: draw `index` is a pure function of (seed, stream, index), in [0, 1).
 *
 * The block only remembers what the function would compute again, so it is no hidden state.
 */
export class RandomStream {
  readonly #seed: string
  readonly #name: string
  readonly #draws: number[] = []
  #block = -1

  constructor(seed: string, name: string) {
    this.#seed = seed
    this.#name = name
  }

  draw(index: number): number {
    const block = Math.floor(index / BLOCK)
    if (block !== this.#block) {
      const next = seedrandom.alea(`${this.#seed}\u0000${this.#name}\u0000${block}`)
      for (let i = 0; i < BLOCK; i++) this.#draws[i] = next()
      this.#block = block
    }
    return this.#draws[index % BLOCK]!
  }
}

/** The streams of one seed, by name. */
export class RandomStreams {
  readonly #seed: string
  readonly #streams = new Map<string, RandomStream>()

  constructor(seed: string) {
    this.#seed = seed
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = new RandomStream(this.#seed, name)
      this.#streams.set(name, stream)
    }
    return stream
  }

  draw(name: string, index: number): number {
    return this.stream(name).draw(index)
  }
}

/**
 * The natural logarithm from + - * / only, because engines may compute Math.log differently in the last bit.
 * `x` must be positive and finite.
 */
export function naturalLog(x: number): number {
  let exponent = 0
  let mantissa = x
  while (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent += 1
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2
    exponent -= 1
  }
  const y = (mantissa - 1) / (mantissa + 1)
  const square = y * y
  let power = y
  let sum = 0
  for (let k = 1; k <= 31; k += 2) {
    sum += power / k
    power *= square
  }
  return 2 * sum + exponent * Math.LN2
}
