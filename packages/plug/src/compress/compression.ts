import type { Awaitable } from "@bennu/core"
import { negotiateEncoding } from "../accept-encoding.ts"
import { checkedLimit, checkKeys } from "../options.ts"
import { type HeaderPairs, Reply, type ReplyBody } from "../reply.ts"
import { headerOf, toResponse, withHeaders } from "../response.ts"
import { type Coding, packings } from "./codings.ts"
import { isCompressible } from "./compressible.ts"
import { packed } from "./packed.ts"
import { type Asked, isProvoked } from "./provoked.ts"

export interface CompressionOptions {
  /** What is offered; among those that a client likes as much, the first (`["zstd", "br", "gzip"]`). */
  readonly codings?: readonly Coding[] | undefined
  /** Answers that are smaller go as they are (1,024 bytes). */
  readonly minBytes?: number | undefined
  /** How many answers are compressed at once; more than that go as they are (16). */
  readonly maxAtOnce?: number | undefined
  /** The same for streams, which take as long as their readers do, and up to a MiB of memory each (100). */
  readonly maxStreams?: number | undefined
  /**
   * Compresses what another site makes a visitor's browser ask for with its cookies, too (`false`). Only for an app whose
   * pages show nothing that is secret beside what an address says.
   */
  readonly crossSite?: boolean | undefined
}

const known: Readonly<Record<keyof CompressionOptions, true>> = {
  codings: true,
  minBytes: true,
  maxAtOnce: true,
  maxStreams: true,
  crossSite: true,
}

/** Compresses an answer for whoever asked, or gives it back as it is. */
export interface Compress {
  (request: Asked, answer: Response): Awaitable<Response>
  (request: Asked, answer: Response | Reply): Awaitable<Response | Reply>
}

/**
 * Makes answers of text smaller on their way, for any server: resolve the options once, call the result for each answer.
 * `compress()` is the plug around it.
 *
 * Left as they are: files, ranges, what is small or compressed already, what says `Cache-Control: no-transform`, and what
 * another site made a visitor's browser ask for (BREACH).
 * @throws {RangeError} for a bound that is none, and a coding that we do not write.
 * @see RFC 9110 §8.4, §12.5.3
 */
export function compression(options: CompressionOptions = {}): Compress {
  checkKeys("compression", options, known)
  const { codings = ["zstd", "br", "gzip"], crossSite = false } = options
  const minBytes = checkedLimit("minBytes", options.minBytes ?? 1_024)
  const maxAtOnce = checkedLimit("maxAtOnce", options.maxAtOnce ?? 16)
  const maxStreams = checkedLimit("maxStreams", options.maxStreams ?? 100)
  const odd = codings.find((coding) => !Object.hasOwn(packings, coding))
  if (odd !== undefined) throw new RangeError(`compression: ${odd} is none of zstd, br and gzip`)
  const offered = new Map(codings.map((coding) => [coding, packings[coding]]))
  let atOnce = 0
  let streams = 0
  const watch = { began: () => void streams++, ended: () => void streams-- }

  async function whole(answer: Reply, body: string | Uint8Array, coding: Coding) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body
    atOnce += 1
    try {
      const fewer = await packings[coding].whole(bytes)
      return fewer.length < bytes.length ? encoded(answer, coding, fewer) : answer
    } finally {
      atOnce -= 1
    }
  }

  function compress(request: Asked, answer: Response): Awaitable<Response>
  function compress(request: Asked, answer: Response | Reply): Awaitable<Response | Reply>
  function compress(request: Asked, given: Response | Reply): Awaitable<Response | Reply> {
    if (given.status === 304) return withHeaders(given, VARY)
    if (!isCompressible(given) || sizeOf(given) < minBytes) return given
    const answer = withHeaders(given, VARY)
    if (!crossSite && isProvoked(request)) return answer
    const coding = negotiateEncoding(request.header("accept-encoding"), offered)
    if (coding === undefined) return answer
    // its headers are those of a GET, and nobody reads what it would say
    if (request.method === "HEAD") return encoded(answer, coding, null)
    const { body } = answer
    if (body instanceof ReadableStream) {
      if (streams >= maxStreams) return answer
      return encoded(answer, coding, packed(body, packings[coding], watch))
    }
    if (atOnce >= maxAtOnce || !Reply.is(answer) || !isWhole(answer.body)) return answer
    return whole(answer, answer.body, coding)
  }
  return compress
}

const VARY: HeaderPairs = [["vary", "accept-encoding"]]

const isWhole = (body: ReplyBody): body is string | Uint8Array =>
  typeof body === "string" || body instanceof Uint8Array

/** In bytes, or what a stream says of itself. */
function sizeOf(answer: Response | Reply): number {
  if (Reply.is(answer) && isWhole(answer.body)) return Buffer.byteLength(answer.body)
  const length = headerOf(answer, "content-length")
  return length === null ? Number.POSITIVE_INFINITY : Number(length)
}

/** The same answer with other bytes. */
function encoded(answer: Response | Reply, coding: Coding, body: ReplyBody): Response | Reply {
  const headers = headersOf(Reply.is(answer) ? answer.headers : [...answer.headers], coding)
  const reply = new Reply(answer.status, headers, body)
  return Reply.is(answer) ? reply : toResponse(reply)
}

function headersOf(before: HeaderPairs, coding: Coding): HeaderPairs {
  const headers = before.filter(([name]) => !OF_BYTES.has(name)).map(weakened)
  return [...headers, ["content-encoding", coding]]
}

// they told of the other bytes, and of parts of them
const OF_BYTES: ReadonlySet<string> = new Set(["content-length", "accept-ranges"])

/** A strong tag says that it is the same byte by byte: RFC 9110 §8.8.1. */
const weakened = ([name, value]: HeaderPairs[number]): HeaderPairs[number] =>
  name === "etag" && !value.startsWith("W/") ? [name, `W/${value}`] : [name, value]
