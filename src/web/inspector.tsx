/** One event: what happened, by which rule, why, what it changed. */
import { canonical } from '../kernel/fingerprint.ts'
import type { Json } from '../kernel/json.ts'
import { formatTime } from '../kernel/time.ts'
import { eventDetail, whyChain } from '../report/page/event-words.ts'
import type { ViewPatch } from '../report/page/view-state.ts'
import { isListPatch, pathOf } from '../report/page/view-state.ts'
import type { Side } from './store.ts'
import { eventOf, goEvent, isBoth, jumpToChange, selectedPath, sideIndex } from './store.ts'

const MOST_ENTRIES = 4

function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function entryWords(entry: unknown): string {
  if (!Array.isArray(entry)) return valueWords(entry)
  const [first, second, third, fourth] = entry as unknown[]
  // A record is [offset, epoch, id, value]; an answer to a client is [id, partition, offset, outcome, …].
  return typeof first === 'number'
    ? `${valueWords(fourth ?? third)} at ${first}`
    : `${valueWords(first)} ${valueWords(fourth)} at ${valueWords(second)} ${valueWords(third)}`
}

const isFields = (value: Json): value is { readonly [field: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of a value with fields only those that changed. */
function changeWords(before: Json, after: Json): string {
  if (!isFields(before) || !isFields(after)) return `${valueWords(before)} → ${valueWords(after)}`
  return Object.keys(after)
    .filter((field) => canonical(before[field] ?? null) !== canonical(after[field]!))
    .map((field) => `${field} ${valueWords(before[field])} → ${valueWords(after[field])}`)
    .join('; ')
}

function patchWords(patch: ViewPatch): string {
  if (!isListPatch(patch)) return changeWords(patch[1], patch[2])
  const [op, , entries] = patch
  const named = entries.slice(0, MOST_ENTRIES).map(entryWords).join(', ')
  const more = entries.length > MOST_ENTRIES ? ` and ${entries.length - MOST_ENTRIES} more` : ''
  return `${op === '+' ? 'gains' : 'loses'} ${named}${more}`
}

/** A path as words: `t-0 on b2: highWatermark`. */
function pathWords(path: string): string {
  const [kind, first, second, third] = path.split('/')
  if (kind === 'replica') return `${first} on b${second}: ${third}`
  if (kind === 'log') return `${first} on b${second}: log`
  if (kind === 'partition') return `${first}: ${second}`
  if (kind === 'belief') return `${first}: b${second} thinks of b${third}`
  if (kind === 'told') return 'clients are told'
  if (kind === 'commit') return `${first}: offset of group ${second}`
  return path.replaceAll('/', ' ')
}

export function Inspector({ side }: { readonly side: Side }) {
  const at = eventOf(side)
  const event = side.run.events[at]
  if (event === undefined) return null
  const { happened, said } = eventDetail(event)
  const { links, more } = whyChain(side.run, at)
  const go = (index: number): void => goEvent(index, sideIndex(side))
  const breaks = side.run.breaksAt(at)
  const atStake = (event.v ?? []).filter(({ change }) => change === 'at-stake').map(({ property }) => property)
  return (
    <section class="inspector" aria-label="This event">
      <div class="bar">
        <h2>
          Event {at}
          {isBoth.value ? ` of ${side.name}` : ''}
        </h2>
        <span class="dim">
          {formatTime(event.t)} · {event.r}
        </span>
      </div>
      <div class="body">
        <p class="happened">{happened}</p>
        {said.map((line) => (
          <p key={line} class="said">
            {line}
          </p>
        ))}
        {(event.x ?? []).map(([key, , words]) => (
          <p key={key} class="bad">
            ✗ {key.replace(/#.*/, '')} is lost {words === '' ? '' : `(${words})`}
          </p>
        ))}
        {atStake.length === 0 ? null : <p class="dim">Put to the test for the first time: {atStake.join(', ')}</p>}
        {breaks.map(({ words }) => (
          <p key={words} class="bad">
            ✗ {words}
          </p>
        ))}
        <h3>What it changed</h3>
        {event.d === undefined ? <p class="dim">Nothing that is shown.</p> : null}
        <ul class="patches">
          {(event.d ?? []).map((patch, i) => (
            <li key={i}>
              <button
                type="button"
                class={selectedPath.value === pathOf(patch) ? 'selected' : ''}
                title="{ and } jump between its changes"
                onClick={() => {
                  selectedPath.value = pathOf(patch)
                }}
              >
                {pathWords(pathOf(patch))}
              </button>{' '}
              {patchWords(patch)}
            </li>
          ))}
        </ul>
        {selectedPath.value === null ? null : (
          <p class="watch">
            <b>{pathWords(selectedPath.value)}</b> is {valueWords(side.run.stateAt(at).get(selectedPath.value))}{' '}
            <button type="button" onClick={() => jumpToChange(-1)}>
              last change
            </button>
            <button type="button" onClick={() => jumpToChange(1)}>
              next change
            </button>
          </p>
        )}
        <h3>Why</h3>
        <ol class="why">
          {links.slice(1).map((link) => (
            <li key={link.event}>
              {link.skipped > 0 ? <span class="dim">… {link.skipped} steps between … </span> : null}
              <button type="button" onClick={() => go(link.event)}>
                @{link.event}
              </button>{' '}
              {link.words}
            </li>
          ))}
        </ol>
        {links.length === 1 ? (
          <p class="dim">Nothing led to it: it was planned, or it is where the run begins.</p>
        ) : null}
        {more > 0 ? <p class="dim">… and {more} more back to the beginning</p> : null}
      </div>
    </section>
  )
}
