/** Watches a run and says after each event what changed of what the page shows. Give `onEvent` to the driver. */
import type { TopicPartition } from '../../kafka/ids.ts'
import { nodeNumber } from '../../kafka/ids.ts'
import type { RecordBatch } from '../../kafka/records.ts'
import { canonical } from '../../kernel/fingerprint.ts'
import type { Json } from '../../kernel/json.ts'
import { lastStableOffset } from '../../log/log-producers.ts'
import { holds } from '../../world/conditions.ts'
import type { StepReport } from '../../world/context.ts'
import { HELD_US } from '../../world/host.ts'
import { controllerTruth, isRegistered, knownPartitions, partitionTruth } from '../../world/targets.ts'
import type { EventBody, PendingEvent, World } from '../../world/world.ts'
import { brokerState, eventKey, isKraft, registryState } from '../../world/world.ts'
import { Timeline } from '../timeline.ts'
import { cellsOf, sameBatch } from './cells.ts'
import { lookAtCoordinated, lookAtProducer } from './coordinated-look.ts'
import { messageWords } from './message-words.ts'
import type { ReplicaField, Told, ViewPatch } from './view-state.ts'
import {
  beliefPath,
  CONTROLLER,
  commitPath,
  groupPath,
  HELD,
  LINKS,
  logPath,
  positionPath,
  processPath,
  producerPath,
  replicaPath,
  sessionPath,
  TOLD,
  transactionPath,
  truthPath,
  ViewState,
} from './view-state.ts'

/** A message that will never arrive: alignment key, event id of its sending, what it carried. */
export type LostMessage = readonly [key: string, sentBy: number, words: string]

/** What a trace line holds beside the event itself, for the page. */
export interface ViewLine {
  /** Words: what a message carries, or what a step does. */
  readonly w?: string
  /** The step of the plan that fired. */
  readonly s?: number
  /** Reversible changes of the view state. */
  readonly d?: readonly ViewPatch[]
  /** Messages lost by this event. */
  readonly x?: readonly LostMessage[]
  /** Chapters whose moment this is. */
  readonly ch?: readonly number[]
  /** Digest of the view state after it, now and then. */
  readonly h?: string
}

/** A digest of the state comes with every event whose index is a multiple of this, and with every step. */
const DIGEST_EVERY = 256

/** Processes of brokers, clients and the rest that an event may have changed; null: any. */
function touched(body: EventBody, report: StepReport): Set<string> | null {
  if (report.exits.length > 0) return null
  let node: string
  switch (body.kind) {
    case 'deliver':
    case 'local':
    case 'disconnect':
    case 'operation':
      node = body.to
      break
    case 'timer':
      node = body.node
      break
    case 'offer':
      return new Set()
    default:
      return null
  }
  return new Set([node, ...report.facts.map((entry) => entry.node)])
}

const linkWords = ({ kind, from, to, extraUs, messages }: World['faults'][number]): string =>
  `${kind} ${from}>${to}${extraUs > 0 ? ` +${extraUs / 1000} ms` : ''}${messages === null ? '' : ` (${messages.join(', ')})`}`

const PRODUCER = 'producer-'

/** Whether the event may have changed what a coordinator, or the registry in its place (0.8), knows. */
const mayCoordinate = (world: World, only: ReadonlySet<string> | null): boolean =>
  only === null ||
  (only.has('registry') && !isKraft(world) && registryState(world).nodes['/consumers'] !== undefined) ||
  [...only].some((node) => {
    const coordination = node.startsWith('broker-')
      ? brokerState(world, nodeNumber(node))?.volatile?.coordination
      : undefined
    return Object.keys(coordination?.partitions ?? {}).length > 0
  })

const ascending = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b)

export class ViewRecorder {
  readonly #state = new ViewState()
  readonly #steps = new Timeline({ minor: false })
  readonly #texts = new Map<string, string>()
  readonly #batches = new Map<string, RecordBatch[]>()
  /** Paths of groups, commits and transactions that have a value. */
  #coordinated = new Set<string>()
  readonly #outstanding = new Map<string, { id: number; sentBy: number; words: string }>()
  #nextEventId = 1
  #rows = 0
  #patches: ViewPatch[] = []

  /** Event index by chapter, as far as their moments came. */
  readonly chapters: number[] = []
  /** Whether what the answer of each chapter claims came true; null: nothing is claimed. */
  readonly checks: (boolean | null)[] = []

  /** Messages that were under way when the run ended. */
  get underWay(): LostMessage[] {
    return [...this.#outstanding].map(([key, { sentBy, words }]): LostMessage => [key, sentBy, words])
  }

  onEvent(world: World, report: StepReport): ViewLine {
    const { body } = report.event
    const lost = this.#messages(world, report)
    this.#patches = []
    this.#look(world, report)
    const patches = this.#patches
    this.#state.redo(patches)
    const step = this.#step(world, report)
    const index = world.index - 1
    const chapters = this.#chapters(world, index)
    const words = body.kind === 'deliver' ? messageWords(body.message) : (step?.words ?? '')
    return {
      ...(words === '' ? {} : { w: words }),
      ...(step === null ? {} : { s: step.step }),
      ...(patches.length === 0 ? {} : { d: patches }),
      ...(lost.length === 0 ? {} : { x: lost }),
      ...(chapters.length === 0 ? {} : { ch: chapters }),
      ...(step !== null || index % DIGEST_EVERY === 0 ? { h: this.#state.digest() } : {}),
    }
  }

  #step(world: World, report: StepReport): { step: number; words: string } | null {
    const { body } = report.event
    if (body.kind !== 'step' && body.kind !== 'arm') return null
    this.#steps.onEvent(world, { ...report, facts: [] })
    const row = this.#steps.rows[this.#rows]
    if (row === undefined) return null
    this.#rows += 1
    return { step: body.step, words: row.words }
  }

  #chapters(world: World, index: number): number[] {
    const chapters = world.plan.chapters ?? []
    const found: number[] = []
    // In their order: a chapter can only be reached when those before it were.
    while (this.chapters.length < chapters.length) {
      const next = this.chapters.length
      if (!holds(world, chapters[next]!.until, 0)) break
      this.#check(world, next - 1)
      this.chapters.push(index)
      found.push(next)
    }
    return found
  }

  #check(world: World, chapter: number): void {
    if (chapter < 0) return
    const check = world.plan.chapters?.[chapter]?.ask?.check ?? null
    this.checks.push(check === null ? null : holds(world, check, 0))
  }

  /** The run is over: what the last chapter claims is judged now. */
  end(world: World): void {
    while (this.checks.length < this.chapters.length) this.#check(world, this.checks.length)
  }

  // --- Messages

  #messages(world: World, report: StepReport): LostMessage[] {
    const { event } = report
    const before = this.#nextEventId
    this.#nextEventId = world.nextEventId
    if (event.body.kind === 'deliver') this.#outstanding.delete(eventKey(event))
    const lost: LostMessage[] = []
    const pending = pendingById(world)
    for (let id = before; id < world.nextEventId; id++) {
      const fresh = pending.get(id)
      if (fresh?.body.kind === 'deliver') {
        const words = messageWords(fresh.body.message)
        this.#outstanding.set(eventKey(fresh), { id, sentBy: fresh.cause[0] ?? event.id, words })
      } else if (fresh?.body.kind === 'disconnect' && fresh.body.reason === 'reset') {
        const dropped = droppedBy(world, fresh.body)
        if (dropped !== null) lost.push([`${dropped}#drop${id}`, event.id, 'dropped on the link'])
      }
    }
    for (const [key, { id, sentBy, words }] of this.#outstanding) {
      if (pending.has(id)) continue
      this.#outstanding.delete(key)
      lost.push([key, sentBy, words])
    }
    return lost
  }

  // --- State

  #look(world: World, report: StepReport): void {
    const only = touched(report.event.body, report)
    if (only === null || only.size > 0) {
      const partitions = knownPartitions(world)
      if (only === null || only.has('registry') || isKraft(world)) this.#truths(world, partitions)
      for (const { id } of world.plan.brokers) {
        if (only === null || only.has(`broker-${id}`)) this.#broker(world, id, partitions)
      }
    }
    if (only === null) {
      for (const { id } of Object.values(world.processes)) this.#process(world, id)
      this.#put(LINKS, world.faults.length === 0 ? null : world.faults.map(linkWords))
    }
    if (world.faults.length > 0 || this.#texts.has(HELD)) this.#held(world)
    this.#clients(world, report)
    if (mayCoordinate(world, only)) this.#coordinators(world)
    for (const node of only ?? Object.keys(world.nodes)) {
      if (!node.startsWith(PRODUCER)) continue
      this.#put(producerPath(node.slice(PRODUCER.length)), lookAtProducer(world, node) as Json)
    }
  }

  #coordinators(world: World): void {
    const { groups, committed, transactions } = lookAtCoordinated(world)
    const gone = this.#coordinated
    this.#coordinated = new Set()
    const put = (path: string, value: object | number): void => {
      gone.delete(path)
      this.#coordinated.add(path)
      this.#put(path, value as Json)
    }
    for (const [id, group] of Object.entries(groups)) put(groupPath(id), group)
    for (const [id, offsets] of Object.entries(committed)) {
      for (const [partition, offset] of Object.entries(offsets)) put(commitPath(partition, id), offset)
    }
    for (const [id, transaction] of Object.entries(transactions)) put(transactionPath(id), transaction)
    for (const path of gone) this.#put(path, null)
  }

  #process(world: World, id: string): void {
    const state = world.processes[id]?.state ?? 'down'
    const hung = id.startsWith('broker-') && brokerState(world, nodeNumber(id))?.volatile?.phase === 'hung'
    this.#put(processPath(id), hung && state === 'up' ? 'hung' : state)
  }

  #held(world: World): void {
    const pending = pendingById(world)
    const held = [...this.#outstanding.entries()]
      .filter(([, { id }]) => (pending.get(id)?.atUs ?? 0) >= HELD_US)
      .map(([key]) => key)
    this.#put(HELD, held.length === 0 ? null : held)
  }

  #truths(world: World, partitions: readonly TopicPartition[]): void {
    const controller = controllerTruth(world)
    this.#put(CONTROLLER, controller === null ? null : { broker: controller.broker, epoch: controller.epoch })
    const owners = isKraft(world)
      ? null
      : new Set(Object.values(registryState(world).sessions).map((session) => session.owner))
    for (const { id } of world.plan.brokers) {
      const alive = owners === null ? isRegistered(world, id) : owners.has(`broker-${id}`)
      this.#put(sessionPath(id), alive ? 'alive' : null)
    }
    for (const partition of partitions) {
      const truth = partitionTruth(world, partition)
      if (truth === null) continue
      this.#put(truthPath(partition, 'leader'), truth.leader)
      this.#put(truthPath(partition, 'leaderEpoch'), truth.leaderEpoch)
      this.#put(truthPath(partition, 'isr'), ascending(truth.isr))
      this.#put(truthPath(partition, 'replicas'), truth.replicas)
      this.#put(truthPath(partition, 'version'), truth.version)
    }
  }

  #broker(world: World, id: number, partitions: readonly TopicPartition[]): void {
    const state = brokerState(world, id)
    if (state === null) return
    this.#process(world, `broker-${id}`)
    const names = new Set([...partitions, ...Object.keys(state.durable.logs)])
    for (const partition of names) {
      const log = state.durable.logs[partition]
      const view = state.volatile?.partitions[partition]
      const put = (field: ReplicaField, value: Json): void => this.#put(replicaPath(partition, id, field), value)
      put('role', view === undefined || view.role === 'none' ? null : view.role)
      put('leader', view?.leader ?? null)
      put('leaderEpoch', view?.leaderEpoch ?? null)
      put('isr', view === undefined ? null : ascending(view.isr))
      put('pendingIsr', view?.pendingIsr ? ascending(view.pendingIsr.isr) : null)
      put('highWatermark', view?.highWatermark ?? null)
      const stable = view?.role === 'leader' && log !== undefined ? lastStableOffset(log, view.highWatermark) : null
      put('lastStableOffset', stable === null || stable === view?.highWatermark ? null : stable)
      put('logStartOffset', log?.logStartOffset ?? null)
      put('logEndOffset', log?.logEndOffset ?? null)
      put('flushedOffset', log?.flushedOffset ?? null)
      put('epochCache', log === undefined || log.epochCache.length === 0 ? null : epochPairs(log.epochCache))
      put('checkpoint', state.durable.highWatermarkCheckpoint?.[partition] ?? null)
      for (const other of world.plan.brokers) {
        const remote = view?.role === 'leader' ? view.remoteReplicas[other.id] : undefined
        const known = remote !== undefined && other.id !== id && remote.logEndOffset >= 0
        this.#put(beliefPath(partition, id, other.id), known ? remote.logEndOffset : null)
      }
      this.#log(partition, id, log?.batches ?? [])
    }
  }

  #log(partition: TopicPartition, broker: number, batches: readonly RecordBatch[]): void {
    const path = logPath(partition, broker)
    const cells = (batch: RecordBatch): Json[] => cellsOf(partition, batch) as unknown as Json[]
    const known = this.#batches.get(path) ?? []
    let same = Math.min(known.length, batches.length)
    if (same === 0 || !sameBatch(known[0]!, batches[0]!)) same = 0
    else while (same > 0 && !sameBatch(known[same - 1]!, batches[same - 1]!)) same -= 1
    if (same === known.length && same === batches.length) return
    const removed = known.slice(same).flatMap(cells)
    const added = batches.slice(same).flatMap(cells)
    if (removed.length > 0) this.#patches.push(['-', path, removed])
    if (added.length > 0) this.#patches.push(['+', path, added])
    known.length = same
    for (let i = same; i < batches.length; i++) known.push(batches[i]!)
    this.#batches.set(path, known)
  }

  #clients(world: World, report: StepReport): void {
    const told: Told[] = []
    const tell = (id: string): void => {
      const sent = world.ledger.sent[id]
      if (sent?.outcome == null) return
      told.push([id, sent.partition ?? '', sent.offset, sent.outcome, sent.error ?? 'NONE', sent.acks])
    }
    for (const { fact } of report.facts) {
      if (fact.kind === 'clientTold') tell(fact.operationId)
      if (fact.kind === 'recordsPolled' && fact.records.length > 0) {
        this.#put(positionPath(fact.client, fact.partition), fact.records.at(-1)!.offset + 1)
      }
      if (fact.kind === 'positionReset') this.#put(positionPath(fact.client, fact.partition), fact.to)
    }
    for (const { operationId } of report.completed) {
      for (let i = 0; world.ledger.sent[`${operationId}/${i}`] !== undefined; i++) tell(`${operationId}/${i}`)
    }
    if (told.length > 0) this.#patches.push(['+', TOLD, told])
  }

  #put(path: string, value: Json): void {
    const text = value === null ? undefined : canonical(value)
    const before = this.#texts.get(path)
    if (text === before) return
    // The same path twice in one event: only where it comes from and where it ends counts.
    const twice = this.#patches.findIndex((patch) => patch[0] === path)
    const old = before === undefined ? null : (JSON.parse(before) as Json)
    if (twice < 0) this.#patches.push([path, old, value])
    else this.#patches[twice] = [path, this.#patches[twice]![1] as Json, value]
    if (text === undefined) this.#texts.delete(path)
    else this.#texts.set(path, text)
  }
}

const epochPairs = (cache: readonly { readonly epoch: number; readonly startOffset: number }[]): Json =>
  cache.map(({ epoch, startOffset }) => [epoch, startOffset])

/** `from>to/Message` when a drop on the link towards this end broke its connection; null otherwise. */
function droppedBy(world: World, body: Extract<EventBody, { kind: 'disconnect' }>): string | null {
  const from = world.nodes[body.peer]?.process ?? body.peer
  const to = world.nodes[body.to]?.process ?? body.to
  const matches = (pattern: string, process: string): boolean => pattern === '*' || pattern === process
  const fault = world.faults.find((each) => each.kind === 'drop' && matches(each.from, from) && matches(each.to, to))
  return fault === undefined ? null : `${body.peer}>${body.to}/${fault.messages?.[0] ?? 'message'}`
}

const pendingById = ({ pending }: World): Map<number, PendingEvent> =>
  new Map(pending.flatMap((event): [number, PendingEvent][] => (event === null ? [] : [[event.id, event]])))
