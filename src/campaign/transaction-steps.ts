/** What transactional applications of a campaign do: one transaction after another, committed or aborted. */
import type { ActionForm, StepForm } from '../scenario/schema.ts'

/** Transactions of one producer begin this far apart, in ms. */
const EVERY_MS = 1_500

/** Calls of every producer from `fromMs` to `untilMs`. `draw` tells the plans of two seeds apart. */
export function transactionSteps(
  producers: readonly string[],
  partitions: readonly string[],
  { fromMs, untilMs, draw }: { readonly fromMs: number; readonly untilMs: number; readonly draw: number },
): StepForm[] {
  return producers.flatMap((client, index) => {
    const begins = fromMs + index * 700
    const steps: StepForm[] = [{ at: `${begins}ms`, do: { call: 'init-transactions', client } }]
    for (let n = 0; begins + (n + 1) * EVERY_MS < untilMs; n++) {
      const mixed = (draw * 31 + n * 17 + index * 7) % 100
      const sends = Array.from(
        { length: 1 + (mixed % 3) },
        (_, i): ActionForm => ({ call: 'send', client, to: partitions[(mixed + i) % partitions.length]! }),
      )
      const atMs = begins + (n + 1) * EVERY_MS
      steps.push(
        { at: `${atMs}ms`, do: [{ call: 'begin', client }, ...sends] },
        { at: `${atMs + 100 + mixed * 4}ms`, do: { call: mixed % 4 === 0 ? 'abort' : 'commit', client } },
      )
    }
    return steps
  })
}
