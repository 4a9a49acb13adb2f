import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Child, Health } from "@bennu/core"
import { ListenError } from "./errors.ts"
import { BodyRates } from "./http/body-rate.ts"
import { type Serving, serve } from "./http/exchange.ts"
import { fetchAdapter } from "./http/fetch-adapter.ts"
import { peerReader } from "./http/peer.ts"
import { requestIds } from "./http/request-id.ts"
import { type EndpointOptions, type ResolvedOptions, resolveOptions } from "./options.ts"
import { drainSockets } from "./sockets/drain.ts"
import { asksForWebSocket, mounts } from "./sockets/mounts.ts"
import { Upgrades } from "./sockets/upgrades.ts"
import { requestRefused, serverFailed } from "./telemetry.ts"

/** A server that listens. */
export interface Endpoint extends AsyncDisposable {
  /** Where it is found from this machine. */
  readonly url: URL
  /** Answers a request as the server does, without a network: for tests, and for other hosts. */
  fetch(request: Request): Promise<Response>
  health(): Health
  /**
   * Stops in order: no new connections; sockets are asked to come back later, some at a time; requests under way end.
   * What is left when `deadline` aborts is cut off. Called again it waits for the same end.
   */
  stop(deadline: AbortSignal): Promise<void>
}

/**
 * Serves an app over HTTP and WebSockets. Start it last, and give it to `supervisor`, which stops it first.
 * @throws {OptionsError} when an option makes no sense; {@link ListenError} from `start`, when the port is taken.
 * @example const { url } = await app.start(endpoint({ router, port: 4000 }))
 */
export function endpoint(options: EndpointOptions): Child<Endpoint> {
  const resolved = resolveOptions(options)
  return { name: "endpoint", start: (signal) => start(resolved, signal) }
}

async function start(options: ResolvedOptions, signal: AbortSignal): Promise<Endpoint> {
  signal.throwIfAborted()
  const { router, limits, drain, random, dispatch } = options
  const peerOf = peerReader(options.trustProxy)
  let stopped: Promise<void> | undefined
  const stopping = () => stopped !== undefined
  const found = mounts(options.sockets)
  const upgrades = new Upgrades({ mounts: found, limits, peerOf, stopping })
  const halt = new AbortController()
  const serving: Serving = {
    router,
    options: dispatch,
    limits,
    peerOf,
    rates: new BodyRates({ rate: limits.bodyRate, grace: limits.bodyGrace }),
    requestId: requestIds(),
    stopping,
    mounts: found,
    stopped: halt.signal,
  }
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersTimeout, limits.requestTimeout),
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    // how late a timeout may be noticed
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeout, limits.requestTimeout),
    rejectNonStandardBodyWrites: true,
    // anything else, HTTP/2 for one, is answered as if it had not been offered
    shouldUpgradeCallback: (request) =>
      asksForWebSocket(request) && found.handlerOf(request.url ?? "") !== null,
  })
  // Node drops what is beyond this without a word: one more than we take is enough to notice
  server.maxHeadersCount = limits.headerCount + 1
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.maxConnections = limits.connections
  server.on("request", (request, response) => serve(serving, request, response, false))
  server.on("checkContinue", (request, response) => serve(serving, request, response, true))
  server.on("upgrade", (request, socket, head) => void upgrades.handle(request, socket, head))
  server.on("drop", (dropped) => {
    const remoteAddress = dropped?.remoteAddress ?? null
    requestRefused.emit(() => ({ status: 503, reason: "too many connections", remoteAddress }))
  })
  await listen(server, options)
  // such as no file descriptor for another connection: those that are there go on
  server.on("error", (error) => serverFailed.emit(() => ({ error })))

  async function stop(deadline: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    halt.abort()
    const cut = () => {
      upgrades.cut()
      server.closeAllConnections()
    }
    if (deadline.aborted) cut()
    deadline.addEventListener("abort", cut, { once: true })
    await drainSockets(upgrades.sockets, drain, { deadline, random })
    await closed
    deadline.removeEventListener("abort", cut)
  }
  const stopOnce = (deadline: AbortSignal) => {
    if (stopped === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      stopped = promise
      stop(deadline).then(resolve, reject)
    }
    return stopped
  }
  return {
    url: urlOf(server, options.host),
    fetch: fetchAdapter(serving),
    health: () => ({ status: stopping() ? "down" : "up" }),
    stop: stopOnce,
    [Symbol.asyncDispose]: () => stopOnce(AbortSignal.timeout(drain.timeout)),
  }
}

function listen(server: Server, { port, host }: ResolvedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) => reject(new ListenError(port, host, cause))
    server.once("error", failed)
    server.listen({ port, host }, () => {
      server.off("error", failed)
      resolve()
    })
  })
}

function urlOf(server: Server, host: string | undefined): URL {
  // a server that listens on a port has an address of this kind
  const { port } = server.address() as AddressInfo
  const everywhere = host === undefined || host === "::" || host === "0.0.0.0"
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host
  return new URL(`http://${name}:${port}`)
}
