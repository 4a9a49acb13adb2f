import type { Plug } from "@bennu/plug"
import { networkAwaited, queryRepeated, watchNetwork, watchRepeats } from "@bennu/repo"

/**
 * Tells, while one develops, what works and costs too much: a request that asks the same again and again, where a preload
 * would ask once, and a transaction that keeps its connection while it waits for the network.
 */
export function watchQueries(tell: (words: string) => void = console.warn): Plug {
  const requests = watchRepeats()
  watchNetwork()
  queryRepeated.subscribe(({ unit, statement, times }) =>
    tell(`${unit} asked ${times} times: ${statement}`),
  )
  networkAwaited.subscribe(({ at }) => tell(`a transaction waits for the network:\n${at}`))
  return (conn, next) => requests.run(`${conn.method} ${conn.url.pathname}`, () => next(conn))
}
