/** What the lines of a trace hold for the page, beside what every trace has. */
import type { TraceEvent, TraceFooter, TraceHeader } from '../../driver/trace.ts'
import type { RunView } from '../run-view.ts'
import type { LostMessage, ViewLine } from './view-recorder.ts'

/** What the header of a trace holds for the page. */
export interface PageHeader extends TraceHeader {
  /** Version of highwater that wrote it. */
  readonly sim?: string
  /** Which generation the asked version became, one sentence. */
  readonly became?: string
  /** The command that repeats the run. */
  readonly repeat?: string
}

/** What the footer of a trace holds for the page. */
export interface PageFooter extends TraceFooter {
  readonly view?: Omit<RunView, 'timeline'>
  /** Event index by chapter. */
  readonly chapters?: readonly number[]
  /** Whether what the answer of each chapter claims came true; null: nothing is claimed. */
  readonly checks?: readonly (boolean | null)[]
  readonly underWay?: readonly LostMessage[]
}

export type PageEvent = TraceEvent & ViewLine
