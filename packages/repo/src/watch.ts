import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { contextKey, Transaction } from "@bennu/core"
import { type Event, event } from "@bennu/telemetry"
import { queryStopped } from "./telemetry.ts"

export interface QueryRepeated {
  /** What the unit of work was called. */
  readonly unit: string
  /** With placeholders, without parameters. */
  readonly statement: string
  readonly times: number
}

/** One unit of work read by the same statement again and again (N + 1): a preload would ask once. */
export const queryRepeated: Event<QueryRepeated> = event("bennu.repo.query.repeat")

export interface UnitsOfWork extends Disposable {
  /** Runs `work` as one unit: a request, a job, an event of a live view. */
  run<R>(name: string, work: () => R): R
}

interface Unit {
  readonly name: string
  readonly times: Map<string, number>
}

/** Statements of a unit that are counted; one that has more of them has other troubles. */
const MAX_STATEMENTS = 1_000

/**
 * Looks for N + 1 queries while you develop: tells by `queryRepeated` when one unit of work has read by the same
 * statement so many times, once for each statement.
 * @param options `limit`, from how many times on (10).
 * @example const units = watchRepeats()
 * @example const plug = (conn, next) => units.run(conn.url.pathname, () => next(conn))
 */
export function watchRepeats({
  limit = 10,
}: {
  readonly limit?: number | undefined
} = {}): UnitsOfWork {
  const around = contextKey<Unit>("repo unit of work")
  const listening = queryStopped.subscribe(({ statement }) => {
    const unit = around.get()
    if (unit === undefined || !statement.startsWith("select")) return
    const times = (unit.times.get(statement) ?? 0) + 1
    if (times > 1 || unit.times.size < MAX_STATEMENTS) unit.times.set(statement, times)
    if (times === limit) queryRepeated.emit(() => ({ unit: unit.name, statement, times }))
  })
  return {
    run: (name, work) => around.run({ name, times: new Map() }, work),
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  }
}

export interface NetworkAwaited {
  /** Lines of a stack, the nearest first: who asked. */
  readonly at: string
}

/** A request went out from within a transaction, which keeps its connection and its locks until the answer comes. */
export const networkAwaited: Event<NetworkAwaited> = event("bennu.repo.transaction.network")

/** Node publishes both in the asynchronous context of who asks, for `fetch` and for `http.request`. */
const channels = ["undici:request:create", "http.client.request.start"] as const

/** Tells by `networkAwaited` of transactions that go out to the network, while you develop; until disposed. */
export function watchNetwork(): Disposable {
  const tell = (): void => {
    if (!Transaction.isAround) return
    networkAwaited.emit(() => ({ at: outermost(new Error().stack) }))
  }
  for (const channel of channels) subscribe(channel, tell)
  return {
    [Symbol.dispose]() {
      for (const channel of channels) unsubscribe(channel, tell)
    },
  }
}

const outermost = (stack = ""): string =>
  stack
    .split("\n")
    .slice(1)
    .filter((line) => !line.includes("node:") && !line.includes("/repo/src/watch.ts"))
    .slice(0, 5)
    .join("\n")
