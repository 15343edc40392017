/** The value of `log.dirs`: names separated by commas. */
import type { SettingValue } from './config.ts'

/** The directory of a broker that is given none. */
const ONLY_LOG_DIR = 'data'

/** The directories that a value names, in its order; `data` alone when it is unset. */
export function logDirsIn(value: SettingValue | undefined): readonly string[] {
  if (typeof value !== 'string' || value === '') return [ONLY_LOG_DIR]
  return value.split(',').map((each) => each.trim())
}
