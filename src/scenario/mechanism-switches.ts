import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { GENERATIONS } from '../kafka/generation/table.ts'

type Value = string | number | boolean

/** Values that no generation has, because only releases between two generations behaved so. */
const BETWEEN_GENERATIONS: { readonly [K in keyof Mechanisms]?: readonly Mechanisms[K][] } = {
  epochBothEmpty: ['log-end'],
  isrEligibility: ['alive-epoch', 'unfenced'],
}

function collectValues(): Record<string, Value[]> {
  const values: Record<string, Value[]> = {}
  const add = (name: string, value: Value): void => {
    values[name] ??= []
    if (!values[name].includes(value)) values[name].push(value)
  }
  for (const { mechanisms } of GENERATIONS) {
    for (const [name, value] of Object.entries(mechanisms) as [string, Value][]) {
      if (typeof value === 'boolean') {
        add(name, false)
        add(name, true)
      } else add(name, value)
    }
  }
  for (const [name, more] of Object.entries(BETWEEN_GENERATIONS)) for (const value of more) add(name, value as Value)
  return values
}

/** The values each mechanism switch can have: those of every generation, oldest first. */
export const MECHANISM_VALUES: Readonly<Record<string, readonly Value[]>> = collectValues()

export const MECHANISM_NAMES: readonly string[] = Object.keys(MECHANISM_VALUES).sort()

/** The values of a switch; null when there is no such switch. */
export const valuesOfMechanism = (name: string): readonly Value[] | null =>
  Object.hasOwn(MECHANISM_VALUES, name) ? MECHANISM_VALUES[name]! : null
