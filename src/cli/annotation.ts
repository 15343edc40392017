/** Annotations that GitHub shows beside the change: workflow commands on stdout, printed where GITHUB_ACTIONS is true. */
import type { Io } from './io.ts'

interface Annotation {
  readonly title: string
  readonly message: string
  /** The file that it is about, as GitHub finds it in the repository; and a line of it, from 1. */
  readonly file?: string
  readonly line?: number
}

const inMessage = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')

/** In the properties of a command colons and commas stand for themselves only as codes. */
const inProperty = (text: string): string => inMessage(text).replace(/:/g, '%3A').replace(/,/g, '%2C')

export function annotationText({ title, message, file, line }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${inProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${inProperty(title)}`,
  ]
  return `::error ${properties.join(',')}::${inMessage(message)}\n`
}

export function annotate(io: Io, annotation: Annotation): void {
  if (io.env.GITHUB_ACTIONS === 'true') io.stdout.write(annotationText(annotation))
}
