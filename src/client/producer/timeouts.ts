/** The producer's time limits, in us. */
import { timeSettingUs } from '../settings.ts'
import type { ProducerConfig } from './state.ts'

/** How long `send` may block for metadata and for memory together. */
export const maxBlockUs = (config: ProducerConfig): number => timeSettingUs(config.settings, 'max.block.ms', 60_000)
