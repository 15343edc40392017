/** The logs of one partition on every broker: real tables, a row a broker, a column an offset. */
import { computed } from '@preact/signals'
import { formatTime } from '../kernel/time.ts'
import { eventWords, shortNode } from '../report/page/event-words.ts'
import type { Caret, ReplicaRow, ReplicaScene, SceneCell, ToldCell } from '../report/page/replica-scene.ts'
import { replicaScene } from '../report/page/replica-scene.ts'
import type { CellMark } from '../report/page/transaction-marks.ts'
import { isNarrow, pageWidth } from './size.ts'
import type { Side } from './store.ts'
import {
  chapterOf,
  columnFrom,
  comparison,
  eventOf,
  ghostsShown,
  goEvent,
  isBoth,
  lockstep,
  main,
  partition,
  rows,
  selectedPath,
  sideIndex,
  sides,
} from './store.ts'

/** Width of a row's head and of a cell, as in the style sheet. */
const HEAD_PX = 250
const NARROW_HEAD_PX = 150
const CELL_PX = 66
/** The column that stands for folded offsets, and the margins of the page and of the panel. */
const FOLD_PX = 76
const MARGINS_PX = 60

/** So many that the newest offset and the log end behind it are in sight. */
const columns = computed(() => {
  const wide = isBoth.value && !isNarrow.value ? pageWidth.value / 2 : pageWidth.value
  const head = isNarrow.value ? NARROW_HEAD_PX : HEAD_PX
  return Math.max(4, Math.min(24, Math.floor((wide - head - FOLD_PX - MARGINS_PX) / CELL_PX)))
})

/** Brokers whose log is another one on the other side now, in lockstep. */
function differing(side: Side, scene: ReplicaScene): ReadonlySet<number> {
  const other = sides.value.find(({ name }) => name !== side.name)
  if (!isBoth.value || !lockstep.value || other === undefined) return new Set()
  const view = { from: columnFrom.value, columns: columns.value }
  const there = replicaScene(other.run, eventOf(other), partition.value, view)
  const textOf = (row: ReplicaRow | undefined): string =>
    row === undefined ? '' : `${row.logEndOffset} ${row.cells.map((cell) => cell?.id ?? '').join(' ')}`
  return new Set(
    scene.rows
      .filter((row) => textOf(row) !== textOf(there.rows.find(({ broker }) => broker === row.broker)))
      .map(({ broker }) => broker),
  )
}

interface ReplicasGiven {
  readonly side: Side
  /** On paper: the event. Absent: the one that is looked at. */
  readonly printed?: number
}

/** Columns that a sheet of paper has room for. */
const PRINTED_COLUMNS = 8

export function Replicas({ side, printed }: ReplicasGiven) {
  const at = printed ?? eventOf(side)
  const view = { from: columnFrom.value, columns: columns.value }
  const scene = replicaScene(
    side.run,
    at,
    partition.value,
    printed === undefined ? view : { from: null, columns: PRINTED_COLUMNS },
  )
  const event = side.run.events[at]
  const focus = focusOf(side, at)
  return (
    <article
      class={`replicas ${printed === undefined && isBoth.value && main.value === side ? 'active' : ''}`}
      aria-label={`${side.label}, ${scene.partition}`}
    >
      <div class="bar">
        {isBoth.value ? <b class="letter">{side.name}</b> : null}
        <b>{side.label}</b>
        <span class="dim">
          event {at} of {side.run.length - 1}, {formatTime(event?.t ?? 0)}
        </span>
        <PartitionChoice side={side} />
        <span class="truth">
          {scene.exists
            ? `${scene.leader < 0 ? 'no leader' : `leader b${scene.leader}`} · epoch ${scene.leaderEpoch} · ISR ${scene.isr.map((id) => `b${id}`).join(' ')}`
            : 'does not exist yet'}
        </span>
        <Controller side={side} at={at} />
      </div>
      {printed === undefined ? <Here side={side} at={at} /> : null}
      <Links side={side} at={at} />
      {scene.exists ? (
        <Logs
          scene={scene}
          side={side}
          focus={focus}
          differing={printed === undefined ? differing(side, scene) : new Set()}
        />
      ) : (
        <p class="dim empty">The topic is created at the start of the run.</p>
      )}
    </article>
  )
}

/** Brokers that the chapter is about; empty: all. */
function focusOf(side: Side, at: number): readonly string[] {
  const chapter = side.run.header.plan.chapters?.[chapterOf(side.run, at)]
  return (chapter?.focus ?? []).filter((name) => name.startsWith('broker '))
}

function PartitionChoice({ side }: { readonly side: Side }) {
  if (side.run.partitions.length < 2) return <b>{partition.value}</b>
  return (
    <select
      aria-label="Partition"
      value={partition.value}
      onChange={(change) => {
        partition.value = change.currentTarget.value
        columnFrom.value = null
      }}
    >
      {side.run.partitions.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  )
}

function Controller({ side, at }: { readonly side: Side; readonly at: number }) {
  const controller = side.run.stateAt(at).get('controller') as { broker: number; epoch: number } | undefined
  const who = side.run.header.plan.controllers === undefined ? 'b' : 'q'
  return (
    <span class="dim">
      {controller === undefined ? 'no controller' : `controller ${who}${controller.broker}, epoch ${controller.epoch}`}
    </span>
  )
}

/** In a comparison: what this side does here, or that only the other one does something. */
function Here({ side, at }: { readonly side: Side; readonly at: number }) {
  if (!isBoth.value || comparison.value === null) return null
  const index = sideIndex(side)
  const pair = comparison.value.pairs[rows.value[index]]
  const done = index === 0 ? pair?.left : pair?.right
  if (pair !== undefined && done === null) return <p class="here gap-row">– nothing like it here: as it was –</p>
  const event = side.run.events[at]
  const words =
    done?.event === at
      ? `${done.node === '' ? '' : `${shortNode(done.node)} `}${done.words}`
      : event === undefined
        ? ''
        : eventWords(event)
  return (
    <p class="here" title={words}>
      {words}
    </p>
  )
}

/** `drop broker-1>broker-2 (FetchResponse)` by the short names of the page. */
const linkWords = (link: string): string =>
  link.replace(/\S+>\S+/, (pair) =>
    pair
      .split('>')
      .map((node) => shortNode(node))
      .join(' → '),
  )

/** Cuts and delays of links that are in force. */
function Links({ side, at }: { readonly side: Side; readonly at: number }) {
  const links = (side.run.stateAt(at).get('links') as string[] | undefined) ?? []
  const held = (side.run.stateAt(at).get('held') as string[] | undefined) ?? []
  if (links.length === 0) return null
  return (
    <p class="links">
      <b>{'// '}</b>
      {links.map(linkWords).join(' · ')}
      {held.length > 0 ? ` · ${held.length} ${held.length === 1 ? 'message waits' : 'messages wait'}` : ''}
    </p>
  )
}

function Logs({
  scene,
  side,
  focus,
  differing: others,
}: {
  readonly scene: ReplicaScene
  readonly side: Side
  readonly focus: readonly string[]
  readonly differing: ReadonlySet<number>
}) {
  const first = scene.offsets[0] ?? 0
  return (
    <div class="scroll">
      <table class="logs">
        <caption class="hidden">{scene.partition}: a row for each replica, a column for each offset</caption>
        <thead>
          <tr>
            <th scope="col" class="corner">
              <span class="paging">
                <button
                  type="button"
                  aria-label="Earlier offsets"
                  disabled={scene.folded === null}
                  onClick={() => {
                    columnFrom.value = Math.max(0, first - 5)
                  }}
                >
                  ‹
                </button>
                <button
                  type="button"
                  aria-label="Newest offsets"
                  onClick={() => {
                    columnFrom.value = null
                  }}
                >
                  ›
                </button>
                offset
              </span>
            </th>
            {scene.folded === null ? null : (
              <th scope="col" class="fold">
                {scene.folded.from}..{scene.folded.to}
                <small>{scene.folded.same ? 'same everywhere' : 'they differ'}</small>
              </th>
            )}
            {scene.offsets.map((offset) => (
              <th scope="col" key={offset}>
                {offset}
              </th>
            ))}
          </tr>
        </thead>
        <ToldRow scene={scene} />
        {scene.rows.map((row) => (
          <Replica
            key={row.broker}
            row={row}
            scene={scene}
            side={side}
            dimmed={focus.length > 0 && !focus.includes(`broker ${row.broker}`)}
            differs={others.has(row.broker)}
          />
        ))}
      </table>
    </div>
  )
}

const ackWords = ({ acks }: ToldCell): string => (acks === -1 ? 'all' : String(acks))

const toldWords = (cell: ToldCell): string => {
  const kept =
    cell.remainsOn.length > 0
      ? `; a copy is on ${cell.remainsOn.map((id) => `b${id}`).join(', ')}`
      : '; no copy is left'
  if (cell.state === 'there') return `${cell.value} acknowledged at acks=${ackWords(cell)}`
  return `${cell.value} acknowledged at acks=${ackWords(cell)}, and ${cell.state === 'lost' ? 'LOST' : 'missing now'}${kept}`
}

function ToldRow({ scene }: { readonly scene: ReplicaScene }) {
  return (
    <tbody class="told">
      <tr>
        <th scope="row">
          clients were told <small>acknowledged</small>
        </th>
        {scene.folded === null ? null : <td class="fold" />}
        {scene.offsets.map((offset) => {
          const here = scene.told.filter((cell) => cell.offset === offset)
          return (
            <td key={offset}>
              {here.map((cell) => (
                <span key={cell.id} class={`ack ${cell.state}`} title={`${cell.id}: ${toldWords(cell)}`}>
                  {cell.state === 'there' ? '✓' : cell.state === 'lost' ? '✗' : '?'}{' '}
                  <span class={sizeOf(cell.value)}>{fitted(cell.value)}</span>
                  {cell.state === 'there' ? null : (
                    <small>
                      {cell.state === 'lost' ? 'X LOST' : 'missing'}
                      {cell.remainsOn.length > 0 ? `, on ${cell.remainsOn.map((id) => `b${id}`).join(' ')}` : ''}
                    </small>
                  )}
                </span>
              ))}
            </td>
          )
        })}
      </tr>
    </tbody>
  )
}

const transactionWords = ({ kind, fate, producer }: CellMark): string =>
  kind === 'marker'
    ? `the marker by which a transaction of producer ${producer} is ${fate}`
    : `of a transaction of producer ${producer}: ${fate}`

const FATE_GLYPHS: Readonly<Record<CellMark['fate'], string>> = { open: '◌', committed: '●', aborted: '⊘' }

const cellWords = (cell: SceneCell): string =>
  [
    cell.value,
    cell.epoch >= 0 ? `epoch ${cell.epoch}` : 'no epoch',
    cell.committed ? 'committed' : 'not committed',
    cell.acked ? 'acknowledged' : '',
    cell.diverged ? 'another replica has another record here' : '',
    cell.onlyCopy ? 'the leader does not have it' : '',
    cell.transaction === null ? '' : transactionWords(cell.transaction),
    cell.id,
  ]
    .filter((part) => part !== '')
    .join(', ')

/** Values that have no room in a cell at full size are smaller; numbered ones that are longer are told apart by their end. */
const ROOMY = 5
const LONGEST = 8
const fitted = (value: string): string =>
  value.length > LONGEST && /^\S+\d$/.test(value) ? `…${value.slice(1 - LONGEST)}` : value
const sizeOf = (value: string): string => (value.length > ROOMY ? 'value long' : 'value')

const PROCESS_WORDS: Readonly<Record<string, string>> = { up: 'UP', down: 'DOWN', paused: 'PAUSED', hung: 'HUNG' }

function Replica({
  row,
  scene,
  side,
  dimmed,
  differs,
}: {
  readonly row: ReplicaRow
  readonly scene: ReplicaScene
  readonly side: Side
  readonly dimmed: boolean
  readonly differs: boolean
}) {
  const ghosts = ghostsShown.value ? row.ghosts : []
  const fold = scene.folded === null ? 0 : 1
  const lines = caretLines(row.carets, scene, fold)
  return (
    <tbody
      class={`replica ${row.process} ${row.named ? 'named' : ''} ${dimmed ? 'dimmed' : ''}`}
      data-broker={row.broker}
    >
      <tr>
        <th
          scope="rowgroup"
          rowSpan={1 + (ghosts.length > 0 ? 1 : 0) + lines.length}
          class={row.inIsr ? 'in-isr' : 'out'}
        >
          <span class="who">
            b{row.broker} {row.named ? <span class="star">★ leader</span> : null}
            {differs ? (
              <span class="unlike" title={`this log is another one on side ${side.name === 'A' ? 'B' : 'A'}`}>
                ≠ {side.name === 'A' ? 'B' : 'A'}
              </span>
            ) : null}
          </span>
          <span class="state">
            <b class={row.process}>{PROCESS_WORDS[row.process] ?? row.process}</b>
            {row.inIsr ? ' in ISR' : ' not in ISR'}
            {row.session ? '' : ' · no session'}
          </span>
          <span class="belief">{beliefWords(row)}</span>
        </th>
        {scene.folded === null ? null : <td class="fold">…</td>}
        {row.cells.map((cell, i) => {
          if (cell === null) return <td key={scene.offsets[i]} class="none" />
          const classes = [
            'cell',
            cell.epoch >= 0 ? `epoch${cell.epoch % 6}` : '',
            cell.committed ? '' : 'uncommitted',
            cell.diverged ? 'diverged' : '',
            cell.fresh ? 'fresh' : '',
            cell.onlyCopy ? 'only-copy' : '',
            cell.transaction === null ? '' : `${cell.transaction.kind} ${cell.transaction.fate}`,
          ]
          return (
            <td key={scene.offsets[i]} class={classes.filter((name) => name !== '').join(' ')} title={cellWords(cell)}>
              <span class={sizeOf(cell.value)}>{fitted(cell.value)}</span>
              {cell.epoch >= 0 ? <sub class="epoch">{cell.epoch}</sub> : null}
              {cell.acked ? <i class="tick">✓</i> : null}
              {cell.diverged ? <i class="differs">≠</i> : null}
              {cell.transaction === null ? null : <i class="fate">{FATE_GLYPHS[cell.transaction.fate]}</i>}
            </td>
          )
        })}
      </tr>
      {ghosts.length === 0 ? null : (
        <tr class="ghosts">
          {fold === 1 ? <td class="fold" /> : null}
          {scene.offsets.map((offset) => (
            <td key={offset}>
              {ghosts
                .filter((ghost) => ghost.offset === offset)
                .map((ghost) => (
                  <button
                    type="button"
                    class="ghost"
                    key={`${ghost.id} ${ghost.event}`}
                    title={`${ghost.value} was cut away by event ${ghost.event}`}
                    onClick={() => goEvent(ghost.event, sideIndex(side))}
                  >
                    <s>{ghost.value}</s>
                    <small>@{ghost.event}</small>
                  </button>
                ))}
            </td>
          ))}
        </tr>
      )}
      {lines.map((line, i) => (
        <tr class="carets" key={i}>
          {line.map((part, j) =>
            part.carets.length === 0 ? (
              <td key={j} colSpan={part.span} />
            ) : (
              <td key={j} colSpan={part.span}>
                {part.carets.map((caret) => (
                  <button
                    type="button"
                    key={caret.path}
                    class={`caret ${caret.kind} ${selectedPath.value === caret.path ? 'selected' : ''}`}
                    title={`${caret.path}: { and } jump between its changes`}
                    onClick={() => {
                      selectedPath.value = caret.path
                    }}
                  >
                    ▴{caret.words}
                  </button>
                ))}
              </td>
            ),
          )}
        </tr>
      ))}
    </tbody>
  )
}

function beliefWords(row: ReplicaRow): string {
  if (row.process === 'down') return ''
  const words = [
    row.role === null
      ? 'no role'
      : `${row.role === 'leader' ? 'thinks it leads' : 'follows'}${row.leaderEpoch === null ? '' : `, epoch ${row.leaderEpoch}`}`,
    row.believesLeader === null
      ? ''
      : row.believesLeader < 0
        ? 'thinks nobody leads'
        : `thinks b${row.believesLeader} leads`,
    row.pendingIsr === null ? '' : `asks for ISR ${row.pendingIsr.map((id) => `b${id}`).join(' ')}`,
    row.epochCache === '' ? '' : `epochs ${row.epochCache}`,
  ]
  return words.filter((word) => word !== '').join(' · ')
}

interface CaretPart {
  readonly span: number
  readonly carets: readonly Caret[]
}

/** Figures of the log on one line, what others think of it on the next. */
function caretLines(carets: readonly Caret[], scene: ReplicaScene, fold: number): CaretPart[][] {
  const first = scene.offsets[0] ?? 0
  const total = scene.offsets.length + fold
  const columnOf = ({ at }: Caret): number => Math.max(0, Math.min(total - 1, at < first ? 0 : at - first + fold))
  const lineOf = (chosen: readonly Caret[]): CaretPart[] => {
    const parts: CaretPart[] = []
    const places = [...new Set(chosen.map(columnOf))].sort((a, b) => a - b)
    let at = 0
    for (const [i, place] of places.entries()) {
      if (place > at) parts.push({ span: place - at, carets: [] })
      const end = places[i + 1] ?? total
      parts.push({ span: end - place, carets: chosen.filter((caret) => columnOf(caret) === place) })
      at = end
    }
    return parts
  }
  const own = carets.filter(({ kind }) => kind !== 'belief')
  const thought = carets.filter(({ kind }) => kind === 'belief')
  return [own, thought].filter((line) => line.length > 0).map(lineOf)
}
