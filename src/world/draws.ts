/** Draws from named streams. The world counts them, so that each draw is a pure function of (seed, stream, count). */
import { RandomStream } from '../kernel/random.ts'
import { addTo } from '../kernel/tally.ts'
import type { StepReport } from './context.ts'
import type { Host, Stream } from './host.ts'
import type { World } from './world.ts'

/** A stream that is about to be drawn from. */
export function streamOf(world: World, host: Host, name: string): Stream {
  let stream = host.streams.get(name)
  if (stream === undefined) {
    stream = { name, index: addTo(world.draws, name), source: new RandomStream(host.plan.seed, name) }
    host.streams.set(name, stream)
  }
  return stream
}

/** The next draw of a stream: pinned where the plan says so, else by seed, stream and count. */
export function drawNext(world: World, host: Host, report: StepReport, stream: Stream): number {
  const { counts } = world.draws
  const count = counts[stream.index]!
  counts[stream.index] = count + 1
  report.draws.push(stream.name)
  const pinned = host.hasPins ? host.plan.pins[`${stream.name}#${count}`] : undefined
  return pinned ?? stream.source.draw(count)
}

/** The next draw of a stream by its name. */
export const drawFrom = (world: World, host: Host, report: StepReport, name: string): number =>
  drawNext(world, host, report, streamOf(world, host, name))
