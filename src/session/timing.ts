/** The delays of ZooKeeper's client (ClientCnxn, StaticHostProvider), for a client that knows one server. */
import { msToUs } from '../kernel/time.ts'

/** An idle client pings at least this often, however long its timeout. */
const PING_INTERVAL_MAX_US = msToUs(10_000)

/** Clean-up of the broken connection (100 ms), then a second because the only server has just been tried. */
const RECONNECT_DELAY_MIN_US = msToUs(1_100)
/** On top, drawn for each attempt, so that the clients of a restarted registry do not come back all at once. */
const RECONNECT_DELAY_SPREAD_US = msToUs(1_000)

/** Without a word from the registry for this long the connection is given up: two thirds of the timeout. */
export const silenceLimitUs = (timeoutMs: number): number => Math.floor((msToUs(timeoutMs) * 2) / 3)

/** Half the silence limit. */
export const pingIntervalUs = (timeoutMs: number): number =>
  Math.min(Math.floor(msToUs(timeoutMs) / 3), PING_INTERVAL_MAX_US)

/** Time for one attempt to connect: the timeout shared among the three servers of a usual ensemble. */
export const connectLimitUs = (timeoutMs: number): number => Math.floor(msToUs(timeoutMs) / 3)

/**
 * From a lost connection or a failed attempt to the next attempt, 1.1 to 2.1 s. After an expiry this is nearly all of
 * the time in which a resumed broker does not know of it: 1.17 to 2.11 s recorded, from SIGCONT to its registration.
 */
export const reconnectDelayUs = (draw: number): number =>
  RECONNECT_DELAY_MIN_US + Math.floor(draw * RECONNECT_DELAY_SPREAD_US)

/** The first ping of a connection, within one interval; the others follow an interval apart. */
export const firstPingDelayUs = (timeoutMs: number, draw: number): number =>
  Math.max(1, Math.ceil(pingIntervalUs(timeoutMs) * (1 - draw)))
