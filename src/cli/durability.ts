/** `durability`: what is lost for every fault of power and disks, by acks, min ISR and flushes. */
import { Command } from 'commander'
import { countOf } from '../check/counts.ts'
import { lastNamedLeader } from '../check/loss.ts'
import { simulate } from '../driver/simulate.ts'
import type { DurabilityRow } from '../report/durability.ts'
import { durabilityMarkdown } from '../report/durability.ts'
import { compileScenario } from '../scenario/compile.ts'
import { scenario } from '../scenario/scenario.ts'
import type { Plan } from '../world/plan.ts'
import { generation, seedText, version } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted, UsageError } from './io.ts'
import { nextTurn } from './job.ts'
import { outputFile, writeFile } from './output-file.ts'
import { packageVersion } from './package-root.ts'
import { Progress } from './progress.ts'

interface DurabilityFlags {
  readonly kafka: string
  readonly seed: string
  readonly out: string
}

type ScenarioForm = Parameters<typeof scenario>[0]

interface Fault {
  readonly name: string
  /** Before the fault: what is wrong with the disks all along. */
  readonly before: readonly object[]
  readonly strikes: readonly object[]
}

const HOLDERS = 'rack(a)'

const FAULTS: readonly Fault[] = [
  { name: 'kill -9 of the leader', before: [], strikes: [{ crash: 'broker 1' }] },
  { name: 'kill -9 of all three', before: [], strikes: [{ crash: HOLDERS }] },
  { name: 'power loss of the leader', before: [], strikes: [{ 'power-loss': 'broker 1' }] },
  { name: 'power loss of all three', before: [], strikes: [{ 'power-loss': HOLDERS }] },
  {
    name: 'power loss of all three, torn tails',
    before: [],
    strikes: [{ 'power-loss': HOLDERS, keep: 'random', torn: true }],
  },
  {
    name: 'power loss of all three, lying disks',
    before: [{ disk: HOLDERS, lies: true }],
    strikes: [{ 'power-loss': HOLDERS }],
  },
  { name: 'new disk for the leader', before: [], strikes: [{ wipe: 'broker 1' }] },
  { name: 'new disks for all three', before: [], strikes: [{ wipe: HOLDERS }] },
]

const FLUSHES: readonly { readonly name: string; readonly settings: Readonly<Record<string, number>> }[] = [
  { name: 'never', settings: {} },
  { name: 'each second', settings: { 'flush.ms': 1000 } },
  { name: 'each record', settings: { 'flush.messages': 1 } },
]

/** Properties that hold whatever the producer was promised. */
const ALWAYS = ['FlushedNotLost', 'RecoveryInventsNothing', 'OffsetsGrow']

/** One row of the table. */
interface Case {
  readonly fault: Fault
  readonly acks: 1 | 'all'
  readonly minIsr: number
  readonly flush: (typeof FLUSHES)[number]
}

const PROMISES: readonly Pick<Case, 'acks' | 'minIsr'>[] = [
  { acks: 1, minIsr: 1 },
  { acks: 'all', minIsr: 1 },
  { acks: 'all', minIsr: 2 },
]

const CASES: readonly Case[] = FAULTS.flatMap((fault) =>
  PROMISES.flatMap((promise) => FLUSHES.map((flush) => ({ fault, ...promise, flush }))),
)

function formOf(kafka: string, { fault, acks, minIsr, flush }: Case): ScenarioForm {
  return {
    version: 1,
    kafka,
    title: `${fault.name}, acks ${acks}, min ISR ${minIsr}, flushed ${flush.name}`,
    cluster: {
      brokers: [1, 2, 3].map((id): object => ({ id, rack: 'a' })).concat({ id: 4, rack: 'b' }),
      controller: 4,
      settings: {
        'zookeeper.session.timeout.ms': 6000,
        'auto.leader.rebalance.enable': false,
        'log.flush.scheduler.interval.ms': 500,
        'log.flush.interval.ms': Number.MAX_SAFE_INTEGER,
      },
    },
    topics: {
      orders: {
        replicas: [[1, 2, 3]],
        settings: { 'min.insync.replicas': minIsr, 'unclean.leader.election.enable': false, ...flush.settings },
      },
    },
    clients: { shop: { produces: 'orders', rate: '20/s', settings: { acks, retries: 0 } } },
    run: '60s',
    steps: [
      ...(fault.before.length > 0 ? [{ at: '1s', do: fault.before }] : []),
      { at: '36s', do: fault.strikes },
      { after: '8s', do: { start: HOLDERS } },
    ],
  } as unknown as ScenarioForm
}

function planOf(form: ScenarioForm, kafka: string, seed: string): Plan {
  const parsed = scenario(form)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const compiled = compileScenario(parsed.scenario, { kafka, seed })
  if (!compiled.ok) throw new UsageError(compiled.problems.map(({ message }) => message).join('\n'))
  return compiled.plan
}

function rowOf({ fault, acks, minIsr, flush }: Case, plan: Plan): DurabilityRow {
  const { world, violations } = simulate(plan, { digest: false })
  return {
    fault: fault.name,
    acks: String(acks),
    minIsr,
    flush: flush.name,
    acked: countOf(world, 'acked') ?? 0,
    lost: countOf(world, 'lost') ?? 0,
    sound: !violations.some(
      ({ property, isExplained }) => ALWAYS.includes(property) && !isExplained && fault.before.length === 0,
    ),
    available: (lastNamedLeader(world, 'orders-0') ?? -1) >= 0,
  }
}

export function durabilityCommand(io: Io, finished: (code: number) => void): Command {
  return new Command('durability')
    .description('tabulate what faults of power and disks lose, by acks, min ISR and flushes')
    .option('--kafka <version>', 'the version that runs', version, '2.4')
    .option('--seed <seed>', 'of every run', seedText, '1')
    .option('--out <file>', 'where the table goes', outputFile(io), 'reports/durability.md')
    .action(async (flags: DurabilityFlags) => {
      const kafka = generation(flags.kafka).name
      const progress = new Progress(io, 'running', CASES.length)
      const rows: DurabilityRow[] = []
      for (const each of CASES) {
        progress.at(rows.length, `${rows.length} of ${CASES.length}`)
        rows.push(rowOf(each, planOf(formOf(kafka, each), kafka, flags.seed)))
        await nextTurn()
        if (io.interrupted.aborted) break
      }
      progress.stop()
      const lossy = `${rows.filter(({ lost }) => lost > 0).length} of them lost records`
      const sound = rows.every((row) => row.sound) ? EXIT.held : EXIT.failed
      if (rows.length < CASES.length) {
        tellInterrupted(io, `after ${rows.length} of ${CASES.length} runs, ${lossy}; nothing is written`)
        return finished(exitAfter(io, sound))
      }
      const command = `highwater durability --kafka ${kafka} --seed ${flags.seed}`
      writeFile(
        io,
        flags.out,
        durabilityMarkdown({ command, version: packageVersion(), kafka, seed: flags.seed, rows }),
      )
      io.stdout.write(`${rows.length} runs, ${lossy}: ${flags.out}\n`)
      finished(sound)
    })
}
