/** `inspect`: the files of a broker at a moment of a traced run. */
import { Command } from 'commander'
import { simulate } from '../driver/simulate.ts'
import { dumpFile } from '../report/log-dump.ts'
import { listBroker, listingText } from '../report/log-files.ts'
import type { World } from '../world/world.ts'
import { inputFile, moment, wholeNumber } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { readTraceFile, withTrace } from './trace-file.ts'

interface InspectFlags {
  readonly broker: number
  readonly dir?: boolean
  readonly dump?: string
  /** In us. */
  readonly at?: number
}

/** The world of a traced run at a virtual time; at its end when none is given. */
function worldAt(io: Io, file: string, atUs: number | undefined): World {
  const { trace } = readTraceFile(io, file)
  const options = { properties: [], digest: false, ...(atUs === undefined ? {} : { untilUs: atUs }) }
  return withTrace(trace, file, () => simulate(trace.header.plan, options).world)
}

function inspect(io: Io, file: string, flags: InspectFlags): number {
  const { broker } = flags
  const world = worldAt(io, file, flags.at)
  const ids = world.plan.brokers.map(({ id }) => id)
  if (!ids.includes(broker))
    throw new UsageError(`there is no broker ${flags.broker}; expected one of ${ids.join(', ')}`)
  const { mechanisms } = world.plan
  const listed = listBroker(world, broker, mechanisms)
  if (flags.dump !== undefined) {
    const lines = dumpFile(world, broker, flags.dump)
    if (lines === null) {
      const names = listed.flatMap(({ name, files }) =>
        files.map((each) => (name === '.' ? each.name : `${name}/${each.name}`)),
      )
      throw new UsageError(
        `broker ${broker} has no file ${flags.dump} that can be dumped; it has:\n  ${names.join('\n  ')}`,
      )
    }
    io.stdout.write(`Dumping ${flags.dump}\n${lines.map((line) => `${line}\n`).join('')}`)
  }
  if (flags.dir === true || flags.dump === undefined) io.stdout.write(listingText(listed))
  return EXIT.held
}

export function inspectCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('inspect')
    .summary("look at a broker's files")
    .description('Shows the data directory of a broker, or what is in a file of it, at a moment of a traced run.')
    .argument('<trace>', 'the trace that `run --trace FILE` wrote', inputFile(io))
    .requiredOption('--broker <id>', 'the broker', wholeNumber(0, 2 ** 31 - 1))
    .option('--dir', 'the directory, as ls -l would list it (what is shown without --dump)')
    .option(
      '--dump <file>',
      "a file, as Kafka's dump tool prints it: orders-0/00000000000000000000.log, .index, .timeindex, a checkpoint",
    )
    .option('--at <time>', 'the moment, in time since the start of the run (default: its end)', moment)
    .action((file: string, flags: InspectFlags) => finished(io.deaf(() => inspect(io, file, flags))))
}
