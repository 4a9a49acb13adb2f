import { AsyncLocalStorage } from "node:async_hooks"
import type { Accepted, Refused, SocketHandler, UpgradeRequest } from "@bennu/channels"
import type { Awaitable } from "@bennu/core"
import { NoTestError } from "../setup/errors.ts"
import type { Setup, TestBase } from "../setup/setup.ts"
import { refuseInProduction, tokenIn } from "./token.ts"

/**
 * Lets sockets be a part of the test whose token they were opened with: live views and channels then work in its
 * transaction, for as long as the test runs.
 * @example sockets: { "/live": allowTestSockets(tests, liveSocket({ router, pubsub, secret })) }
 * @throws {ProductionError} where `NODE_ENV` is `"production"`.
 */
export function allowTestSockets(tests: Setup<TestBase>, handler: SocketHandler): SocketHandler {
  refuseInProduction("allowTestSockets")
  const within = <T>(request: UpgradeRequest, work: () => Awaitable<T>): Awaitable<T | Refused> => {
    const token = tokenIn((name) => request.header(name))
    if (token === null) return work()
    try {
      return tests.allow(token, work)
    } catch (error) {
      if (!(error instanceof NoTestError)) throw error
      return { status: error.status, body: error.message }
    }
  }
  return {
    protocol: handler.protocol,
    upgrade: (request) =>
      within(request, async () => {
        const answer = await handler.upgrade(request)
        return "open" in answer ? opensInside(answer) : answer
      }),
    request: (request) => within(request, async () => (await handler.request?.(request)) ?? null),
    drain: (deadline) => handler.drain?.(deadline),
    stop: () => handler.stop?.(),
  }
}

/** A connection that the server calls from wherever it is, and that works in the test all the same. */
function opensInside({ subprotocol, maxPayload, open }: Accepted): Accepted {
  const inside = AsyncLocalStorage.snapshot()
  return {
    subprotocol,
    maxPayload,
    open(transport) {
      const connection = inside(() => open(transport))
      return {
        message: (data) => inside(() => connection.message(data)),
        closed: (code) => inside(() => connection.closed(code)),
        drain: () => inside(() => connection.drain()),
      }
    },
  }
}
