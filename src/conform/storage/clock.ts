/** The times of recordings of the log on disk: what clocks showed, and what files were given. */
/**
 * What a broker's clock shows at the beginning of a recording, in ms: records of an hour before are then older than
 * any record without a time, and those of the past are older than the files.
 */
export const CLOCK_MS = 1_790_000_000_000

export const HOUR_MS = 3_600_000

/** The time that the recorder gave the file of the first segment; the others are a second apart. */
export const TOUCHED_MS = 1_700_000_000_000

/** Before any file and any record. */
export const FAR_PAST_MS = 1_000

/** Of a record whose format has no time. */
export const NO_TIMESTAMP = -1
