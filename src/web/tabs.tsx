/** Properties and their witnesses, the partition table, clients, charts. */
import { useEffect, useRef } from 'preact/hooks'
import type { Told } from '../report/page/view-state.ts'
import { positionPath, replicaPath, TOLD, truthPath } from '../report/page/view-state.ts'
import { isDark } from './commands.ts'
import { pageWidth } from './size.ts'
import type { Side } from './store.ts'
import { eventOf, events, goEvent, isBoth, partition, sideIndex, tab, theme } from './store.ts'

const TABS = [
  ['verdicts', 'Properties'],
  ['partitions', 'Partitions'],
  ['clients', 'Clients'],
  ['charts', 'Charts'],
] as const

export function Tabs({ side }: { readonly side: Side }) {
  return (
    <section class="tabs" aria-label="More about the run">
      <div class="bar" role="tablist" aria-label="More about the run">
        {TABS.map(([name, words]) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-controls="tab-panel"
            aria-selected={tab.value === name}
            onClick={() => {
              tab.value = name
            }}
          >
            {words}
          </button>
        ))}
        {isBoth.value ? <span class="dim">of {side.name}</span> : null}
      </div>
      <div class="body" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {tab.value === 'verdicts' ? <Verdicts side={side} /> : null}
        {tab.value === 'partitions' ? <Partitions side={side} /> : null}
        {tab.value === 'clients' ? <Clients side={side} /> : null}
        {tab.value === 'charts' ? <Charts side={side} /> : null}
      </div>
    </section>
  )
}

const VERDICTS: Readonly<Record<string, string>> = {
  held: '✓ held',
  violated: '✗ violated',
  'expected-violation': '✗ broken, as the scenario says',
  'expectation-missed': '✗ expected, and did not come',
  'known-hole': '○ broken, never promised',
  allowed: '○ broken, allowed',
}

function Verdicts({ side }: { readonly side: Side }) {
  const verdicts = side.run.footer?.view?.verdicts ?? []
  const weight = ({ fails, outcome }: (typeof verdicts)[number]): number =>
    fails ? 0 : outcome === 'expected-violation' ? 1 : 2
  const broken = verdicts.filter(({ outcome }) => outcome !== 'held').sort((a, b) => weight(a) - weight(b))
  const held = verdicts.filter(({ outcome }) => outcome === 'held')
  return (
    <>
      {verdicts.length === 0 ? <p class="dim">The trace ends before its verdicts.</p> : null}
      {broken.map((verdict) => (
        <div key={verdict.name} class="verdict">
          <p>
            <b class={verdict.fails ? 'bad' : 'warn'}>{VERDICTS[verdict.outcome]}</b> <b>{verdict.name}</b>
            {verdict.knownHole === null ? '' : ` (${verdict.knownHole})`}
          </p>
          <p class="dim">{verdict.statement}</p>
          <ul>
            {verdict.evidence.slice(0, 8).map((evidence, i) => (
              <li key={i}>
                <button
                  type="button"
                  onClick={() => goEvent(Math.min(evidence.event, side.run.length - 1), sideIndex(side))}
                >
                  @{evidence.event}
                </button>{' '}
                {evidence.words}
              </li>
            ))}
          </ul>
          {verdict.because === null ? null : <p class="dim">Not promised: {verdict.because}</p>}
        </div>
      ))}
      {held.length === 0 ? null : (
        <p>
          <b class="good">✓ {held.length} held</b>: <span class="dim">{held.map(({ name }) => name).join(', ')}</span>
        </p>
      )}
    </>
  )
}

/** As `kafka-topics --describe` prints it. */
function Partitions({ side }: { readonly side: Side }) {
  const state = side.run.stateAt(eventOf(side))
  return (
    <table class="plain">
      <thead>
        <tr>
          {['Topic', 'Partition', 'Leader', 'Replicas', 'Isr', 'Epoch', ''].map((word) => (
            <th scope="col" key={word}>
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {side.run.partitions.map((name) => {
          const hyphen = name.lastIndexOf('-')
          const leader = state.get(truthPath(name, 'leader')) as number | undefined
          const replicas = (state.get(truthPath(name, 'replicas')) as number[] | undefined) ?? []
          const isr = (state.get(truthPath(name, 'isr')) as number[] | undefined) ?? []
          const under = isr.length < replicas.length
          return (
            <tr key={name}>
              <td>{name.slice(0, hyphen)}</td>
              <td>
                <button
                  type="button"
                  onClick={() => {
                    partition.value = name
                  }}
                >
                  {name.slice(hyphen + 1)}
                </button>
              </td>
              <td>{leader === undefined ? '' : leader < 0 ? 'none' : leader}</td>
              <td>{replicas.join(',')}</td>
              <td>{isr.join(',')}</td>
              <td>{state.get(truthPath(name, 'leaderEpoch')) as number | undefined}</td>
              <td>
                {leader !== undefined && leader < 0 ? (
                  <b class="bad">offline</b>
                ) : under ? (
                  <b class="warn">under-replicated</b>
                ) : null}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const MOST_TOLD = 200

function Clients({ side }: { readonly side: Side }) {
  const state = side.run.stateAt(eventOf(side))
  const { plan } = side.run.header
  const told = state.list(TOLD) as unknown as readonly Told[]
  const latest = told.slice(-MOST_TOLD).reverse()
  const consumers = plan.clients.filter(({ kind }) => kind === 'consumer')
  const count = (outcome: string): number => told.filter((each) => each[3] === outcome).length
  return (
    <>
      <p>
        Told so far: <b>{count('acked')}</b> acknowledged, <b>{count('failed')}</b> failed, <b>{count('unknown')}</b>{' '}
        unknown.
      </p>
      {consumers.length === 0 ? null : (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Consumer</th>
              <th scope="col">Partition</th>
              <th scope="col">Position</th>
              <th scope="col">Lag</th>
            </tr>
          </thead>
          <tbody>
            {consumers.flatMap((consumer) =>
              side.run.partitions.map((name) => {
                const position = state.get(positionPath(consumer.name, name)) as number | undefined
                if (position === undefined) return null
                const leader = state.get(truthPath(name, 'leader')) as number | undefined
                const high = state.get(replicaPath(name, leader ?? -1, 'highWatermark')) as number | undefined
                return (
                  <tr key={`${consumer.name} ${name}`}>
                    <td>{consumer.name}</td>
                    <td>{name}</td>
                    <td>{position}</td>
                    <td>{high === undefined ? '' : Math.max(0, high - position)}</td>
                  </tr>
                )
              }),
            )}
          </tbody>
        </table>
      )}
      <ol class="told-list">
        {latest.map(([id, where, offset, outcome, error, acks]) => (
          <li key={id}>
            <b class={outcome === 'acked' ? 'good' : outcome === 'failed' ? 'warn' : 'bad'}>{outcome}</b> {id} acks=
            {acks === -1 ? 'all' : acks} {where} {offset >= 0 ? `at ${offset}` : ''} {error === 'NONE' ? '' : error}
          </li>
        ))}
      </ol>
    </>
  )
}

const COLOURS = ['#E69F00', '#56B4E9', '#009E73', '#0072B2', '#D55E00', '#CC79A7']
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [10, 4]]

function Charts({ side }: { readonly side: Side }) {
  const brokers = side.run.header.plan.brokers.map(({ id }) => id)
  return (
    <>
      <Chart
        side={side}
        title="High watermark by broker"
        paths={brokers.map((id) => [`b${id}`, replicaPath(partition.value, id, 'highWatermark')])}
      />
      <Chart
        side={side}
        title="Log end by broker"
        paths={brokers.map((id) => [`b${id}`, replicaPath(partition.value, id, 'logEndOffset')])}
      />
      <Chart side={side} title="Members of the ISR" paths={[['ISR', truthPath(partition.value, 'isr')]]} />
    </>
  )
}

const CHART_HEIGHT = 84

interface ChartGiven {
  readonly side: Side
  readonly title: string
  readonly paths: readonly (readonly [label: string, path: string])[]
}

/** Steps of a value along the run; each line has its own dashes beside its own colour. */
function Chart({ side, title, paths }: ChartGiven) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const series = paths
    .map(([label, path], i) => ({
      label,
      i,
      points: side.run.series(path).map(({ event, value }) => ({
        event,
        value: Array.isArray(value) ? value.length : typeof value === 'number' ? value : null,
      })),
    }))
    .filter(({ points }) => points.length > 0)
  const top = Math.max(1, ...series.flatMap(({ points }) => points.map(({ value }) => value ?? 0)))
  const at = events.value[sideIndex(side)]
  const dark = theme.value === 'dark' || isDark()
  useEffect(() => {
    const element = canvas.current
    const pen = element?.getContext('2d')
    if (element === null || pen === null || pen === undefined) return
    const width = element.clientWidth
    const ratio = devicePixelRatio
    element.width = width * ratio
    element.height = CHART_HEIGHT * ratio
    pen.scale(ratio, ratio)
    const x = (event: number): number => (event / Math.max(1, side.run.length - 1)) * width
    const y = (value: number): number => CHART_HEIGHT - 6 - (value / top) * (CHART_HEIGHT - 14)
    pen.strokeStyle = dark ? '#888' : '#999'
    pen.beginPath()
    pen.moveTo(x(at), 0)
    pen.lineTo(x(at), CHART_HEIGHT)
    pen.stroke()
    for (const { points, i } of series) {
      pen.strokeStyle = COLOURS[i % COLOURS.length]!
      pen.setLineDash(DASHES[i % DASHES.length]!)
      pen.lineWidth = 2
      pen.beginPath()
      let before: number | null = null
      for (const { event, value } of points) {
        if (before !== null) pen.lineTo(x(event), y(before))
        if (value !== null) {
          if (before === null) pen.moveTo(x(event), y(value))
          else pen.lineTo(x(event), y(value))
        }
        before = value
      }
      if (before !== null) pen.lineTo(width, y(before))
      pen.stroke()
    }
    pen.setLineDash([])
  }, [side, at, top, dark, pageWidth.value, paths.map(([, path]) => path).join()])
  const state = side.run.stateAt(at)
  const now = series.map(({ label, i }) => {
    const value = state.get(paths[i]![1])
    return `${label} ${Array.isArray(value) ? value.length : (value ?? '–')}`
  })
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>{' '}
        <span class="dim">
          now {now.join(', ')}; at most {top}
        </span>
      </figcaption>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${title}: now ${now.join(', ')}`}
        onClick={(click) => {
          const { width } = click.currentTarget.getBoundingClientRect()
          goEvent(Math.round((click.offsetX / width) * (side.run.length - 1)), sideIndex(side))
        }}
      />
      <p class="legend">
        {series.map(({ label, i }) => (
          <span key={label}>
            <i class={`dash line${i % 6}`} /> {label}
          </span>
        ))}
      </p>
    </figure>
  )
}
