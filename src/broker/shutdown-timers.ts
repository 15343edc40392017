/** Timers of the way down, shared by its parts. */
export const SHUTDOWN_RETRY_TIMER = 'shutdown:retry'
export const SHUTDOWN_TIMEOUT_TIMER = 'shutdown:timeout'
export const SHUTDOWN_CLOSE_TIMER = 'shutdown:close'
/** KRaft: the next heartbeat goes out at once and asks to be let go. */
export const KRAFT_SHUTDOWN_TIMER = 'kraft:shut-down'
