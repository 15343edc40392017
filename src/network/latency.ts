import { naturalLog } from '../kernel/random.ts'

/** How long a message travels, in us. */
export type Latency =
  | { readonly kind: 'constant'; readonly us: number }
  | { readonly kind: 'uniform'; readonly minUs: number; readonly maxUs: number }
  /** A floor plus an exponential with that mean. */
  | { readonly kind: 'exponential'; readonly floorUs: number; readonly meanUs: number }
  /** Mostly fast, with probability `slowShare` slow. */
  | { readonly kind: 'bimodal'; readonly fastUs: number; readonly slowUs: number; readonly slowShare: number }

/** An exponential draw is cut at this many means, so that one draw cannot stop a connection for hours. */
const LONGEST_MEANS = 20

/** One travel time in whole microseconds. `draw` is called once, and not at all for a constant. */
export function travelTime(latency: Latency, draw: () => number): number {
  switch (latency.kind) {
    case 'constant':
      return latency.us
    case 'uniform':
      return latency.minUs + Math.floor(draw() * (latency.maxUs - latency.minUs + 1))
    case 'exponential': {
      const means = Math.min(-naturalLog(1 - draw()), LONGEST_MEANS)
      return latency.floorUs + Math.round(latency.meanUs * means)
    }
    case 'bimodal':
      return draw() < latency.slowShare ? latency.slowUs : latency.fastUs
  }
}
