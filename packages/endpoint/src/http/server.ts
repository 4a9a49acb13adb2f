import { createServer, type IncomingMessage, type Server } from "node:http"
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2"
import { createServer as createTlsServer } from "node:https"
import type { Socket } from "node:net"
import type { SecureContextOptions } from "node:tls"
import type { ResolvedLimits } from "../limits.ts"
import { requestRefused } from "../telemetry.ts"
import { answerParserError } from "./parser-error.ts"

/** Certificate and key, and whatever else `node:tls` takes. */
export type TlsOptions = SecureContextOptions

export interface ServerOptions {
  readonly limits: ResolvedLimits
  readonly tls: TlsOptions | undefined
  readonly http2: boolean
  /** Whether a request that asks for another protocol may get it. */
  readonly upgrades: (request: IncomingMessage) => boolean
}

/** A server of any of our protocols, with what it takes to end it. */
export interface WebServer {
  readonly server: Server | Http2SecureServer
  /** Takes no new connections and ends idle ones; resolves once all are closed. */
  close(): Promise<void>
  /** Ends all that are left at once. */
  cut(): void
}

/** Makes the server of `node:http`, `node:https` or `node:http2` that keeps the limits. It does not listen yet. */
export function webServer(options: ServerOptions): WebServer {
  const { limits } = options
  const server = made(options)
  server.maxConnections = limits.connections
  server.on("clientError", answerParserError)
  server.on("drop", (dropped) => {
    const remoteAddress = dropped?.remoteAddress ?? null
    requestRefused.emit(() => ({ status: 503, reason: "too many connections", remoteAddress }))
  })
  const connections = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    connections.add(socket)
    socket.once("close", () => connections.delete(socket))
  })
  const sessions = new Set<ServerHttp2Session>()
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session)
    session.once("close", () => sessions.delete(session))
    session.on("error", () => {})
    // whoever says nothing for so long is asked to come back: what is under way may end
    session.setTimeout(limits.requestTimeout, () => session.close())
  })
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.close()
      }),
    cut() {
      for (const socket of connections) socket.destroy()
    },
  }
}

function made({ limits, tls, http2, upgrades }: ServerOptions): Server | Http2SecureServer {
  const parsing = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersTimeout, limits.requestTimeout),
    requestTimeout: limits.requestTimeout,
    // we end idle connections ourselves
    keepAliveTimeout: 0,
    // how late a timeout may be noticed
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeout, limits.requestTimeout),
    rejectNonStandardBodyWrites: true,
    // nothing is emitted of a body that there is none of: nobody here listens for it
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: upgrades,
  }
  const counting = {
    // Node drops what is beyond this without a word: one more than we take is enough to notice
    maxHeadersCount: limits.headerCount + 1,
    maxRequestsPerSocket: limits.requestsPerConnection,
  }
  if (tls === undefined) return Object.assign(createServer(parsing), counting)
  // how long a client may take to agree on keys
  const secure = { minVersion: "TLSv1.2", ...tls, handshakeTimeout: limits.headersTimeout } as const
  if (!http2) return Object.assign(createTlsServer({ ...secure, ...parsing }), counting)
  const server = createSecureServer({
    ...secure,
    allowHTTP1: true,
    // in megabytes, for each connection
    maxSessionMemory: 10,
    maxHeaderListPairs: limits.headerCount + PSEUDO_HEADERS,
    settings: {
      maxConcurrentStreams: 100,
      maxHeaderListSize: limits.headerBytes,
      enablePush: false,
    },
    // who opens and cancels without end: CVE-2023-44487
    streamResetBurst: 200,
    streamResetRate: 33,
    maxSessionInvalidFrames: 100,
  })
  // what speaks HTTP/1.1 to it is held to the same limits: the server reads them when it begins to listen
  return Object.assign(server, parsing, counting)
}

// method, scheme, authority, path: they count as headers there
const PSEUDO_HEADERS = 4
