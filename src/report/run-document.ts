/** One run as a document: what it was, what happened, what is left, what clients were told, and the verdicts. */
import type { LostRecord } from '../check/loss.ts'
import type { Violation } from '../check/property.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { withoutFill } from '../kafka/records.ts'
import { formatDuration, formatTime } from '../kernel/time.ts'
import { groupBlocks, transactionBlocks } from './coordinated-document.ts'
import type { Block, Document, Line, Tone } from './document.ts'
import { GAP, heading, line, paragraph, span, table, verbatim } from './document.ts'
import type { Counted, PartitionView, RunOutcome, RunView, VerdictView } from './run-view.ts'
import { storyParts } from './story.ts'
import { cellText, timelineBlocks } from './timeline-document.ts'
import { plural } from './words.ts'

interface RunForm {
  /** Columns of the terminal. */
  readonly width: number
  /** Most lines of the timeline; null: all. */
  readonly timelineRows: number | null
}

/** How an outcome is said, with a mark that says the same as its colour. */
const OUTCOMES: Readonly<Record<RunOutcome, { readonly mark: string; readonly tone: Tone; readonly words: string }>> = {
  held: { mark: '✓', tone: 'good', words: 'HELD' },
  expected: { mark: '✓', tone: 'good', words: 'AS EXPECTED' },
  'known-hole': { mark: '○', tone: 'warn', words: 'KNOWN HOLE' },
  violated: { mark: '✗', tone: 'bad', words: 'VIOLATED' },
  'expectation-missed': { mark: '✗', tone: 'bad', words: 'EXPECTATION MISSED' },
  'step-not-reached': { mark: '✗', tone: 'bad', words: 'STEP NOT REACHED' },
  'limit-reached': { mark: '✗', tone: 'bad', words: 'LIMIT REACHED' },
  stopped: { mark: '–', tone: 'dim', words: 'STOPPED' },
  interrupted: { mark: '–', tone: 'warn', words: 'INTERRUPTED' },
}

/** `✓ HELD`, for tables and the last line of a run. */
export function outcomeLine(outcome: RunOutcome): Line {
  const { mark, tone, words } = OUTCOMES[outcome]
  return line(`${mark} ${words}`, tone)
}

const names = (verdicts: readonly VerdictView[]): string => verdicts.map(({ name }) => name).join(', ')

/** One sentence that says why the outcome is what it is. */
export function outcomeWords(view: RunView): string {
  const having = (...outcomes: VerdictView['outcome'][]): VerdictView[] =>
    view.verdicts.filter((verdict) => verdict.judged && outcomes.includes(verdict.outcome))
  const properties = view.verdicts.filter(({ kind }) => kind === 'property')
  switch (view.outcome) {
    case 'held':
      return `all ${plural(properties.length, 'property', 'properties')} held, ${properties.filter(({ tested }) => tested).length} of them put to the test`
    case 'expected':
      return `what broke is what the scenario says must break: ${names(having('expected-violation'))}`
    case 'known-hole': {
      const holes = having('known-hole', 'allowed')
      return `${names(holes)} broke where this Kafka does not promise ${holes.length === 1 ? 'it' : 'them'}`
    }
    case 'violated': {
      const broken = having('violated').filter(({ fails }) => fails)
      return `${names(broken)} broke`
    }
    case 'expectation-missed':
      return `did not come out as the scenario says: ${names(view.verdicts.filter(({ fails }) => fails))}`
    case 'step-not-reached':
      return `step ${view.notReached?.step ?? '?'} did not come true: ${view.notReached?.words ?? ''}`
    case 'limit-reached':
      return `the run was ended after ${plural(view.events, 'event')}: its limit`
    case 'stopped':
      return `the run was ended at ${formatTime(view.virtualUs)}, as asked`
    case 'interrupted':
      return `the run was interrupted at ${formatTime(view.virtualUs)}; this is what there is`
  }
}

const set = (ids: readonly number[]): string => (ids.length === 0 ? 'none' : ids.join(','))

/** The title, and what the scenario is called by. */
export function titleLine({ title, scenario }: Pick<RunView, 'title' | 'scenario'>): Line {
  const name = scenario ?? ''
  if (title === '' || title === name) return [span(name, 'strong')]
  return [span(title, 'strong'), span(name === '' ? '' : `  (${name})`, 'dim')]
}

const storyBlocks = (story: string): Block[] =>
  storyParts(story).map((part) => paragraph(part, 2, part.startsWith('- ') ? 4 : 2))

export function headerBlocks(view: RunView): Block[] {
  const blocks: Block[] = [paragraph(titleLine(view))]
  blocks.push(...storyBlocks(view.story))
  blocks.push(GAP)
  const fact = (label: string, words: string): Block =>
    paragraph([span(label.padEnd(9), 'dim'), span(` ${words}`)], 2, 12)
  blocks.push(fact('Kafka', view.became === '' ? view.kafka : view.became.replace(/^Kafka /, '')))
  blocks.push(fact('Cluster', view.cluster))
  blocks.push(fact('Seed', view.seed))
  return blocks
}

/** The last stable offset stands beside the high watermark where it holds readers of committed transactions back. */
function highWatermarkCell({ highWatermark, lastStableOffset }: PartitionView): Line {
  if (highWatermark < 0) return line('–')
  const stable = lastStableOffset < highWatermark ? [span(` LSO ${lastStableOffset}`, 'warn')] : []
  return [span(String(highWatermark)), ...stable]
}

/** The largest high watermark and log end of a table stand out where replicas differ. */
function partitionRow(view: PartitionView, brokers: readonly number[]): Line[] {
  const leader: Line = view.leader < 0 ? line('none', 'bad') : line(String(view.leader), 'strong')
  const missing = view.replicas.filter((id) => !view.isr.includes(id))
  return [
    line(view.partition, 'strong'),
    leader,
    line(String(view.leaderEpoch)),
    line(set(view.replicas)),
    line(set(view.isr), missing.length > 0 ? 'warn' : 'plain'),
    highWatermarkCell(view),
    ...brokers.map((broker): Line => {
      const log = view.logs.find((each) => each.broker === broker)
      if (log === undefined) return line('')
      const tone: Tone = log.process === 'down' ? 'bad' : broker === view.leader ? 'good' : log.inIsr ? 'plain' : 'warn'
      return line(cellText(log), tone)
    }),
  ]
}

export function partitionBlocks(view: RunView): Block[] {
  const shown = view.partitions.slice(0, MOST_PARTITIONS)
  const right = { align: 'right' as const, keep: 4 }
  const columns = [
    { title: 'Partition', align: 'left' as const, keep: 9 },
    { title: 'Leader', align: 'right' as const, keep: 8 },
    { title: 'Epoch', ...right },
    { title: 'Replicas', align: 'left' as const, keep: 3 },
    { title: 'Isr', align: 'left' as const, keep: 7 },
    { title: 'HW', align: 'right' as const, keep: 6 },
    ...view.brokers.map((id) => ({ title: `broker ${id}`, align: 'left' as const, keep: 5 })),
  ]
  const blocks: Block[] = [
    heading('Partitions at the end'),
    table(
      columns,
      shown.map((each) => partitionRow(each, view.brokers)),
    ),
  ]
  if (shown.length < view.partitions.length) {
    blocks.push(
      paragraph([
        span(`… and ${plural(view.partitions.length - shown.length, 'more partition', 'more partitions')}`, 'dim'),
      ]),
    )
  }
  const controller =
    view.controller === null ? 'none' : `broker ${view.controller.broker}, epoch ${view.controller.epoch}`
  blocks.push(
    paragraph([span(`Controller: ${controller}. Cells: role and leader epoch, log end / high watermark.`, 'dim')]),
  )
  return blocks
}

const MOST_PARTITIONS = 50

const figure = (count: number, tone: Tone): Line => line(String(count), count === 0 ? 'dim' : tone)

function clientBlocks(view: RunView): Block[] {
  const { counted } = view
  const number = { align: 'right' as const, keep: 5 }
  const blocks: Block[] = [heading('What clients were told')]
  if (view.producers.length > 0) {
    const columns = [
      { title: 'Producer', align: 'left' as const, keep: 9, wrapsTo: 8 },
      { title: 'acks', align: 'left' as const, keep: 3 },
      { title: 'sent', ...number },
      { title: 'acked', ...number, keep: 8 },
      { title: 'failed', ...number },
      { title: 'unknown', ...number },
      { title: 'lost', ...number, keep: 8 },
      { title: 'errors', align: 'left' as const, keep: 1, wrapsTo: 24 },
    ]
    const rows = view.producers.map((each): Line[] => [
      line(each.name, 'strong'),
      line(each.acks),
      figure(each.sent, 'plain'),
      figure(each.acked, 'good'),
      figure(each.failed, 'warn'),
      figure(each.unknown, 'warn'),
      figure(each.lost, 'bad'),
      line(
        Object.keys(each.errors)
          .sort()
          .map((error) => `${error} ${each.errors[error]}×`)
          .join(', '),
        'dim',
      ),
    ])
    blocks.push(table(columns, rows))
  }
  blocks.push(paragraph(clientWords(view, counted)))
  for (const { name, polled, redelivered } of view.consumers) {
    blocks.push(
      paragraph([
        span(`Consumer ${name}`, 'strong'),
        span(` read ${plural(polled, 'record')}, ${redelivered} of them again.`),
      ]),
    )
  }
  return blocks
}

function clientWords(view: RunView, counted: Counted): Line {
  const lost =
    counted.lost === 0
      ? span('No acknowledged record is lost', 'good')
      : span(`${plural(counted.lost, 'acknowledged record is', 'acknowledged records are')} LOST`, 'bad')
  const duplicated =
    counted.duplicated === 0
      ? 'nothing is there twice'
      : `${plural(counted.duplicated, 'record is', 'records are')} there twice`
  const missing =
    counted.everMissing > counted.lost ? `; ${counted.everMissing} were missing under some leader for a while` : ''
  const longest =
    view.unavailable === null
      ? 'no producer ever waited'
      : `the longest time without an acknowledgement was ${formatDuration(counted.longestUnavailableUs)} (${view.unavailable.client}, from ${formatTime(view.unavailable.fromUs)})`
  return [lost, span(`, ${duplicated}${missing}; ${longest}.`)]
}

/** More than these are counted only. */
const MOST_LOST = 20

/** Who took the record away. */
export function lostWords(lost: LostRecord): string {
  if (lost.truncatedBy === null) return 'nobody truncated it'
  const { broker, atUs, rule, to } = lost.truncatedBy
  return `broker ${broker} truncated it at ${formatTime(atUs)}, to ${to}: ${rule}`
}

function lostBlocks(view: RunView): Block[] {
  if (view.lost.length === 0) return []
  const columns = [
    { title: 'Lost', align: 'left' as const, keep: 9 },
    { title: 'partition', align: 'left' as const, keep: 4 },
    { title: 'offset', align: 'right' as const, keep: 7 },
    { title: 'epoch', align: 'right' as const, keep: 2 },
    { title: 'acked at', align: 'left' as const, keep: 6 },
    { title: 'remains on', align: 'left' as const, keep: 3 },
    { title: 'how', align: 'left' as const, keep: 8, wrapsTo: 20 },
  ]
  const rows = view.lost
    .slice(0, MOST_LOST)
    .map((lost): Line[] => [
      line(shortened(lost.value ?? lost.id), 'bad'),
      line(lost.partition),
      line(String(lost.offset)),
      line(lost.epoch < 0 ? '–' : String(lost.epoch)),
      line(lost.ackedAtUs === null ? 'not' : formatTime(lost.ackedAtUs)),
      line(lost.remainsOn.length === 0 ? 'no broker' : lost.remainsOn.map((id) => `broker ${id}`).join(', ')),
      line(lostWords(lost)),
    ])
  const blocks: Block[] = [heading('Lost records'), table(columns, rows)]
  const more = view.lost.length - rows.length
  if (more > 0) blocks.push(paragraph([span(`… and ${plural(more, 'more record', 'more records')}`, 'dim')]))
  return blocks
}

const LONGEST_VALUE = 24
/** A value of a record as tables show it, without what only makes it larger. */
export function shortened(value: string): string {
  const text = withoutFill(value)
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`
}

const VERDICTS: Readonly<
  Record<VerdictView['outcome'], { readonly mark: string; readonly tone: Tone; readonly words: string }>
> = {
  held: { mark: '✓', tone: 'good', words: 'held' },
  'expected-violation': { mark: '✓', tone: 'good', words: 'broken, as expected' },
  allowed: { mark: '○', tone: 'warn', words: 'broken, as it may be' },
  'known-hole': { mark: '○', tone: 'warn', words: 'broken, not promised' },
  'expectation-missed': { mark: '✗', tone: 'bad', words: 'expectation missed' },
  violated: { mark: '✗', tone: 'bad', words: 'BROKEN' },
}

/** Witnesses that are told in words; the JSON form has all. */
const MOST_WITNESSES = 3

/** What was said already, so that it is not said again: holes and witnesses, with the property they were told of. */
interface Told {
  readonly holes: Record<string, string>
  readonly witnesses: Record<string, string>
}

function holeBlock(verdict: VerdictView, told: Told): Block {
  const hole = verdict.knownHole ?? 'no issue names it'
  const because = verdict.because ?? 'explained by'
  const before = told.holes[`${because} ${hole}`]
  if (before !== undefined) return paragraph([span(`for the same reason as ${before}`, 'dim')], 4)
  told.holes[`${because} ${hole}`] = verdict.name
  return paragraph([span(`${because}: `, 'dim'), span(hole, 'warn')], 4)
}

function witnessBlock(verdict: VerdictView, witness: Violation, told: Told): Block {
  const before = told.witnesses[witness.words]
  const words: Line = before === undefined ? [span(witness.words)] : [span(`the same witness as of ${before}`, 'dim')]
  told.witnesses[witness.words] ??= verdict.name
  return paragraph([span(`${formatTime(witness.atUs)} `, 'dim'), ...words], 4, 6)
}

function verdictBlocks(verdict: VerdictView, told: Told): Block[] {
  const { mark, tone, words } = verdict.judged
    ? VERDICTS[verdict.outcome]
    : { mark: '–', tone: 'dim' as const, words: 'not judged' }
  if (verdict.kind === 'count') {
    return [paragraph([span(`${mark} `, tone), span(verdict.name, 'strong'), span(`  ${verdict.words}`)], 2, 4)]
  }
  const name = [span(`${mark} `, tone), span(verdict.name, 'strong'), span('  '), span(words, tone)]
  const blocks: Block[] = [paragraph([...name, span(`  ${verdict.statement}`, 'dim')], 2, 4)]
  if (verdict.outcome === 'known-hole' || verdict.outcome === 'allowed') blocks.push(holeBlock(verdict, told))
  if (verdict.outcome === 'expectation-missed') blocks.push(paragraph(verdict.words, 4))
  const shown = verdict.evidence.slice(0, MOST_WITNESSES)
  blocks.push(...shown.map((witness) => witnessBlock(verdict, witness, told)))
  const more = verdict.evidence.length - shown.length
  if (more > 0) blocks.push(paragraph([span(`… and ${plural(more, 'more witness', 'more witnesses')}`, 'dim')], 4))
  return blocks
}

/** What failed first, then what broke as it should, then what was never promised, then counts. */
function weightOf(verdict: VerdictView): number {
  if (verdict.fails) return 0
  if (verdict.kind === 'count') return 3
  return verdict.outcome === 'expected-violation' ? 1 : 2
}

const heldBlock = (words: string, held: readonly VerdictView[]): Block =>
  paragraph([span('✓ ', 'good'), span(words, 'good'), span(`: ${names(held)}`, 'dim')], 2, 4)

export function propertyBlocks(view: RunView): Block[] {
  const plain = view.verdicts.filter(({ outcome, judged, kind }) => judged && outcome === 'held' && kind === 'property')
  const open = view.verdicts.filter(({ judged }) => !judged)
  const notable = view.verdicts
    .filter((verdict) => verdict.judged && !plain.includes(verdict))
    .sort((a, b) => weightOf(a) - weightOf(b))
  const told: Told = { holes: {}, witnesses: {} }
  const blocks: Block[] = [
    heading('Properties and expectations'),
    ...notable.flatMap((verdict) => verdictBlocks(verdict, told)),
  ]
  const [tested, idle] = [plain.filter((it) => it.tested), plain.filter((it) => !it.tested)]
  if (tested.length > 0) blocks.push(heldBlock(`${tested.length} held`, tested))
  if (idle.length > 0)
    blocks.push(heldBlock(`${idle.length} more held untested, as nothing happened that could break them`, idle))
  if (open.length > 0)
    blocks.push(paragraph([span(`– ${open.length} not judged, as the run was cut short: ${names(open)}`, 'dim')], 2, 4))
  return blocks
}

/** The outcome, the digests and the command that repeats the run. */
function closingBlocks(view: RunView): Block[] {
  const mark = outcomeLine(view.outcome)
  const blocks: Block[] = [GAP, paragraph([...mark, span(`: ${outcomeWords(view)}`)], 0, 2)]
  if (view.notReached !== null) {
    const { step, text, source } = view.notReached
    blocks.push(paragraph(`Step ${step}${source === null ? '' : ` (${source})`}: ${text}`, 2, 4))
  }
  blocks.push(
    paragraph(
      [
        span('digest ', 'dim'),
        span(view.digest),
        span('  history ', 'dim'),
        span(view.history),
        span(`  ${plural(view.events, 'event')} in ${formatDuration(view.virtualUs)} of virtual time`, 'dim'),
      ],
      0,
      2,
    ),
  )
  if (view.repeat !== '') blocks.push(verbatim([[span('repeat ', 'dim'), span(view.repeat)]]))
  return blocks
}

export function runDocument(view: RunView, form: RunForm): Document {
  const partitions: TopicPartition[] = view.partitions.map(({ partition }) => partition)
  return [
    ...headerBlocks(view),
    heading('Timeline'),
    ...timelineBlocks({
      rows: view.timeline,
      brokers: view.brokers,
      partitions,
      width: form.width,
      most: form.timelineRows,
    }),
    ...partitionBlocks(view),
    ...groupBlocks(view),
    ...transactionBlocks(view),
    ...clientBlocks(view),
    ...lostBlocks(view),
    ...propertyBlocks(view),
    ...closingBlocks(view),
  ]
}

/** Wide enough for the outcomes that runs mostly have. */
const OUTCOME_WIDTH = 13

/** The rest of a one-line summary: what broke, or why it failed. */
function briefWords(view: RunView): string {
  if (view.outcome === 'held') return ''
  if (view.outcome === 'expected')
    return `broke: ${names(view.verdicts.filter(({ outcome }) => outcome === 'expected-violation'))}`
  return outcomeWords(view)
}

/** One line: for runs among many, and for `--quiet`. */
export function runSummary(view: RunView): Line {
  const [mark] = outcomeLine(view.outcome)
  const words = briefWords(view)
  return [
    span(`${mark!.text.padEnd(OUTCOME_WIDTH)}  `, mark!.tone),
    span(view.scenario ?? view.title, 'strong'),
    span(`  Kafka ${view.kafka}  seed ${view.seed}`, 'dim'),
    span(words === '' ? '' : `  ${words}`, view.failed ? 'bad' : 'dim'),
  ]
}
