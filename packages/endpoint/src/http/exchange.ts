import type { IncomingMessage, ServerResponse } from "node:http"
import { types } from "node:util"
import type { Awaitable } from "@bennu/core"
import {
  type BodyBounds,
  type Conn,
  type ConnOptions,
  createConn,
  Reply,
  requestIdOf,
  setRequestId,
} from "@bennu/plug"
import { type Attributes, isHeard, type Span, span, unheard } from "@bennu/telemetry"
import type { ResolvedLimits } from "../limits.ts"
import type { Mounts } from "../sockets/mounts.ts"
import { plainRequest } from "../sockets/plain-request.ts"
import { answerFailed, REQUEST, requestRefused } from "../telemetry.ts"
import { bodyBytes } from "./body-bytes.ts"
import type { BodyRates } from "./body-rate.ts"
import { type BodyOptions, bodyStream } from "./body-stream.ts"
import { finishLate } from "./finish-late.ts"
import { healthReply, type ResolvedHealth } from "./health.ts"
import type { IdleLines, Line } from "./idle.ts"
import { type Carrier, hasBody, NodeSource } from "./node-source.ts"
import { objectionTo } from "./objection.ts"
import type { Peer, PeerReader } from "./peer.ts"
import type { Protection } from "./protection.ts"
import { type FlatHeaders, giveUp, type Writing, writeAnswer, writeHead } from "./write-answer.ts"

/** What all requests of an endpoint share. */
export interface Serving {
  readonly dispatch: (conn: Conn) => Awaitable<Response | Reply>
  readonly limits: ResolvedLimits
  /** What a conn takes where no route says otherwise. */
  readonly taken: ConnOptions
  /** What some route takes at most. */
  readonly most: ResolvedLimits
  readonly peerOf: PeerReader
  readonly rates: BodyRates
  readonly idle: IdleLines
  /** What clients are told of how long a connection may be idle. */
  readonly keepAlive: string
  readonly protect: Protection
  readonly health: ResolvedHealth | undefined
  readonly mounts: Mounts
  /** Aborts when the endpoint stops. */
  readonly stopped: AbortSignal
  /** Names a request. @param given The name that a trusted proxy gave it. */
  readonly requestId: (given: string | null) => string
  /** Whether the endpoint stops, so that connections end with the answer that is under way. */
  readonly stopping: () => boolean
}

/** Answers one request of `node:http`. @param waits Whether the client waits for "100 Continue" with its body. */
export function serve(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
  waits: boolean,
): void {
  const peer = serving.peerOf(request)
  const objection = objectionTo(request, peer, serving.most)
  const health =
    objection === null && serving.health !== undefined
      ? healthReply(serving.health, request.url ?? "", serving.stopping)
      : null
  if (health === null && objection === null && peer?.welcome) {
    const exchange = new Exchange(serving, request, response, waits, peer)
    // most bodies come in one packet with their head, and are whole at the end of this turn: then nobody waits for them
    const soon = !waits && request.httpVersionMajor === 1 && hasBody(request)
    if (soon) setImmediate(() => exchange.run())
    else exchange.run()
    return
  }
  const writing = new Writer(serving, request, response, waits)
  const close = health === null || serving.stopping()
  const write = (answer: Reply) => {
    const own = serving.protect(peer).flat()
    writing.addConnection(own, close)
    return writeAnswer(answer, own, writing)
  }
  if (health !== null) {
    finish(types.isPromise(health) ? health.then(write) : write(health))
    return
  }
  const { status, reason } = objection ?? { status: 421, reason: "no host of ours" }
  requestRefused.emit(() => ({ status, reason, remoteAddress: peer?.remoteAddress ?? null }))
  finish(write(new Reply(status, REFUSED, `${status}: ${reason}\n`)))
}

const REFUSED = [["content-type", "text/plain; charset=utf-8"]] as const

/** Nobody waits for this promise, and it says by itself what went wrong. */
function finish(work: Awaitable<void>): void {
  if (types.isPromise(work)) work.catch(() => {})
}

// as much as costs less to read than a new connection
const SMALL = 65_536

/** Whether much of the request is still on its way, or may be. */
function isLate(request: IncomingMessage): boolean {
  // a stream of HTTP/2 ends by itself
  if (request.complete || !hasBody(request) || request.httpVersionMajor === 2) return false
  return !(Number(request.headers["content-length"]) <= SMALL)
}

/** Writes to one request's response. */
class Writer implements Writing {
  readonly response: ServerResponse
  protected readonly serving: Serving
  protected readonly request: IncomingMessage
  /** Whether the client waits with its body, and nobody has asked for it. */
  protected waits: boolean
  /** What it came by; HTTP/2 has streams, and ends them by itself. */
  readonly #line: Line | null

  constructor(
    serving: Serving,
    request: IncomingMessage,
    response: ServerResponse,
    waits: boolean,
  ) {
    this.serving = serving
    this.request = request
    this.response = response
    this.waits = waits
    this.#line = request.httpVersionMajor === 2 ? null : serving.idle.of(request.socket)
    if (this.#line !== null) this.#line.open += 1
  }

  /** Says whether the connection stays, and how long. */
  addConnection(headers: FlatHeaders, close: boolean): void {
    if (close) headers.push("connection", "close")
    else if (this.#line !== null && this.response.shouldKeepAlive) {
      headers.push("keep-alive", this.serving.keepAlive)
    }
  }

  get stall(): number {
    return this.serving.limits.stallTimeout
  }

  /** At once, or after the rest of a body that nobody wanted has passed by. */
  end(last?: string | Uint8Array): void {
    const { request, response, serving } = this
    if (this.waits || !isLate(request)) response.end(last)
    else finishLate(request, response, serving.limits.bodyBytes, last)
    if (this.#line !== null) this.#line.open -= 1
    // mostly all of it has left by now
    if (response.writableLength > 0) giveUp(response, this.stall)
  }
}

class Exchange extends Writer implements Carrier {
  readonly #source: NodeSource
  readonly #id: string
  /** Whether a socket handler may hold it, until there is something to tell. */
  #isSockets = false

  constructor(
    serving: Serving,
    request: IncomingMessage,
    response: ServerResponse,
    waits: boolean,
    peer: Peer,
  ) {
    super(serving, request, response, waits)
    this.#source = new NodeSource(request, peer, this)
    this.#id = serving.requestId(peer.trusted ? this.#source.header("x-request-id") : null)
  }

  run(): void {
    try {
      const work = isHeard(REQUEST) ? this.#told() : this.#answer(unheard)
      if (types.isPromise(work)) work.catch((error) => this.#broken(error))
    } catch (error) {
      this.#broken(error)
    }
  }

  #told(): Awaitable<void> {
    const header = (name: string) => this.#source.header(name)
    const answer = (span: Span) => this.#answer(span)
    return span(REQUEST, () => this.#attributes(), answer, { kind: "server", header })
  }

  // names of OpenTelemetry's semantic conventions; no query, which may hold secrets
  #attributes(): Attributes {
    const { method, target, remoteAddress } = this.#source
    const query = target.indexOf("?")
    return {
      "http.request.method": method,
      "url.path": query === -1 ? target : target.slice(0, query),
      "client.address": remoteAddress ?? undefined,
      "bennu.request.id": this.#id,
    }
  }

  #answer(span: Span): Awaitable<void> {
    const { mounts, taken } = this.serving
    const conn = createConn(this.#source, taken)
    setRequestId(conn, this.#id)
    this.#isSockets = mounts.handlerOf(this.#source.target) !== null
    const mine = this.#isSockets ? plainRequest(mounts, this.#source) : null
    if (types.isPromise(mine)) {
      return mine.then((answer) =>
        answer ? this.#write(conn, answer, span) : this.#dispatch(conn, span),
      )
    }
    return mine ? this.#write(conn, mine, span) : this.#dispatch(conn, span)
  }

  #dispatch(conn: Conn, span: Span): Awaitable<void> {
    const answer = this.serving.dispatch(conn)
    return types.isPromise(answer)
      ? answer.then((answer) => this.#write(conn, answer, span))
      : this.#write(conn, answer, span)
  }

  #write(conn: Conn, answer: Response | Reply, span: Span): Awaitable<void> {
    if (span !== unheard) span.set({ "http.response.status_code": answer.status })
    const own = ["x-request-id", requestIdOf(conn)]
    // what came too slowly is not waited for any longer
    const slow = answer.status === 408
    if (slow) this.waits = true
    this.addConnection(own, slow || this.#mustClose())
    return writeAnswer(answer, own, this)
  }

  /** A connection whose request was not read to its end cannot carry another. */
  #mustClose(): boolean {
    if (this.serving.stopping()) return true
    return isLate(this.request)
  }

  /** What nobody else caught: an answer that broke off, or could not be written at all. */
  #broken(error: unknown): void {
    answerFailed.emit(() => ({ id: this.#id, error }))
    // what was begun cannot be taken back: the client has to see that it is not whole
    if (this.response.headersSent) this.response.destroy()
    else writeHead(this.response, 500, ["connection", "close", "content-length", "0"]).end()
  }

  onGone(gone: () => void): void {
    const response = this.response
    if (response.destroyed && !response.writableFinished) gone()
    else response.once("close", () => response.writableFinished || gone())
    if (!this.#isSockets) return
    const { stopped } = this.serving
    if (stopped.aborted) gone()
    stopped.addEventListener("abort", gone, { once: true })
    response.once("close", () => stopped.removeEventListener("abort", gone))
  }

  body(bounds?: BodyBounds): ReadableStream<Uint8Array> {
    return bodyStream(this.request, this.#reading(bounds))
  }

  bytes(bounds: BodyBounds): Awaitable<Uint8Array> {
    return bodyBytes(this.request, this.#reading(bounds))
  }

  #reading(bounds: BodyBounds | undefined): BodyOptions {
    const { limits, rates } = this.serving
    const { bytes: limit = limits.bodyBytes, timeout = limits.requestTimeout } = bounds ?? {}
    const begin = () => {
      if (this.waits) this.response.writeContinue()
      this.waits = false
    }
    return { limit, timeout, rates, begin }
  }
}
