/** `durability`: what is lost for every fault of power and disks, by acks, min ISR and flushes. */
import { join } from 'node:path'
import { Command } from 'commander'
import { countOf } from '../check/counts.ts'
import { lastNamedLeader } from '../check/loss.ts'
import { simulate } from '../driver/simulate.ts'
import type { Column, Document, Line } from '../report/document.ts'
import { GAP, line, paragraph, span, table } from '../report/document.ts'
import type { DurabilityRow } from '../report/durability.ts'
import { durabilityMarkdown } from '../report/durability.ts'
import { compileScenario } from '../scenario/compile.ts'
import { printScenario } from '../scenario/print.ts'
import { scenario } from '../scenario/scenario.ts'
import type { Plan } from '../world/plan.ts'
import { assignment, generation, seedText, version } from './flags.ts'
import { itemList } from './help.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted, UsageError } from './io.ts'
import { nextTurn } from './job.ts'
import { outputFile, outputFolder, writeFile } from './output-file.ts'
import { packageVersion, schemaFor } from './package-root.ts'
import { AS_WRITTEN, planRuns } from './plans.ts'
import { Progress } from './progress.ts'
import { colours, documentText, screenOf } from './screen.ts'

interface DurabilityFlags {
  readonly kafka: string
  readonly seed: string
  readonly out: string
  readonly found: string
  readonly set?: Readonly<Record<string, string>>
}

type ScenarioForm = Parameters<typeof scenario>[0]

interface Fault {
  readonly name: string
  /** Before the fault: what is wrong with the disks all along, or how far followers are behind. */
  readonly before: readonly object[]
  readonly strikes: readonly object[]
  /** What happens after it; absent: everything that is down starts again after 8 s. */
  readonly afterwards?: readonly object[]
  /** Disks that lie may lose also what was flushed. */
  readonly lies?: true
  /** No way of writing keeps records through it. */
  readonly hopeless?: true
}

const HOLDERS = 'rack(a)'
const BACK = { after: '8s', do: { start: HOLDERS } }

const FAULTS: readonly Fault[] = [
  { name: 'kill -9 of the leader', before: [], strikes: [{ crash: 'broker 1' }] },
  {
    name: 'kill -9 of the leader, the others half a second behind',
    before: [
      { lag: 'broker 2', by: '500ms' },
      { lag: 'broker 3', by: '500ms' },
    ],
    strikes: [{ crash: 'broker 1' }],
  },
  {
    name: 'kill -9 of the followers, then of the leader, which returns last',
    before: [],
    strikes: [{ crash: ['broker 2', 'broker 3'] }],
    afterwards: [
      { after: '10s', do: { crash: 'broker 1' } },
      { after: '1s', do: { start: ['broker 2', 'broker 3'] } },
      { after: '8s', do: { start: 'broker 1' } },
    ],
  },
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
    lies: true,
    hopeless: true,
  },
  { name: 'new disk for the leader', before: [], strikes: [{ wipe: 'broker 1' }] },
  { name: 'new disks for all three', before: [], strikes: [{ wipe: HOLDERS }], hopeless: true },
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
      ...(fault.afterwards ?? [BACK]),
    ],
  } as unknown as ScenarioForm
}

/** How a configuration is written that says nothing but that acks=all: what is absent has the default of the version. */
const PLAIN: Pick<Case, 'acks' | 'flush'> = { acks: 'all', flush: FLUSHES[0]! }

/** The scenario of a fault for a configuration of somebody's own, as text: what they set is put into it by `--set`. */
function ownScenario(io: Io, kafka: string, fault: Fault, file: string): string {
  const {
    title: _,
    topics,
    ...form
  } = formOf(kafka, { ...PLAIN, fault, minIsr: 1 }) as unknown as {
    readonly title: string
    readonly topics: { readonly orders: object }
  }
  const orders = { replicas: [[1, 2, 3]] }
  const parsed = scenario({ ...form, title: fault.name, topics: { orders } } as unknown as ScenarioForm)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return printScenario(parsed.scenario, schemaFor(io.cwd, file))
}

interface OwnRow extends DurabilityRow {
  readonly hopeless: boolean
}

/**
 * Runs every fault on a configuration of somebody's own, and says what it loses. Of the first loss the scenario is
 * written, with the command that shows it again. Exit 1 when something is lost that another configuration keeps.
 */
async function ownConfiguration(
  io: Io,
  flags: DurabilityFlags,
  set: Readonly<Record<string, string>>,
): Promise<number> {
  const screen = screenOf(io, io.stdout)
  const kafka = generation(flags.kafka).name
  const asked = { ...AS_WRITTEN, versions: [flags.kafka], seed: flags.seed, set }
  const progress = new Progress(io, 'running', FAULTS.length)
  const rows: OwnRow[] = []
  let shown: { readonly fault: Fault; readonly file: string; readonly repeat: string } | null = null
  for (const fault of FAULTS) {
    progress.at(rows.length, `${rows.length} of ${FAULTS.length}`)
    const file = join(flags.found, `durability-${fault.name.replace(/[^a-z0-9]+/g, '-')}.yaml`)
    const text = ownScenario(io, kafka, fault, file)
    const { runs, problems } = planRuns([{ name: file, path: null, text }], asked, colours(io, io.stderr))
    const [run] = runs
    if (run === undefined) throw new UsageError(problems.join('\n'))
    const row = rowOf({ ...PLAIN, fault, minIsr: 1 }, run.job.plan)
    rows.push({ ...row, hopeless: fault.hopeless === true })
    if (row.lost > 0 && fault.hopeless !== true) shown ??= { fault, file, repeat: run.job.repeat }
    await nextTurn()
    if (io.interrupted.aborted) break
  }
  progress.stop()
  io.stdout.write(documentText(screen, ownDocument(rows, { kafka, set })))
  if (shown !== null) {
    writeFile(io, shown.file, ownScenario(io, kafka, shown.fault, shown.file))
    const words = [`See it happen (${shown.fault.name}; with --html FILE as a page):`, `  ${shown.repeat}`]
    io.stdout.write(`${words.join('\n')}\n`)
  }
  const failed = rows.some(({ lost, hopeless, sound }) => !sound || (lost > 0 && !hopeless))
  const complete = rows.length === FAULTS.length
  if (!complete) tellInterrupted(io, `after ${rows.length} of ${FAULTS.length} faults`)
  return exitAfter(io, failed ? EXIT.failed : EXIT.held, complete)
}

function ownDocument(
  rows: readonly OwnRow[],
  { kafka, set }: { readonly kafka: string; readonly set: Readonly<Record<string, string>> },
): Document {
  const settings = Object.entries(set).map(([key, value]) => `${key}=${value}`)
  const number = { align: 'right' as const, keep: 7 }
  const columns: Column[] = [
    { title: 'fault', align: 'left', keep: 9, wrapsTo: 24 },
    { title: 'acknowledged', ...number, keep: 4 },
    { title: 'lost', ...number },
    { title: 'verdict', align: 'left', keep: 8 },
  ]
  const cells = rows.map(({ fault, acked, lost, hopeless, available }): Line[] => {
    const verdict: Line =
      lost === 0
        ? line(available ? '✓ kept' : '✓ kept, no leader', available ? 'good' : 'warn')
        : hopeless
          ? line('○ lost, whatever is set', 'warn')
          : line('✗ LOST', 'bad')
    return [line(fault), line(String(acked)), line(String(lost), lost > 0 ? 'bad' : 'dim'), verdict]
  })
  const bad = rows.filter(({ lost, hopeless }) => lost > 0 && !hopeless)
  const judged = rows.filter(({ hopeless }) => !hopeless).length
  const verdict: Line =
    bad.length === 0
      ? [
          span('✓ SAFE', 'good'),
          span(`: nothing that was acknowledged is lost under ${judged} faults that can be survived`),
        ]
      : [
          span('✗ NOT SAFE', 'bad'),
          span(`: ${bad.length} of ${judged} faults that can be survived lose what was acknowledged`),
        ]
  return [
    paragraph([
      span(`Kafka ${kafka}, acks=all and the defaults of that version`, 'strong'),
      span(`, but ${settings.join(', ')}`),
    ]),
    paragraph(
      [
        span(
          'One partition on three brokers, 20 records a second. Each fault strikes at 36 s of a run of its own.',
          'dim',
        ),
      ],
      0,
    ),
    table(columns, cells),
    GAP,
    paragraph(verdict, 0, 2),
  ]
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
      ({ property, isExplained }) => ALWAYS.includes(property) && !isExplained && fault.lies !== true,
    ),
    available: (lastNamedLeader(world, 'orders-0') ?? -1) >= 0,
  }
}

export function durabilityCommand(io: Io, finished: (code: number) => void): Command {
  return new Command('durability')
    .summary('what faults of processes, power and disks lose')
    .description(
      'Tabulates what faults of processes, power and disks lose, by acks, min ISR and flushes. With --set: whether a configuration of your own is safe from them, and a scenario that shows where it is not.',
    )
    .option('--kafka <version>', 'the version that runs', version, '2.4')
    .option('--seed <seed>', 'of every run', seedText, '1')
    .option('--set <key=value>', 'a setting of your own configuration, as run takes it; can be repeated', assignment)
    .option(
      '--found <folder>',
      'where the scenario of a loss is written, with --set',
      outputFolder(io),
      'reports/runs/found',
    )
    .option('--out <file>', 'where the table goes', outputFile(io), 'reports/durability.md')
    .addHelpText('after', () =>
      itemList(io, 'Is my configuration safe?', [
        ['highwater durability --set acks=1', 'acks=1 and defaults'],
        ['highwater durability --set min.insync.replicas=2 --set unclean.leader.election.enable=true', ''],
        ['highwater durability --set min.insync.replicas=2 --set topic:flush.messages=1', ''],
      ]),
    )
    .action(async (flags: DurabilityFlags) => {
      if (flags.set !== undefined) return finished(await ownConfiguration(io, flags, flags.set))
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
