#!/usr/bin/env node
/** The command line: `highwater` and `sim`. `main` is a function of its words and a terminal; below it is the program. */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { bugText } from './bug-words.ts'
import { mistakesOf } from './command-mistakes.ts'
import { compareCommand } from './compare.ts'
import { conformCommand } from './conform.ts'
import { durabilityCommand } from './durability.ts'
import { explainCommand } from './explain.ts'
import { quoted } from './flags.ts'
import { fuzzCommand } from './fuzz.ts'
import type { Item } from './help.ts'
import { closing, itemList, layOutHelp } from './help.ts'
import { initCommand } from './init.ts'
import { inspectCommand } from './inspect.ts'
import type { Io } from './io.ts'
import { EXIT, READER_GONE, UsageError, worse } from './io.ts'
import { bugOf } from './job.ts'
import { lessonCommand } from './lesson.ts'
import { listCommand } from './list.ts'
import { matrixCommand } from './matrix.ts'
import { mergeCommand } from './merge.ts'
import { mutantsCommand } from './mutants.ts'
import { packageVersion } from './package-root.ts'
import { regressCommand } from './regress.ts'
import { replayCommand } from './replay.ts'
import { reportCommand } from './report.ts'
import { runCommand } from './run.ts'
import { screenOf } from './screen.ts'
import { shrinkCommand } from './shrink.ts'
import { traceCommand } from './trace.ts'
import { validateCommand } from './validate.ts'

const EXAMPLES: readonly Item[] = [
  ['highwater list scenarios', 'what there is to run'],
  ['highwater run leader-crash', 'one scenario, with everything that happened'],
  ['highwater run leader-crash --kafka 0.10.2,2.4,3.5', 'the same story on three versions, side by side'],
  ['highwater run leader-crash --seeds 100', 'a hundred seeds, and those that fail'],
  ['highwater explain AckedAtAllNotLost', 'what a property means, and who promises it'],
  ['highwater init my.yaml && highwater run my.yaml', 'a scenario of your own'],
]

const EXIT_CODES =
  'Exit codes: 0 held or agreed; 1 something broke, differs or did not come true; 2 input that cannot be used; 3 a bug of ours; 130 interrupted; 141 the reader of the output went away first. Of several runs the worst.'

function program(io: Io, finished: (exit: number) => void): Command {
  const root = new Command('highwater')
    .description('A deterministic simulator of Apache Kafka’s replicated cluster.')
    .version(packageVersion(), '-V, --version', 'the version of highwater')
    .addHelpText('after', () => `${itemList(io, 'Examples', EXAMPLES)}\n${closing(io, EXIT_CODES)}`)
  const commands = [
    runCommand(io, finished),
    validateCommand(io, finished),
    replayCommand(io, finished),
    reportCommand(io, finished),
    traceCommand(io, finished),
    lessonCommand(io, finished),
    conformCommand(io, finished),
    matrixCommand(io, finished),
    durabilityCommand(io, finished),
    compareCommand(io, finished),
    fuzzCommand(io, finished),
    inspectCommand(io, finished),
    shrinkCommand(io, finished),
    mergeCommand(io, finished),
    mutantsCommand(io, finished),
    regressCommand(io, finished),
    listCommand(io),
    explainCommand(io),
    initCommand(io),
  ]
  for (const command of commands) root.addCommand(command)
  for (const command of [root, ...commands, ...commands.flatMap((each) => each.commands)]) {
    command.option('--no-color', 'no colours (also: NO_COLOR)').exitOverride()
    layOutHelp(command, io)
  }
  return root
}

/** Runs one command line and returns its exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exit: number = EXIT.held
  // Taken out before commands see their words: `sim --no-color run x` means the same as `sim run x --no-color`.
  const words = argv.filter((word) => word !== '--no-color')
  const allowed = words.length === argv.length
  const plain: Io = allowed ? io : { ...io, env: { ...io.env, NO_COLOR: '1' } }
  const screen = screenOf(plain, plain.stderr)
  const root = program(plain, (code) => {
    exit = worse(exit, code)
  })
  try {
    const { command, lines } = mistakesOf(root, words)
    if (lines.length > 0) throw new UsageError([...lines, `See \`${command} --help\`.`].join('\n'))
    await root.parseAsync([...words], { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.unusable
    if (error instanceof UsageError) {
      plain.stderr.write(`${screen.paint('bad', error.message)}\n`)
      return EXIT.unusable
    }
    plain.stderr.write(bugText(screen, bugOf(error, `highwater ${argv.map(quoted).join(' ')}`)))
    return EXIT.bug
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The terminal of this process. What is written to a reader that has gone (`| head`) is dropped, and work ends early. */
function terminal(): Io {
  const interrupt = new AbortController()
  const onInterrupt = (): void => {
    // A second Ctrl-C means now.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
    interrupt.abort()
  }
  process.on('SIGINT', onInterrupt)
  return {
    stdout: output(process.stdout, () => interrupt.abort(READER_GONE)),
    stderr: output(process.stderr, () => undefined),
    env: process.env,
    cwd: process.cwd(),
    readStdin,
    interrupted: interrupt.signal,
    deaf: (act) => {
      process.off('SIGINT', onInterrupt)
      try {
        return act()
      } finally {
        process.on('SIGINT', onInterrupt)
      }
    },
    workerFile: fileURLToPath(new URL('./worker.js', import.meta.url)),
    nowMs: () => performance.now(),
  }
}

function output(stream: NodeJS.WriteStream, onGone: () => void): Io['stdout'] {
  let gone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    gone = true
    onGone()
  })
  return {
    write: (text) => {
      if (!gone) stream.write(text)
    },
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : null
    },
  }
}

/** Started as a program, also through the link that npm makes. */
function isProgram(): boolean {
  const started = process.argv[1]
  if (started === undefined) return false
  try {
    return realpathSync(started) === fileURLToPath(import.meta.url)
  } catch {
    return false
  }
}

if (isProgram()) {
  process.exitCode = await main(process.argv.slice(2), terminal())
}
