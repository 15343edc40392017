import seedrandom from 'seedrandom'

/** Draws of one stream are made in blocks: a fresh generator costs 2 us, a draw from a cached block some 30 ns. */
const BLOCK = 64

/**
 * Draw `index` of a named stream: a pure function of (seed, stream, index), in [0, 1).
 *
 * The cache only remembers what the function would compute again, so it is no hidden state.
 */
export class RandomStreams {
  readonly #seed: string
  readonly #blocks = new Map<string, { block: number; draws: Float64Array }>()

  constructor(seed: string) {
    this.#seed = seed
  }

  draw(stream: string, index: number): number {
    const block = Math.floor(index / BLOCK)
    let cached = this.#blocks.get(stream)
    if (cached === undefined || cached.block !== block) {
      const next = seedrandom.alea(`${this.#seed}\u0000${stream}\u0000${block}`)
      const draws = new Float64Array(BLOCK)
      for (let i = 0; i < BLOCK; i++) draws[i] = next()
      cached = { block, draws }
      this.#blocks.set(stream, cached)
    }
    return cached.draws[index % BLOCK] ?? 0
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
