import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import type { Accepted, Refused, SocketHandler } from "@bennu/channels"
import { type WebSocket, WebSocketServer } from "ws"
import { objectionTo } from "../http/objection.ts"
import type { PeerReader } from "../http/peer.ts"
import type { Protection } from "../http/protection.ts"
import type { ResolvedLimits } from "../limits.ts"
import { requestRefused, socketFailed } from "../telemetry.ts"
import { Crowd } from "./crowd.ts"
import type { Mounts } from "./mounts.ts"
import { refuse } from "./refuse.ts"
import { TextFrames } from "./text-frames.ts"
import { UpgradeSource } from "./upgrade-source.ts"
import { watch } from "./waiting.ts"
import { connect } from "./ws-transport.ts"

export interface UpgradeOptions {
  readonly mounts: Mounts
  readonly limits: ResolvedLimits
  readonly peerOf: PeerReader
  readonly protect: Protection
  readonly stopping: () => boolean
}

/** Turns requests into sockets, where their handlers agree. Refusals are plain HTTP answers. */
export class Upgrades {
  /** Those that are open. */
  readonly sockets = new Set<WebSocket>()
  /** Connections of which it is not yet decided. */
  readonly #waiting = new Set<Duplex>()
  readonly #options: UpgradeOptions
  /** By the largest message that a handler takes: ws has one size for all of a server. */
  readonly #servers = new Map<number, WebSocketServer>()
  readonly #subprotocols = new WeakMap<IncomingMessage, string>()
  readonly #perAddress: Crowd
  readonly #frames = new TextFrames()

  constructor(options: UpgradeOptions) {
    this.#options = options
    this.#perAddress = new Crowd(options.limits.socketsPerAddress)
  }

  /** Cuts off what is open and what waits. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate()
    for (const socket of this.#waiting) socket.destroy()
  }

  /** Resolves when the handlers of those that are open know that they are closed. */
  async closed(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => once(socket, "close")))
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy())
    const { limits, mounts, peerOf, protect, stopping } = this.#options
    const peer = peerOf(request)
    const refused = (answer: Refused) => refuse(socket, answer, protect(peer))
    const objection =
      objectionTo(request, peer, limits) ??
      (peer?.welcome === false ? { status: 421, reason: "no host of ours" } : null) ??
      handshakeObjection(request)
    if (objection !== null || peer === null) {
      const { status, reason } = objection ?? { status: 400, reason: "no host" }
      requestRefused.emit(() => ({ status, reason, remoteAddress: peer?.remoteAddress ?? null }))
      const headers = status === 426 ? { "sec-websocket-version": "13" } : undefined
      return refused({ status, headers, body: `${status}: ${reason}\n` })
    }
    const handler = mounts.handlerOf(request.url ?? "")
    if (handler === null) return refused({ status: 404 })
    if (stopping()) return refused(UNAVAILABLE)
    if (!this.#perAddress.enter(peer.remoteAddress, socket)) {
      const reason = "too many sockets from one address"
      requestRefused.emit(() => ({ status: 429, reason, remoteAddress: peer.remoteAddress }))
      return refused({ status: 429, headers: UNAVAILABLE.headers })
    }
    const source = new UpgradeSource(request, peer, socket)
    const early = watch(socket, head)
    this.#waiting.add(socket)
    const timer = setTimeout(() => refused(UNAVAILABLE), limits.requestTimeout)
    const answer = await decide(handler, source)
    clearTimeout(timer)
    this.#waiting.delete(socket)
    const first = early()
    if (!socket.writable) return void socket.destroy()
    if (!("open" in answer)) return refused(answer)
    if (stopping()) return refused(UNAVAILABLE)
    try {
      this.#open(handler, answer, request, socket, first)
      // what has been watched does not flow again by itself
      socket.resume()
    } catch (error) {
      socketFailed.emit(() => ({ protocol: handler.protocol, error }))
      refused({ status: 500 })
    }
  }

  #open(
    { protocol }: SocketHandler,
    accepted: Accepted,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    if (accepted.subprotocol !== undefined) this.#subprotocols.set(request, accepted.subprotocol)
    this.#serverFor(accepted.maxPayload).handleUpgrade(request, socket, head, (ws) => {
      this.#enter(ws)
      connect(ws, { socket, frames: this.#frames }, accepted, failing(protocol))
    })
  }

  #enter(ws: WebSocket): void {
    this.sockets.add(ws)
    ws.on("close", () => this.sockets.delete(ws))
  }

  #serverFor(maxPayload: number): WebSocketServer {
    // zero would be no bound
    if (!(Number.isSafeInteger(maxPayload) && maxPayload >= 1)) {
      throw new RangeError(`maxPayload is ${maxPayload}, and has to be a whole number from 1`)
    }
    const known = this.#servers.get(maxPayload)
    if (known !== undefined) return known
    const made = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // a small message that grows without bound when it is unpacked
      perMessageDeflate: false,
      maxPayload,
      maxFragments: this.#options.limits.fragments,
      maxBufferedChunks: 16_384,
      handleProtocols: (_, request) => this.#subprotocols.get(request) ?? false,
    })
    // handlers have one size each; the bound is for one that makes sizes up
    if (this.#servers.size < 64) this.#servers.set(maxPayload, made)
    return made
  }
}

const UNAVAILABLE: Refused = { status: 503, headers: { "retry-after": "1" } }

const failing = (protocol: string) => (error: unknown) =>
  socketFailed.emit(() => ({ protocol, error }))

/** A guard that throws denies. */
async function decide(handler: SocketHandler, request: UpgradeSource): Promise<Accepted | Refused> {
  try {
    return await handler.upgrade(request)
  } catch (error) {
    socketFailed.emit(() => ({ protocol: handler.protocol, error }))
    return { status: 500 }
  }
}

/** What is wrong with a handshake (RFC 6455 §4.2.1), asked before the handler is: it may count tries. */
function handshakeObjection({ method, headers, httpVersion }: IncomingMessage) {
  if (method !== "GET" || httpVersion === "1.0")
    return { status: 400, reason: "not a GET of HTTP/1.1" }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")) {
    return { status: 400, reason: "no valid Sec-WebSocket-Key" }
  }
  if (headers["sec-websocket-version"] !== "13")
    return { status: 426, reason: "not version 13 of WebSocket" }
  return null
}
