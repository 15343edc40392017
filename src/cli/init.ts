/** `init`: a first scenario, with a comment at every part. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { modeline } from '../scenario/print.ts'
import { quoted } from './flags.ts'
import type { Io } from './io.ts'
import { UsageError } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import { schemaFor } from './package-root.ts'

const FIRST_SCENARIO = `# A scenario for highwater: who is there, what happens, what must come out.
# Check it with \`highwater validate FILE\`, run it with \`highwater run FILE\`.
version: 1
title: The leader crashes while a producer writes
story: |
  Three brokers replicate one partition. The leader is killed while a producer writes with
  acks=all. Another replica takes over, and nothing that was acknowledged may be lost.

# A generation (2.4) or an exact release (2.4.1). Others can be tried with --kafka; see
# \`highwater list generations\`.
kafka: '2.4'

# The same seed gives the same run, to the last event. Others can be tried with --seeds.
seed: '1'

cluster:
  brokers: 3
  # Kafka's own keys and units; what is absent has the default of the version.
  settings:
    min.insync.replicas: 2

topics:
  orders:
    partitions: 1
    # The preferred leader first.
    replicas: [[1, 2, 3]]

network:
  # How long a message travels; drawn for each message.
  latency: { uniform: [500us, 2ms] }

clients:
  p1:
    produces: orders
    rate: 50/s
    from: 5s
    until: 25s
    settings: { acks: all }

run: 40s

# Each step fires at its time, or as soon as its condition holds; see \`highwater list actions\`.
steps:
  - at: 10s
    text: the leader is killed
    do: { crash: leader(orders-0) }
  - when: { leader: orders-0, is-not: broker 1 }
    text: another replica leads
    do: { note: the fail-over is done }
  - at: 22s
    text: the crashed broker returns
    do: { start: broker 1 }

# What must come out. Properties that this version promises must hold anyway; see
# \`highwater list properties\` and \`highwater explain NAME\`.
expect:
  holds: [AckedAtAllNotLost, ReplicasConverge]
  counts:
    lost: 0
    acked: { at-least: 500 }
`

/** With the line by which an editor completes and checks it. */
const firstScenario = (io: Io, file: string): string => `#${modeline(schemaFor(io.cwd, file))}\n${FIRST_SCENARIO}`

const fileOrStdout =
  (io: Io) =>
  (text: string): string =>
    text === '-' ? text : outputFile(io)(text)

export function initCommand(io: Io): Command {
  return new Command('init')
    .summary('write a first scenario with comments')
    .argument('[file]', 'where to; - for standard output', fileOrStdout(io), 'scenario.yaml')
    .option('--force', 'write over a file that is there')
    .action((file: string, flags: { readonly force?: boolean }) => {
      if (file === '-') {
        io.stdout.write(firstScenario(io, 'scenario.yaml'))
        return
      }
      if (existsSync(resolve(io.cwd, file)) && flags.force !== true)
        throw new UsageError(`${file} is there already; --force writes over it`)
      writeFile(io, file, firstScenario(io, file))
      const name = quoted(file)
      io.stdout.write(`wrote ${file}; run it with: highwater run ${name}\n`)
      io.stdout.write(`After a change: highwater validate ${name}; on every change: highwater run ${name} --watch\n`)
    })
}
