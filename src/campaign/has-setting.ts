/** Which settings a generation has: a campaign sets no others. */
import { defaultIn, type SettingScope, type SettingValue, settingNamed } from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'

export const hasSetting = (generation: Generation, scope: SettingScope, key: string): boolean => {
  const setting = settingNamed(key, scope)
  return setting !== undefined && defaultIn(setting, generation.name) !== null
}

/** Those of the settings that the generation has. */
export function settingsOf(
  generation: Generation,
  scope: SettingScope,
  all: Readonly<Record<string, SettingValue>>,
): Record<string, SettingValue> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => hasSetting(generation, scope, key)))
}
