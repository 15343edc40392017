/**
 * What a message's way from one node to another always is: whose processes, which rule of the network, which names. Each
 * message would look it all up again. It holds nothing that plan and world could not give again.
 */
import type { NodeId } from '../kernel/machine.ts'
import type { Latency } from '../network/latency.ts'
import { onLink } from '../network/links.ts'
import type { Host, Stream } from './host.ts'
import { keyIndex } from './pending.ts'
import type { ProcessId, World } from './world.ts'

export interface Route {
  readonly from: NodeId
  readonly to: NodeId
  readonly fromProcess: ProcessId
  readonly toProcess: ProcessId
  /** The travel time of its messages; null: both are on one computer. */
  readonly latency: Latency | null
  /** null: nothing was drawn from it yet. */
  latencyStream: Stream | null
  /** null: unlimited. */
  readonly bytesPerSecond: number | null
  /** Index of the key of each type of message. */
  readonly keys: Map<string, number>
  /** Names under which the connections are open that `from` opens to `to`, by channel. */
  readonly openNames: Map<string, string>
}

/** The process of a node; what is no node of the world is its own. */
export const processOf = (world: World, node: NodeId): ProcessId => world.nodes[node]?.process ?? node

/** The last rule for a link decides its latency, the first that limits it its bandwidth. */
function newRoute(world: World, host: Host, from: NodeId, to: NodeId): Route {
  const fromProcess = processOf(world, from)
  const toProcess = processOf(world, to)
  const { latency, links } = host.plan.network
  const rules = links.filter((link) => onLink(link, fromProcess, toProcess))
  const limited = rules.find((link) => link.bandwidthBytesPerSecond !== null)
  return {
    from,
    to,
    fromProcess,
    toProcess,
    latency: fromProcess === toProcess ? null : (rules.findLast((link) => link.latency !== null)?.latency ?? latency),
    latencyStream: null,
    bytesPerSecond: limited?.bandwidthBytesPerSecond ?? null,
    keys: new Map(),
    openNames: new Map(),
  }
}

/** Routes from one node, by the other. */
export type RoutesFrom = Map<NodeId, Route>

export function routesFrom(host: Host, from: NodeId): RoutesFrom {
  let routes = host.routes.get(from)
  if (routes === undefined) {
    routes = new Map()
    host.routes.set(from, routes)
  }
  return routes
}

export function routeTo(world: World, host: Host, routes: RoutesFrom, from: NodeId, to: NodeId): Route {
  let route = routes.get(to)
  if (route === undefined) {
    route = newRoute(world, host, from, to)
    routes.set(to, route)
  }
  return route
}

export const routeOf = (world: World, host: Host, from: NodeId, to: NodeId): Route =>
  routeTo(world, host, routesFrom(host, from), from, to)

/** The index of `<from>><to>/<type>`, the key of such a message. */
export function messageKey(world: World, host: Host, route: Route, type: string): number {
  let index = route.keys.get(type)
  if (index === undefined) {
    index = keyIndex(world, host, `${route.from}>${route.to}/${type}`)
    route.keys.set(type, index)
  }
  return index
}

/** The name under which a connection is open that `from` has opened to `to`. */
export function openName(route: Route, channel: string): string {
  let name = route.openNames.get(channel)
  if (name === undefined) {
    name = `${route.from}>${route.to}#${channel}`
    route.openNames.set(channel, name)
  }
  return name
}
