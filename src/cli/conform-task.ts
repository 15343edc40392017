/** One recording or file of vectors, from its text to its report. */
import { conformClients } from '../conform/clients/conform.ts'
import { type ClientsRecording, isClientsRecording } from '../conform/clients/recording.ts'
import type { RecordingReport } from '../conform/compare.ts'
import { conform } from '../conform/conform.ts'
import { parseRecording } from '../conform/recording.ts'
import { conformStorage } from '../conform/storage/conform.ts'
import { isStorageRecording, type StorageRecording } from '../conform/storage/recording.ts'
import type { VectorReport } from '../conform/vectors/vectors.ts'
import { isVectorFile, runVectors } from '../conform/vectors/vectors.ts'
import { quoted } from './flags.ts'
import type { Bug } from './job.ts'
import { bugOf } from './job.ts'

export type ConformResult =
  | { readonly kind: 'recording'; readonly report: RecordingReport; readonly wallMs: number }
  | { readonly kind: 'vectors'; readonly report: VectorReport; readonly wallMs: number }
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }
  | { readonly kind: 'bug'; readonly bug: Bug }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const baseName = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.json$/, '')

const LONGEST_PROBLEMS = 20

export function conformText(file: string, text: string, pins: boolean): ConformResult {
  const startedMs = performance.now()
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    return { kind: 'unusable', problems: [`${file}: not JSON: ${(error as Error).message}`] }
  }
  try {
    if (isVectorFile(data)) {
      const report = runVectors(baseName(file), data)
      return { kind: 'vectors', report, wallMs: performance.now() - startedMs }
    }
    const parsed = parseRecording(data)
    if (!parsed.ok) {
      const problems = parsed.problems.slice(0, LONGEST_PROBLEMS).map((problem) => `${file}: ${problem}`)
      const more = parsed.problems.length - problems.length
      return { kind: 'unusable', problems: more > 0 ? [...problems, `${file}: … and ${more} more`] : problems }
    }
    if (isObject(data) && isClientsRecording(data)) {
      const report = conformClients(data as unknown as ClientsRecording)
      return { kind: 'recording', report, wallMs: performance.now() - startedMs }
    }
    if (isObject(data) && isStorageRecording(data)) {
      const report = conformStorage(data as unknown as StorageRecording)
      return { kind: 'recording', report, wallMs: performance.now() - startedMs }
    }
    return { kind: 'recording', report: conform(parsed.recording, { pins }), wallMs: performance.now() - startedMs }
  } catch (error) {
    return { kind: 'bug', bug: bugOf(error, `highwater conform ${quoted(file)}${pins ? '' : ' --no-pins'}`) }
  }
}
