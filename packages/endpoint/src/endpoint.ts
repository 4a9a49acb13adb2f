import { rm, stat } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { setTimeout } from "node:timers/promises"
import type { Child, Health } from "@bennu/core"
import { dispatcher } from "@bennu/plug"
import { ListenError } from "./errors.ts"
import { BodyRates } from "./http/body-rate.ts"
import { type Serving, serve } from "./http/exchange.ts"
import { fetchAdapter } from "./http/fetch-adapter.ts"
import { IdleLines } from "./http/idle.ts"
import { peerReader } from "./http/peer.ts"
import { protection } from "./http/protection.ts"
import { requestIds } from "./http/request-id.ts"
import { type WebServer, webServer } from "./http/server.ts"
import { mostOf } from "./limits.ts"
import { type EndpointOptions, type ResolvedOptions, resolveOptions } from "./options.ts"
import { drainHandlers, drainSockets, stopHandlers } from "./sockets/drain.ts"
import { asksForWebSocket, mounts } from "./sockets/mounts.ts"
import { Upgrades } from "./sockets/upgrades.ts"
import { serverFailed } from "./telemetry.ts"

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
  const { router, limits, tls, http2, drain, random, dispatch } = options
  const { trustProxy: proxies, hosts, publicUrl: origin } = options
  const peerOf = peerReader({ proxies, hosts, origin })
  let ended: Promise<void> | undefined
  const stopping = () => ended !== undefined
  const stopped = new AbortController()
  const most = mostOf(limits, router.routes)
  const found = mounts(options.sockets)
  const protect = protection(dispatch.security)
  const upgrades = new Upgrades({ mounts: found, limits, peerOf, protect, stopping })
  const serving: Serving = {
    dispatch: dispatcher(router, dispatch),
    limits,
    taken: { maxBodySize: limits.bodyBytes },
    most,
    peerOf,
    rates: new BodyRates({ rate: limits.bodyRate, grace: limits.bodyGrace }),
    idle: new IdleLines(limits.keepAliveTimeout),
    keepAlive: `timeout=${Math.floor(limits.keepAliveTimeout / 1_000)}`,
    protect,
    health: options.health,
    mounts: found,
    stopped: stopped.signal,
    requestId: requestIds(),
    stopping,
  }
  // anything else, HTTP/2 in the clear for one, is answered as if it had not been offered
  const isUpgrade = (request: IncomingMessage) =>
    asksForWebSocket(request) && found.handlerOf(request.url ?? "") !== null
  const web = webServer({ limits: most, tls, http2, upgrades: isUpgrade })
  const { server } = web
  // what node:http2 gives has all that we use of what node:http gives
  server.on("request", (request: IncomingMessage, response: ServerResponse) =>
    serve(serving, request, response, false),
  )
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) =>
    serve(serving, request, response, true),
  )
  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    serving.idle.forget(request.socket)
    void upgrades.handle(request, socket, head)
  })
  await listen(web, options)
  // such as no file descriptor for another connection: those that are there go on
  server.on("error", (error: unknown) => serverFailed.emit(() => ({ error })))

  async function stop(deadline: AbortSignal): Promise<void> {
    const cut = () => {
      upgrades.cut()
      web.cut()
    }
    // who balances has seen that we are not ready before connections are refused
    if (drain.notice > 0) {
      await setTimeout(drain.notice, undefined, { signal: deadline }).catch(() => {})
    }
    stopped.abort()
    const closed = web.close()
    if (deadline.aborted) cut()
    deadline.addEventListener("abort", cut, { once: true })
    await drainHandlers(found.handlers, deadline)
    await drainSockets(upgrades.sockets, drain, { deadline, random })
    await closed
    await upgrades.closed()
    await stopHandlers(found.handlers)
    serving.rates.stop()
    serving.idle.stop()
    deadline.removeEventListener("abort", cut)
  }
  const stopOnce = (deadline: AbortSignal) => {
    if (ended === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      ended = promise
      stop(deadline).then(resolve, reject)
    }
    return ended
  }
  return {
    url: urlOf(web, options),
    fetch: fetchAdapter(serving),
    health: () => ({ status: stopping() ? "down" : "up" }),
    stop: stopOnce,
    [Symbol.asyncDispose]: () => stopOnce(AbortSignal.timeout(drain.timeout)),
  }
}

async function listen({ server }: WebServer, { listen }: ResolvedOptions): Promise<void> {
  const { path, ...address } = listen
  if (path !== undefined) await removeSocket(path)
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: unknown) => reject(new ListenError(listen, cause))
    server.once("error", failed)
    server.listen(path === undefined ? address : { path }, () => {
      server.off("error", failed)
      resolve()
    })
  })
}

/** Removes the Unix socket that a process left which did not end well: one that nobody answers on, and nothing else. */
async function removeSocket(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isSocket()) return
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })
  if (!answered) await rm(path, { force: true })
}

function urlOf({ server }: WebServer, { listen: { host }, tls }: ResolvedOptions): URL {
  const scheme = tls === undefined ? "http" : "https"
  const address: AddressInfo | string | null = server.address()
  // a Unix socket has no address that a URL could name
  if (typeof address === "string" || address === null) return new URL(`${scheme}://localhost`)
  const everywhere = host === undefined || host === "::" || host === "0.0.0.0"
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host
  return new URL(`${scheme}://${name}:${address.port}`)
}
