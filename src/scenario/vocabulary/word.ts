/** A word of the scenario language with its meaning: for the schema, the documentation and `explain`. */
export interface Word {
  readonly name: string
  /** One sentence. */
  readonly meaning: string
  /** As it is written in a scenario. */
  readonly example: string
}
