import { type FaultProxy, type FaultProxyOptions, faultProxy, type Target } from "./fault-proxy.ts"

/** Nodes that reach one server, each by a way of its own. Disposed, all ways are closed. */
export interface FaultNetwork<Name extends string> extends AsyncDisposable {
  /** A node's way to the server. */
  to(name: Name): FaultProxy
  /**
   * Parts these nodes from the server and so from all others, without a word to either: their packets are lost until
   * `heal`, when connections that both ends still hold go on.
   */
  split(...names: readonly Name[]): void
  heal(): Promise<void>
}

/**
 * A network around one server, for tests of what nodes do that do not reach one another.
 * @example
 * await using network = await faultNetwork(redis.url, ["a", "b", "c"])
 * network.split("c")
 */
export async function faultNetwork<const Name extends string>(
  target: Target,
  names: readonly Name[],
  options: Omit<FaultProxyOptions, "port"> = {},
): Promise<FaultNetwork<Name>> {
  const ways = new Map<Name, FaultProxy>()
  for (const name of names) ways.set(name, await faultProxy(target, options))
  const to = (name: Name): FaultProxy => {
    const way = ways.get(name)
    if (!way) throw new RangeError(`${name} is no node of this network`)
    return way
  }
  return {
    to,
    split(...apart) {
      for (const name of apart) to(name).stall()
    },
    async heal() {
      for (const way of ways.values()) await way.heal()
    },
    async [Symbol.asyncDispose]() {
      for (const way of ways.values()) await way[Symbol.asyncDispose]()
    },
  }
}
