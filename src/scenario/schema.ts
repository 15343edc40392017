/** The form of a scenario as a whole; whether what it names exists is judged when it is compiled. */
import { z } from 'zod'
import { GENERATIONS } from '../kafka/generation/table.ts'
import { action } from './action-forms.ts'
import { client, type loadKeys } from './client-forms.ts'
import { type brokerForm, cluster, type latency, network, topicForm } from './cluster-forms.ts'
import { condition } from './condition-forms.ts'
import {
  amount,
  clientName,
  count,
  duration,
  flag,
  line,
  list,
  map,
  oneOf,
  oneOrMore,
  partition,
  positive,
  target,
  text,
  textLike,
  time,
  topicName,
  value,
} from './forms.ts'
import { MECHANISM_VALUES } from './mechanism-switches.ts'
import { DURATION_PATTERN } from './units.ts'
import { COUNTS, type CountName } from './vocabulary/counts.ts'

const step = map({
  name: line.optional().describe('A name for other steps and for messages.'),
  text: text.optional().describe('What a reader is told when the step fires.'),
  at: duration.optional().describe('Not before this time of the run.'),
  after: z
    .union([textLike('after', DURATION_PATTERN), map({ step: line, by: duration.optional() })], { error: 'after' })
    .optional()
    .describe('This long after the previous step, or after the step of that name.'),
  when: condition
    .optional()
    .describe(
      'As soon as this holds; judged after each event, from the previous step on unless `at` or `after` says otherwise.',
    ),
  within: duration.optional().describe('The longest wait for `when`; the length of the run by default.'),
  do: oneOrMore(action, 'actions').describe('What the step does.'),
})

const versionRange = textLike('version-range', /^\S.*$/)
const expectation = map({
  kafka: versionRange
    .optional()
    .describe('Versions it is for: "<0.11", ">=2.0", "0.10.2", "0.11 - 2.0", kraft, zookeeper. Any by default.'),
  holds: list(line, 'names').optional().describe('Properties that must hold.'),
  violated: list(
    z.union([line, map({ property: line, partition: partition.optional(), value: text.optional() })], {
      error: 'violated',
    }),
    'violated-list',
  )
    .optional()
    .describe('Properties that must be broken, with the partition or the value of the record meant.'),
  may: list(line, 'names').optional().describe('Properties that may break without failing the run.'),
  counts: map(
    Object.fromEntries(
      COUNTS.map((it) => [it.name, (it.name === 'unavailable-time' ? time : amount).optional().describe(it.meaning)]),
    ) as { [Name in Exclude<CountName, 'unavailable-time'>]: z.ZodOptional<typeof amount> } & {
      'unavailable-time': z.ZodOptional<typeof time>
    },
  )
    .optional()
    .describe('Bounds on what is counted.'),
})

const answer = map({
  kafka: versionRange.optional().describe('Versions it is right for; any by default.'),
  answer: line.describe('One of the options.'),
  check: condition.optional().describe('Holds at the next chapter (or at the end) when the answer is right.'),
  why: text.optional().describe('Told once the question is answered.'),
})

/** A sentence of a lesson, told along the run. */
const chapter = map({
  title: line.describe('One line.'),
  say: text.describe('What the reader is told.'),
  until: condition.describe('The run is shown up to the first event, after the chapter before, at which this holds.'),
  focus: list(target).optional().describe('Whom it is about; the rest is dimmed.'),
  mark: list(line).optional().describe('What the reader is asked to look at.'),
  notes: text.optional().describe('For the one who teaches.'),
  ask: map({
    question: line.describe('What will happen next?'),
    options: list(line).min(2, 'options').max(8, 'options'),
    answers: list(answer).min(1, 'answers').describe('The right one, by version: the first that matches counts.'),
  })
    .optional()
    .describe('A question that must be answered, or skipped, before the run goes on.'),
})

/** Of a scenario that tells an incident of Kafka's history: where it is written down and which versions it concerns. */
const museum = map({
  jira: oneOrMore(textLike('jira', /^KAFKA-\d+$/), 'jiras')
    .optional()
    .describe('The issue or issues of Apache Kafka that report it.'),
  kip: textLike('kip', /^KIP-\d+$/)
    .optional()
    .describe('The improvement proposal that tells or repairs it.'),
  affected: versionRange.describe('Versions in which it happens, as a range: "<0.11", "0.11 - 1.1".'),
  fixed: line
    .optional()
    .describe('The first release in which it does not; absent: it was never repaired, or is by design.'),
  evidence: oneOf('recorded', 'source', 'kip').describe(
    "What the scenario was made after: a recording of real brokers, Kafka's source, or the text of a proposal or issue.",
  ),
  recordings: oneOrMore(textLike('recording', /^[a-z0-9-]+\/[0-9][A-Za-z0-9.-]*$/), 'recordings')
    .optional()
    .describe(
      'Recordings of real brokers doing what the scenario shows for their version, such as kip-101-loss/0.10.2.2.',
    ),
})

const scenarioSchema = map({
  version: z.literal(1, { error: 'version' }).describe('The version of the scenario language.'),
  title: line.describe('One line.'),
  story: text.optional().describe('What happens, and what it shows.'),
  museum: museum.optional().describe("The incident of Kafka's history that it tells."),
  kafka: textLike('kafka', /^\S+$/)
    .meta({ examples: GENERATIONS.map((it) => it.name) })
    .describe('The Kafka version: a generation such as 2.4, or an exact release such as 2.4.1.'),
  seed: z
    .union([line, count], { error: 'seed' })
    .transform(String)
    .optional()
    .describe('Decides every draw of the run. 1 by default.'),
  cluster: cluster.describe('Brokers, their settings, and the registry.'),
  topics: z
    .record(topicName, topicForm, { error: 'topics' })
    .optional()
    .describe('Topics that are created at the start, by name.'),
  network: network.optional().describe('Latency and bandwidth of links.'),
  clients: z.record(clientName, client, { error: 'clients' }).optional().describe('Producers and consumers, by name.'),
  mechanisms: z
    .record(z.string(), value, { error: 'mechanisms' })
    .meta({
      description: 'Mechanism switches that differ from those of the Kafka version.',
      properties: Object.fromEntries(
        Object.entries(MECHANISM_VALUES).map(([name, values]) => [name, { enum: values }]),
      ),
    })
    .optional(),
  run: duration.describe('How long clients work and steps happen.'),
  settle: duration
    .optional()
    .describe('The longest time after the run in which the cluster comes to rest. 10s by default.'),
  'heal-at-end': flag
    .optional()
    .describe('Heals every link and starts every broker at the end of the run. false by default.'),
  steps: list(step).max(1000, 'steps').optional().describe('What happens to the cluster.'),
  expect: z
    .union([expectation, list(expectation, 'expectations').min(1, 'expectations')], { error: 'expectations' })
    .optional()
    .describe('What must come out: one block, or a list by version of which the first that matches counts.'),
  chapters: list(chapter)
    .max(100, 'chapters')
    .optional()
    .describe('A lesson: what is told along the run. It changes nothing in it.'),
  pins: z
    .record(z.string(), z.number({ error: 'draw' }).min(0, 'draw').lt(1, 'draw'), { error: 'pins' })
    .optional()
    .describe('Draws that are fixed, by stream#index.'),
  limits: map({ events: positive.optional(), records: positive.optional() })
    .optional()
    .describe('What ends a run that does not end.'),
})

export type ScenarioForm = z.input<typeof scenarioSchema>
export type ScenarioDocument = z.output<typeof scenarioSchema>
export type ActionForm = z.output<typeof action>
export type StepForm = z.output<typeof step>
export type ChapterForm = z.output<typeof chapter>
export type ClientForm = z.output<typeof client>
export type ClusterForm = z.output<typeof cluster>
export type BrokerForm = z.output<typeof brokerForm>
export type TopicForm = z.output<typeof topicForm>
export type LatencyForm = z.output<typeof latency>
export type NetworkForm = z.output<typeof network>
export type ExpectationForm = z.output<typeof expectation>
export type LoadForm = { [Key in keyof typeof loadKeys]?: z.output<(typeof loadKeys)[Key]> }

/** What zod says about one mistake, as far as it is used. */
export interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
  readonly values?: readonly unknown[]
  readonly errors?: readonly (readonly Issue[])[]
  readonly issues?: readonly Issue[]
}

/** The document when the form is right, else what is wrong with it. */
export function checkForm(
  value: unknown,
): { ok: true; document: ScenarioDocument } | { ok: false; issues: readonly Issue[] } {
  const result = scenarioSchema.safeParse(value)
  if (result.success) return { ok: true, document: result.data }
  return { ok: false, issues: result.error.issues as unknown as readonly Issue[] }
}

/** The JSON Schema of scenarios (draft 7, which editors know), with a description of every key. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' })
  const { $schema, ...rest } = schema
  return { $schema, title: 'Highwater scenario', ...rest }
}
