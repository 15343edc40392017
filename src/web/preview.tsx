/** What the logs are like where the pointer hovers over the scrubber. */
import { formatTime } from '../kernel/time.ts'
import { eventWords } from '../report/page/event-words.ts'
import { replicaScene } from '../report/page/replica-scene.ts'
import { pageWidth } from './size.ts'
import type { Side } from './store.ts'
import { partition } from './store.ts'

const COLUMNS = 8
const WIDTH_PX = 340

/** `at`: the event; `leftPx`: where the pointer is, from the left of the page. */
export function Preview({ side, at, leftPx }: { readonly side: Side; readonly at: number; readonly leftPx: number }) {
  const { rows } = replicaScene(side.run, at, partition.value, { from: null, columns: COLUMNS })
  const event = side.run.events[at]
  const left = Math.max(8, Math.min(pageWidth.value - WIDTH_PX - 8, leftPx - WIDTH_PX / 2))
  return (
    <div class="preview" aria-hidden="true" style={{ left: `${left}px`, width: `${WIDTH_PX}px` }}>
      <p>
        <b>{at}</b> <span class="dim">{formatTime(event?.t ?? 0)}</span> {event === undefined ? '' : eventWords(event)}
      </p>
      {rows.map((row) => (
        <p key={row.broker} class={`line ${row.process}`}>
          <b>
            b{row.broker}
            {row.named ? ' ★' : ''}
          </b>
          {row.cells.map((cell, i) => (
            <i
              key={i}
              class={
                cell === null
                  ? 'none'
                  : `${cell.epoch >= 0 ? `epoch${cell.epoch % 6}` : 'plain'} ${cell.committed ? '' : 'uncommitted'} ${cell.diverged ? 'diverged' : ''}`
              }
            />
          ))}
          <span class="dim">
            {row.process === 'up' ? '' : `${row.process} `}
            {row.highWatermark === null ? '' : `HW ${row.highWatermark} `}LEO {row.logEndOffset}
          </span>
        </p>
      ))}
    </div>
  )
}
