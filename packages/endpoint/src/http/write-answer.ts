import { open } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import type { Awaitable } from "@bennu/core"
import { FileBody, type HeaderPairs, Reply } from "@bennu/plug"

/** Headers one after another: name, value, name, value. What `writeHead` takes without making an object of them. */
export type FlatHeaders = string[]

/** How an answer is to be written. */
export interface Writing {
  readonly response: ServerResponse
  /** How long a client may take nothing of what waits for it, in milliseconds. */
  readonly stall: number
  /** Ends the response; called last, with what is left to write. */
  end(last?: string | Uint8Array): void
}

/**
 * Writes an answer, once. It makes no promise for what is written at once.
 * @param headers The endpoint's own, to which the answer's are added.
 */
export function writeAnswer(
  answer: Response | Reply,
  headers: FlatHeaders,
  writing: Writing,
): Awaitable<void> {
  const { response } = writing
  const bare = response.req.method === "HEAD" || answer.status === 204 || answer.status === 304
  if (Reply.is(answer)) {
    const { body } = answer
    const whole = !bare && (body === null || typeof body === "string" || body instanceof Uint8Array)
    addFlat(headers, answer.headers, whole)
    if (bare) {
      writeHead(response, answer.status, headers)
      // nobody will read it
      if (body instanceof ReadableStream) body.cancel().catch(() => {})
      return writing.end()
    }
    if (body instanceof FileBody) return writeFile(answer.status, headers, body, writing)
    if (body instanceof ReadableStream) {
      writeHead(response, answer.status, headers)
      return writeStream(body, writing)
    }
    const length =
      body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength
    headers.push("content-length", String(length))
    writeHead(response, answer.status, headers)
    return body === null ? writing.end() : writing.end(body)
  }
  if (answer.status < 200)
    throw new TypeError(`a Response with the status ${answer.status} is no answer`)
  const { body } = answer
  addFlat(headers, [...answer.headers], body === null && !bare)
  if (body === null && !bare) headers.push("content-length", "0")
  writeHead(response, answer.status, headers)
  if (body === null) return writing.end()
  if (bare) {
    body.cancel().catch(() => {})
    return writing.end()
  }
  return writeStream(body, writing)
}

/** Begins an answer. */
export function writeHead(
  response: ServerResponse,
  status: number,
  headers: FlatHeaders,
): ServerResponse {
  if (response.req.httpVersionMajor === 1) return response.writeHead(status, headers)
  // HTTP/2 knows no "connection", and of lines with the same name its writeHead would keep the last only
  const lines = new Map<string, string[]>()
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ""
    if (name !== "connection") lines.set(name, [...(lines.get(name) ?? []), headers[at + 1] ?? ""])
  }
  return response.writeHead(status, Object.fromEntries(lines))
}

// the connection's own headers are ours to write (RFC 9110 §7.6.1), and the id is the one that we know it by
const OURS: ReadonlySet<string> = new Set([
  "x-request-id",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
])

/** @param measured Whether the length is known here, so that the answer's own word for it does not count. */
function addFlat(headers: FlatHeaders, pairs: HeaderPairs, measured: boolean): void {
  // each answer passes here, and iterators take their time
  for (let at = 0; at < pairs.length; at += 1) {
    const pair = pairs[at]
    if (pair === undefined) continue
    const name = pair[0]
    if (!OURS.has(name) && !(measured && name === "content-length")) headers.push(name, pair[1])
  }
}

/** As fast as the client reads, and no longer than it does. */
async function writeStream(body: ReadableStream<Uint8Array>, writing: Writing): Promise<void> {
  const { response, stall } = writing
  response.strictContentLength = true
  const reader = body.getReader()
  const gone = () => void reader.cancel().catch(() => {})
  response.once("close", gone)
  try {
    while (!response.destroyed) {
      const { done, value } = await reader.read()
      if (response.destroyed) break
      if (done) return writing.end()
      if (!response.write(value)) await drained(response, stall)
    }
    gone()
  } finally {
    response.off("close", gone)
  }
}

/** Ends an answer of which a client takes nothing for so long. */
export function giveUp(response: ServerResponse, stall: number): void {
  // HTTP/1.1 would close the connection by itself; HTTP/2 would let a stream hang that is given no room
  if (response.listenerCount("timeout") === 0) {
    response.on("timeout", () => response.destroy())
    if (response.req.httpVersionMajor === 1) timed(response)
  }
  response.setTimeout(stall)
}

/** The clock is the connection's: it must not run on for the next answer, whose handler may take its time. */
function timed(response: ServerResponse): void {
  const { socket } = response.req
  // before Node hands the connection to the next one, which may set it
  response.prependOnceListener("finish", () => socket.setTimeout(0))
}

/** Resolves once more can be written, or nothing ever will be. */
const drained = (response: ServerResponse, stall: number): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      response.off("drain", go)
      response.off("close", go)
      response.setTimeout(0)
      resolve()
    }
    response.on("drain", go)
    response.on("close", go)
    giveUp(response, stall)
  })

async function writeFile(
  status: number,
  headers: FlatHeaders,
  { file, start, end: behind }: FileBody,
  writing: Writing,
): Promise<void> {
  const { response, stall } = writing
  if (start >= behind) {
    writeHead(response, status, headers)
    return writing.end()
  }
  // opened first: a file that is gone by now is no answer yet
  const handle = await open(file)
  try {
    response.strictContentLength = true
    writeHead(response, status, headers)
    const stream = handle.createReadStream({ start, end: behind - 1, autoClose: false })
    giveUp(response, stall)
    await pipeline(stream, response, { end: false })
  } finally {
    await handle.close()
  }
  writing.end()
}
