/** One page of plain words about one term. */
import type { Document } from '../document.ts'

export type PageKind =
  | 'property'
  | 'mechanism'
  | 'action'
  | 'condition'
  | 'target'
  | 'count'
  | 'message'
  | 'fact'
  | 'error'
  | 'setting'
  | 'generation'
  | 'hole'
  | 'issue'

export interface Page {
  readonly kind: PageKind
  readonly term: string
  /** One sentence, for lists. */
  readonly summary: string
  readonly document: Document
}
