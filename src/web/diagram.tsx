/** The space-time diagram: a lane a process, time to the right, messages as arrows. */
import { causalCone } from '../report/page/event-words.ts'
import type { SpaceTimeArrow, SpaceTimePoint, SpaceTimeScene, Traffic } from '../report/page/space-time-scene.ts'
import { spaceTimeScene } from '../report/page/space-time-scene.ts'
import { pageWidth } from './size.ts'
import type { Side } from './store.ts'
import { cone, eventOf, goEvent, isBoth, lastAllowed, sideIndex, traffic, zoom } from './store.ts'

const LANE_PX = 46
const LEFT_PX = 86
const TOP_PX = 26

const KINDS: readonly Traffic[] = ['clients', 'replication', 'control', 'registry']

function toggle(kind: Traffic): void {
  traffic.value = traffic.value.includes(kind)
    ? traffic.value.filter((each) => each !== kind)
    : [...traffic.value, kind]
}

export function TrafficChoice() {
  return (
    <>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input type="checkbox" checked={traffic.value.includes(kind)} onChange={() => toggle(kind)} /> {kind}
        </label>
      ))}
    </>
  )
}

const shortType = (type: string): string =>
  type
    .replace(/Request$/, '')
    .replace(/Response$/, '↩')
    .replace('OffsetsForLeaderEpoch', 'EpochEnd')

interface DiagramGiven {
  readonly side: Side
  /** On paper: the event. Absent: the one that is looked at. */
  readonly printed?: number
}

export function Diagram({ side, printed }: DiagramGiven) {
  const at = printed ?? eventOf(side)
  const scene = spaceTimeScene(side.run, at, {
    traffic: traffic.value,
    ranks: zoom.value,
    last: printed ?? lastAllowed(side.run),
  })
  const bright = cone.value ? causalCone(side.run, at) : null
  const width = Math.max(320, pageWidth.value - 40)
  const step = (width - LEFT_PX - 24) / Math.max(1, scene.ranks)
  const x = (rank: number): number => LEFT_PX + (rank + 0.5) * step
  const y = (lane: number): number => TOP_PX + lane * LANE_PX + 14
  const height = TOP_PX + scene.lanes.length * LANE_PX + 8
  const go = (event: number): void => goEvent(event, sideIndex(side))
  const head = `head-${printed ?? 'now'}`
  return (
    <section class="diagram" aria-label="Messages">
      <div class="bar">
        <h2>Messages{isBoth.value ? ` of ${side.name}` : ''}</h2>
        <span class="dim">
          events {scene.firstEvent} to {scene.lastEvent}
          {idleWords(scene.idle)}
        </span>
        <TrafficChoice />
        <button
          type="button"
          aria-label="Fewer events"
          onClick={() => {
            zoom.value = Math.max(8, Math.round(zoom.value / 1.5))
          }}
        >
          +
        </button>
        <button
          type="button"
          aria-label="More events"
          onClick={() => {
            zoom.value = Math.min(120, Math.round(zoom.value * 1.5))
          }}
        >
          −
        </button>
        <label>
          <input
            type="checkbox"
            checked={cone.value}
            onChange={() => {
              cone.value = !cone.value
            }}
          />{' '}
          why
        </label>
      </div>
      <svg role="img" aria-label={describe(scene)} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <defs>
          <marker
            id={head}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0 8 4 0 8Z" class="head" />
          </marker>
        </defs>
        {scene.lanes.map(({ id, label }, lane) => (
          <g key={id}>
            <text x={8} y={y(lane) + 4} class="lane-label">
              {label}
            </text>
            <line x1={LEFT_PX} x2={width - 8} y1={y(lane)} y2={y(lane)} class="lane" />
          </g>
        ))}
        {scene.down.map(({ lane, from, to, words }, i) => (
          <g key={i}>
            <rect x={x(from)} y={y(lane) - 7} width={Math.max(6, x(to) - x(from))} height={14} class="down" />
            <text x={x(from) + 8} y={y(lane) - 10} class="small">
              {words}
            </text>
          </g>
        ))}
        <line x1={x(scene.now)} x2={x(scene.now)} y1={4} y2={height - 4} class="now" />
        {scene.arrows.map((arrow, i) => (
          <Arrow
            key={i}
            arrow={arrow}
            head={head}
            x={x}
            y={y}
            step={step}
            now={scene.now}
            dim={bright !== null && !(bright.has(arrow.sent) && (arrow.ended === null || bright.has(arrow.ended)))}
            onGo={go}
          />
        ))}
        {scene.points.map((point, i) =>
          point.kind === 'fault' ? (
            <g key={point.event} class="fault" onClick={() => go(point.event)}>
              <line x1={x(point.rank)} x2={x(point.rank)} y1={TOP_PX - 10} y2={height - 4} />
              <text x={x(point.rank) + 3} y={12}>
                {clip(point.words, lettersUntil(scene.points.slice(i + 1), x, x(point.rank), width))}
              </text>
              <title>{point.words}</title>
            </g>
          ) : (
            <circle
              key={point.event}
              cx={x(point.rank)}
              cy={y(point.lane)}
              r={point.kind === 'fact' ? 5 : 3}
              class={`point ${point.kind} ${bright !== null && !bright.has(point.event) ? 'faded' : ''} ${point.rank === scene.now ? 'at' : ''}`}
              onClick={() => go(point.event)}
            >
              <title>
                event {point.event}: {point.words}
              </title>
            </circle>
          ),
        )}
      </svg>
    </section>
  )
}

const MOST_IDLE = 4

const idleWords = (idle: readonly string[]): string => {
  if (idle.length === 0) return ''
  const more = idle.length > MOST_IDLE ? ` and ${idle.length - MOST_IDLE} more` : ''
  return `, without idle ${idle.slice(0, MOST_IDLE).join(', ')}${more}`
}

/** Width of a letter of a fault's words, in pixels. */
const LETTER_PX = 6.5

/** How many letters fit between a fault and the next one, or the end of the diagram. */
function lettersUntil(
  later: readonly SpaceTimePoint[],
  x: (rank: number) => number,
  fromPx: number,
  width: number,
): number {
  const next = later.find(({ kind }) => kind === 'fault')
  const untilPx = next === undefined ? width : x(next.rank)
  return Math.max(2, Math.floor((untilPx - fromPx - 6) / LETTER_PX))
}

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

const describe = ({ arrows, points, firstEvent, lastEvent }: SpaceTimeScene): string =>
  `Events ${firstEvent} to ${lastEvent}: ${points.length} events and ${arrows.length} messages between processes. The list of events says the same in words.`

interface ArrowGiven {
  readonly arrow: SpaceTimeArrow
  /** Id of the marker at its end. */
  readonly head: string
  readonly x: (rank: number) => number
  readonly y: (lane: number) => number
  readonly step: number
  readonly now: number
  readonly dim: boolean
  readonly onGo: (event: number) => void
}

function Arrow({ arrow, head, x, y, step, now, dim, onGo }: ArrowGiven) {
  const { fromRank, toRank, fromLane, toLane, fate, type, words, sent, ended } = arrow
  const x1 = x(Math.max(-0.5, fromRank))
  const y1 = y(fromLane)
  // What does not end in the stretch is drawn half way.
  const whole = toRank !== null
  const x2 = whole ? x(toRank) : x1 + step * 1.2
  const y2 = whole ? y(toLane) : (y1 + y(toLane)) / 2
  const lost = fate === 'lost'
  const near = fromRank <= now && (toRank === null || toRank >= now - 1)
  const middle = { x: (x1 + x2) / 2, y: (y1 + y2) / 2 }
  return (
    <g class={`arrow ${fate} ${dim ? 'faded' : ''} ${near ? 'near' : ''}`} onClick={() => onGo(ended ?? sent)}>
      <line
        x1={x1}
        y1={y1}
        x2={lost ? middle.x : x2}
        y2={lost ? middle.y : y2}
        marker-end={lost || !whole ? undefined : `url(#${head})`}
      />
      <line class="wide" x1={x1} y1={y1} x2={x2} y2={y2} />
      {lost ? (
        <text x={middle.x - 4} y={middle.y + 5} class="gone">
          ✗
        </text>
      ) : null}
      {step > 26 || near ? (
        <text x={middle.x + 4} y={middle.y + (y2 > y1 ? -2 : 10)} class="small">
          {shortType(type)}
        </text>
      ) : null}
      <title>
        {type} {words} {fate === 'lost' ? '(lost)' : fate === 'under-way' ? '(still under way)' : ''}
      </title>
    </g>
  )
}
