/** One recording from its plain data to its report. */
import { simulate } from '../driver/simulate.ts'
import type { RecordingReport } from './compare.ts'
import { compareRun, notModelledReport } from './compare.ts'
import type { CompileOptions } from './compile.ts'
import { compileRecording } from './compile.ts'
import type { Recording } from './recording.ts'

/** Compiles, runs and compares. A recording that cannot be modelled is reported so. */
export function conform(recording: Recording, options: CompileOptions): RecordingReport {
  const compiled = compileRecording(recording, options)
  if (!compiled.ok) return notModelledReport(recording, compiled.notModelled)
  const result = simulate(compiled.plan, { properties: [], digest: false })
  return compareRun(recording, compiled, result)
}
