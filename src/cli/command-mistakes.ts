/** The words of a command line held against what its command takes. Commander stops at the first mistake: here all are found. */
import type { Argument, Command, Option } from 'commander'
import { InvalidArgumentError } from 'commander'
import { nearestName } from '../scenario/nearest.ts'
import { quoted } from './flags.ts'

interface Mistakes {
  /** The command as it is called, such as `highwater run`. */
  readonly command: string
  /** A line each. */
  readonly lines: readonly string[]
}

/** Words that commander answers by itself, whatever stands beside them. */
const ANSWERED = ['-h', '--help', '-V', '--version']

const isFlag = (word: string): boolean => /^-[^\d.]/.test(word)

const nearestWords = (word: string, names: readonly string[]): string => {
  const nearest = nearestName(word, names)
  return nearest === null ? '' : `; nearest: ${nearest}`
}

/** Everything that is wrong, in the order of the words; then what is missing. */
export function mistakesOf(root: Command, words: readonly string[]): Mistakes {
  let command = root
  let name = root.name()
  const rest = [...words]
  while (command.commands.length > 0) {
    const at = rest.findIndex((word) => !isFlag(word))
    const before = at < 0 ? rest : rest.slice(0, at)
    if (at < 0 || rest[at] === 'help' || before.some((word) => ANSWERED.includes(word))) {
      return { command: name, lines: before.filter((word) => !ANSWERED.includes(word)).map(strayFlag) }
    }
    const found = command.commands.find((each) => each.name() === rest[at])
    if (found === undefined) {
      const names = command.commands.map((each) => each.name())
      return { command: name, lines: [`there is no command ${quoted(rest[at]!)}${nearestWords(rest[at]!, names)}`] }
    }
    if (before.length > 0) return { command: name, lines: before.map(strayFlag) }
    rest.splice(at, 1)
    command = found
    name = `${name} ${found.name()}`
  }
  return { command: name, lines: new Words(command).mistakesOf(rest) }
}

const strayFlag = (word: string): string => `${word}: flags stand behind the command they are for`

/** The words behind a command. */
class Words {
  readonly #command: Command
  readonly #mistakes: string[] = []
  readonly #operands: string[] = []
  readonly #given = new Map<Option, unknown>()
  #unknown = false

  constructor(command: Command) {
    this.#command = command
  }

  mistakesOf(words: readonly string[]): string[] {
    for (let at = 0; at < words.length; ) {
      const word = words[at]!
      at += 1
      if (word === '--') {
        this.#operands.push(...words.slice(at))
        break
      }
      if (ANSWERED.slice(0, 2).includes(word)) return []
      if (isFlag(word)) at += this.#flag(word, words.slice(at))
      else this.#operands.push(word)
    }
    for (const option of this.#command.options) {
      if (option.mandatory && !this.#given.has(option)) this.#mistakes.push(missing(option.flags, option.description))
    }
    // Behind a flag that is unknown nobody can say which word is its value.
    if (!this.#unknown) this.#arguments()
    return this.#mistakes
  }

  /** Takes a flag with its values; how many of the words after it these are. */
  #flag(word: string, after: readonly string[]): number {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    const name = equals < 0 ? word : word.slice(0, equals)
    const option = this.#named(name)
    if (option === undefined) {
      this.#unknown = true
      const names = this.#command.options.flatMap(({ long }) => long ?? [])
      this.#mistakes.push(`${name}: there is no such option${nearestWords(name, names)}`)
      return 0
    }
    const attached = equals < 0 ? null : word.slice(equals + 1)
    if (!option.required) {
      if (attached !== null) this.#mistakes.push(`${name} takes no value, and was given ${quoted(attached)}`)
      return 0
    }
    if (attached !== null) return this.#values(option, [attached], 0)
    const isEnd = (each: string): boolean =>
      isFlag(each) && (option.variadic || this.#named(each.split('=')[0]!) !== undefined)
    const end = after.findIndex(isEnd)
    const free = end < 0 ? after : after.slice(0, end)
    const values = option.variadic ? free : free.slice(0, 1)
    if (values.length === 0) {
      this.#given.set(option, undefined)
      this.#mistakes.push(`${name}: its value is missing: ${option.flags}`)
    }
    return this.#values(option, values, values.length)
  }

  #named(name: string): Option | undefined {
    return this.#command.options.find((option) => option.long === name || option.short === name)
  }

  #values(option: Option, values: readonly string[], taken: number): number {
    for (const value of values) {
      const before = this.#given.get(option)
      this.#given.set(option, this.#parsed(`${option.long} ${quoted(value)}`, option, value, before))
    }
    return taken
  }

  #parsed(where: string, { parseArg }: Option | Argument, value: string, before: unknown): unknown {
    try {
      return parseArg?.(value, before)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      this.#mistakes.push(`${where}: ${error.message}`)
      return before
    }
  }

  #arguments(): void {
    const taken = this.#command.registeredArguments
    for (const [index, argument] of taken.entries()) {
      const values = argument.variadic ? this.#operands.slice(index) : this.#operands.slice(index, index + 1)
      if (values.length === 0 && argument.required)
        this.#mistakes.push(missing(argumentText(argument), argument.description))
      let before: unknown
      for (const value of values) before = this.#parsed(quoted(value), argument, value, before)
    }
    if (taken.at(-1)?.variadic === true) return
    for (const word of this.#operands.slice(taken.length)) {
      const most = taken.length === 0 ? 'no words' : taken.map(argumentText).join(' ')
      this.#mistakes.push(`${quoted(word)} is too much: the command takes ${most}`)
    }
  }
}

const argumentText = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

const missing = (what: string, meaning: string): string => `${what} is missing${meaning === '' ? '' : `: ${meaning}`}`
