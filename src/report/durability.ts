/** What faults of disks and power cost, for every way of writing: a table. */

export interface DurabilityRow {
  readonly fault: string
  readonly acks: string
  readonly minIsr: number
  readonly flush: string
  /** Records that a client was told to be written, and those of them that are gone for good. */
  readonly acked: number
  readonly lost: number
  /** Every property that holds whatever is lost did hold. */
  readonly sound: boolean
  /** The partition has a leader at the end. */
  readonly available: boolean
}

interface DurabilityReport {
  readonly command: string
  readonly version: string
  readonly kafka: string
  readonly seed: string
  readonly rows: readonly DurabilityRow[]
}

const share = (lost: number, acked: number): string => (acked === 0 ? '-' : `${((100 * lost) / acked).toFixed(1)} %`)

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

/** One table a version, faults in order, then acks, min ISR and flushes. */
export function durabilityMarkdown({ command, version, kafka, seed, rows }: DurabilityReport): string {
  const clean = rows.filter(({ lost }) => lost === 0).length
  const broken = rows.filter(({ sound }) => !sound).length
  return `# What is lost when power and disks fail

\`${command}\`, Highwater ${version}, Kafka ${kafka}, seed ${seed}.

Three brokers hold one partition, a fourth is the controller. A producer writes 20 records a second. After 36 s the fault
strikes; 8 s later everything that is down starts again, where the fault says nothing else, and the run settles. Counted: records that the producer was told
to be written and that the last leader does not have. ${rows.length} runs, ${clean} without a loss, ${broken} in which a flushed record was
lost, a record appeared from nowhere, or offsets went back.

${line(['fault', 'acks', 'min ISR', 'flush', 'acknowledged', 'lost', 'share', 'leader at the end'])}
${line(['---', '---', '---:', '---', '---:', '---:', '---:', '---'])}
${rows.map((row) => line([row.fault, row.acks, row.minIsr, row.flush, row.acked, row.lost, share(row.lost, row.acked), row.available ? 'yes' : 'no'])).join('\n')}
`
}
