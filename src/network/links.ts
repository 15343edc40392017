import type { Latency } from './latency.ts'

/** cut: nothing passes. slow: later. hold: waits, with all behind it. drop: the connection breaks there. */
type LinkFaultKind = 'cut' | 'slow' | 'hold' | 'drop'

/** Something that changes a directed link between two processes. `*` matches any process. */
export interface LinkFault {
  readonly kind: LinkFaultKind
  readonly from: string
  readonly to: string
  /** slow only: this much longer, in us. */
  readonly extraUs: number
  /** Message types concerned; null: every message. */
  readonly messages: readonly string[] | null
}

/** What a link does when nothing is wrong with it. */
export interface LinkRule {
  readonly from: string
  readonly to: string
  readonly latency: Latency | null
  /** Bytes a second; null: unlimited. */
  readonly bandwidthBytesPerSecond: number | null
}

const matches = (pattern: string, process: string): boolean => pattern === '*' || pattern === process

/** Both ends of a rule or fault match; `*` matches any process. */
export const onLink = (link: { readonly from: string; readonly to: string }, from: string, to: string): boolean =>
  matches(link.from, from) && matches(link.to, to)

/** What becomes of one message on a link with these faults: extra time, and whether it waits or breaks its connection. */
export function fate(
  faults: readonly LinkFault[],
  from: string,
  to: string,
  message: string,
): { readonly extraUs: number; readonly blocked: boolean; readonly dropped: boolean } {
  let extraUs = 0
  let blocked = false
  let dropped = false
  for (const fault of faults) {
    if (!onLink(fault, from, to)) continue
    if (fault.messages !== null && !fault.messages.includes(message)) continue
    if (fault.kind === 'slow') extraUs += fault.extraUs
    else if (fault.kind === 'drop') dropped = true
    else blocked = true
  }
  return { extraUs, blocked, dropped }
}

/** A cut of the whole direction, whatever the message. */
export const isCut = (faults: readonly LinkFault[], from: string, to: string): boolean =>
  faults.some((fault) => fault.kind === 'cut' && onLink(fault, from, to))
