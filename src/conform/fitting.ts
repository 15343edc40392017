/** Entries of a recording held against the forms that what reads them relies on. */
import type { z } from 'zod'
import { own } from '../kernel/own.ts'

/** By word: an entry may hold more than its form names; a word without a form is judged where it is read. */
export interface EntryForms {
  readonly done: Readonly<Record<string, z.ZodType>>
  readonly seen: Readonly<Record<string, z.ZodType>>
}

interface WordedEntry {
  readonly do?: string
  readonly saw?: string
}

interface Fitting<Entry> {
  /** Without what was seen in another form. */
  readonly entries: readonly Entry[]
  /** Words of what was seen in another form, and how often. */
  readonly misfits: Readonly<Record<string, number>>
  /** Why the recording cannot be replayed: an action in another form; null: there is none. */
  readonly notModelled: string | null
}

/** What does not fit, each with its path; null: everything does. */
export function misfitOf(form: z.ZodType | undefined, value: unknown): string | null {
  const read = form?.safeParse(value)
  if (read === undefined || read.success) return null
  return wordsOf(read.error.issues, []).join('; ')
}

type Issue = z.core.$ZodIssue

/** Of a choice of forms the words are those of the form that comes nearest. */
const wordsOf = (issues: readonly Issue[], above: readonly PropertyKey[]): string[] =>
  issues.flatMap((issue) => {
    const path = [...above, ...issue.path]
    const choices = issue.code === 'invalid_union' ? issue.errors.map((each) => wordsOf(each, path)) : []
    const [nearest] = choices.toSorted((a, b) => a.length - b.length)
    return nearest ?? [`${path.map(String).join('.') || 'the whole'}: ${issue.message}`]
  })

const formOf = (forms: Readonly<Record<string, z.ZodType>>, word: string): z.ZodType | undefined => own(forms, word)

/** Takes out of a recording what it saw in a form that is not known, and names the first action that has one. */
export function fitting<Entry extends WordedEntry>(entries: readonly Entry[], forms: EntryForms): Fitting<Entry> {
  const misfits: Record<string, number> = {}
  let notModelled: string | null = null
  const kept = entries.filter((entry) => {
    const form = entry.do === undefined ? formOf(forms.seen, entry.saw ?? '') : formOf(forms.done, entry.do)
    const misfit = misfitOf(form, entry)
    if (misfit === null) return true
    if (entry.do !== undefined) {
      notModelled ??= `the action "${entry.do}" is not known in this form (${misfit})`
      return true
    }
    const word = `${entry.saw} in another form`
    misfits[word] = (misfits[word] ?? 0) + 1
    return false
  })
  return { entries: kept, misfits, notModelled }
}
