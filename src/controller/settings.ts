import type { ControllerConfig } from './state.ts'

/** A numeric setting of this broker; `fallback` where the generation does not have it. */
export function numberSetting(config: ControllerConfig, key: string, fallback: number): number {
  const value = config.settings[key]
  return value === undefined ? fallback : Number(value)
}

/** A yes-or-no setting of this broker; recordings write them as text. */
export function flagSetting(config: ControllerConfig, key: string, fallback: boolean): boolean {
  const value = config.settings[key]
  return value === undefined ? fallback : value === true || value === 'true'
}

/** Whether a leader may be elected out of the ISR: always before 0.8.2, then by the topic, else by the broker. */
export function allowsUncleanElection(
  config: ControllerConfig,
  topicSettings: Readonly<Record<string, string>>,
): boolean {
  if (!config.mechanisms.uncleanElectionSwitch) return true
  const ofTopic = topicSettings['unclean.leader.election.enable']
  return ofTopic === undefined ? flagSetting(config, 'unclean.leader.election.enable', false) : ofTopic === 'true'
}
