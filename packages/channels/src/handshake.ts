import { decodeForm } from "@bennu/plug/parsers"
import type { UpgradeRequest } from "./transport.ts"

/** What a request for a socket says. */
export interface Handshake {
  readonly params: Readonly<Record<string, unknown>>
  /** What the client has as its `authToken`. */
  readonly authToken: string | null
  /** What to answer in `Sec-WebSocket-Protocol`. */
  readonly subprotocol: string | undefined
}

/** Why a request cannot become a socket. */
export interface Objection {
  readonly status: number
  readonly reason: string
}

const TOKEN = "base64url.bearer.phx."

/** Reads the request for a WebSocket, or says why it is not one of this protocol. */
export function readHandshake(request: UpgradeRequest): Handshake | Objection {
  if (request.method !== "GET") return { status: 400, reason: "not a GET" }
  if (transportOf(request) !== "websocket") {
    return { status: 404, reason: "not the path of a WebSocket" }
  }
  const offered = (request.header("sec-websocket-protocol") ?? "").split(",").map((it) => it.trim())
  const token = offered.find((name) => name.startsWith(TOKEN))
  const authToken = token === undefined ? null : fromBase64(token.slice(TOKEN.length))
  if (authToken === undefined) return { status: 403, reason: "the auth token is not base64" }
  const subprotocol = offered.includes("phoenix") ? "phoenix" : undefined
  return greeting(request, { authToken, subprotocol })
}

/** The same of the first poll of a client. */
export const readPollHandshake = (request: UpgradeRequest): Handshake | Objection =>
  greeting(request, { authToken: request.header("x-phoenix-authtoken"), subprotocol: undefined })

/** Which way of this protocol a path asks for: its last segment. */
export function transportOf({ target }: UpgradeRequest): "websocket" | "longpoll" | null {
  const [path] = split(target)
  if (path.endsWith("/websocket")) return "websocket"
  return path.endsWith("/longpoll") ? "longpoll" : null
}

function greeting(
  { target }: UpgradeRequest,
  rest: Omit<Handshake, "params">,
): Handshake | Objection {
  const params = decoded(split(target)[1])
  if (params === null) return { status: 400, reason: "the query cannot be decoded" }
  if (!speaksVersion2(params["vsn"]))
    return { status: 403, reason: "not version 2.0 of the protocol" }
  return { params, ...rest }
}

function split(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf("?")
  return mark === -1 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)]
}

function decoded(query: string): Readonly<Record<string, unknown>> | null {
  try {
    return decodeForm(query)
  } catch {
    return null
  }
}

// `~> 2.0.0`, as the reference server has it. Without a vsn a client speaks version 1, which nobody does any more.
const speaksVersion2 = (vsn: unknown): boolean =>
  typeof vsn === "string" && /^2\.0\.[0-9]{1,4}$/.test(vsn)

/** The client encodes with `btoa`, which takes one byte a character, and drops the padding. */
function fromBase64(text: string): string | undefined {
  return /^[A-Za-z0-9+/_-]+$/.test(text)
    ? Buffer.from(text, "base64").toString("latin1")
    : undefined
}
