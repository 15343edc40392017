/** Values over the run as lines. */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { BrokerId } from '../kafka/ids.ts'
import { lagSeries, type Point, toldSeries, valueSeries } from '../report/page/chart-series.ts'
import { replicaPath, truthPath } from '../report/page/view-state.ts'
import { isDark } from './commands.ts'
import { pageWidth } from './size.ts'
import type { Side } from './store.ts'
import { events, goEvent, lastAllowed, partition, sideIndex, theme } from './store.ts'

const COLOURS = ['#E69F00', '#56B4E9', '#009E73', '#0072B2', '#D55E00', '#CC79A7']
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [10, 4]]

export function Charts({ side }: { readonly side: Side }) {
  const { run } = side
  const name = partition.value
  const brokers = run.header.plan.brokers.map(({ id }) => id)
  const byBroker = (points: (id: BrokerId) => Point[]): Line[] => brokers.map((id) => [`b${id}`, points(id)])
  const charts = useMemo(
    (): readonly (readonly [title: string, lines: readonly Line[]])[] => [
      ['High watermark by broker', byBroker((id) => valueSeries(run, replicaPath(name, id, 'highWatermark')))],
      ['Log end by broker', byBroker((id) => valueSeries(run, replicaPath(name, id, 'logEndOffset')))],
      ['Records behind the leader', byBroker((id) => lagSeries(run, name, id))],
      ['Members of the ISR', [['ISR', valueSeries(run, truthPath(name, 'isr'))]]],
      [
        'Records that clients were told of',
        (['acked', 'failed', 'unknown'] as const).map((outcome) => [outcome, toldSeries(run, outcome)]),
      ],
    ],
    [side, name],
  )
  return (
    <>
      {charts.map(([title, lines]) => (
        <Chart key={title} side={side} title={title} lines={lines} />
      ))}
    </>
  )
}

const CHART_HEIGHT = 84

interface ChartGiven {
  readonly side: Side
  readonly title: string
  readonly lines: readonly Line[]
}

type Line = readonly [label: string, points: readonly Point[]]

/** Steps of a value along the run; each line has its own dashes beside its own colour. */
function Chart({ side, title, lines }: ChartGiven) {
  const canvas = useRef<HTMLCanvasElement>(null)
  // A question holds what comes after it.
  const last = lastAllowed(side.run)
  const series = lines
    .map(([label, points], i) => ({ label, i, points: points.filter(({ event }) => event <= last) }))
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
      if (before !== null) pen.lineTo(x(last), y(before))
      pen.stroke()
    }
    pen.setLineDash([])
  }, [side, at, top, last, dark, pageWidth.value, partition.value])
  const now = series.map(({ label, points }) => `${label} ${points.findLast(({ event }) => event <= at)?.value ?? '–'}`)
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
