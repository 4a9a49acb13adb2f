import { FileBody } from "../file-body.ts"
import { type HeaderPairs, Reply } from "../reply.ts"
import { parseHttpDate } from "./http-date.ts"
import { rangeOf } from "./range.ts"

/** A file that is there, and how it is served. */
export interface ServedFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly type: string
  readonly cacheControl: string
  /** Of a variant that was compressed before. */
  readonly encoding?: string | undefined
  readonly headers?: HeaderPairs | undefined
}

/** What is asked of a request before it is answered with a file. */
export interface FileRequest {
  readonly method: string
  header(name: string): string | null
}

/**
 * Answers with a file: 304 when the client has it, 412 when it wants another version, 206 with the one range that was asked for, 416 when it has no such range.
 * @see RFC 9110 §13, §14
 */
export function fileReply(file: ServedFile, request: FileRequest): Reply {
  const { path, size, mtimeMs, type, cacheControl, encoding, headers = [] } = file
  const etag = `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}${encoding === undefined ? "" : `-${encoding}`}"`
  const modified = new Date(Math.floor(mtimeMs / 1000) * 1000).toUTCString()
  const common: HeaderPairs = [
    ["etag", etag],
    ["last-modified", modified],
    ["cache-control", cacheControl],
    ["accept-ranges", "bytes"],
    // what a file is, its name says, and not what a browser finds in it
    ["x-content-type-options", "nosniff"],
    ...headers,
  ]
  // in this order: RFC 9110 §13.2.2
  if (!isWanted(request, etag, mtimeMs)) return new Reply(412, common, null)
  if (isFresh(request, etag, mtimeMs)) return new Reply(304, common, null)
  const about: HeaderPairs = [
    ...common,
    ["content-type", type],
    ...(encoding === undefined ? [] : [["content-encoding", encoding] as const]),
  ]
  const wanted =
    request.method === "GET" && mayRange(request, etag, modified) ? request.header("range") : null
  const range = wanted === null ? null : rangeOf(wanted, size)
  if (range === "unsatisfiable") {
    return new Reply(416, [...common, ["content-range", `bytes */${size}`]], null)
  }
  const { start, end } = range ?? { start: 0, end: size }
  const length: HeaderPairs = [["content-length", String(end - start)]]
  const part: HeaderPairs =
    range === null ? [] : [["content-range", `bytes ${start}-${end - 1}/${size}`]]
  return new Reply(
    range === null ? 200 : 206,
    [...about, ...length, ...part],
    new FileBody(path, start, end),
  )
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000

/** Whether it is the version that the client goes on with (RFC 9110 §13.1.1, §13.1.4). */
function isWanted(request: FileRequest, etag: string, mtimeMs: number): boolean {
  const match = request.header("if-match")
  // only what is the same byte by byte: no weak tag is
  if (match !== null) return tagsOf(match).some((tag) => tag === "*" || tag === etag)
  const since = dateOf(request.header("if-unmodified-since"))
  return since === null || seconds(mtimeMs) <= since
}

/** Whether the client has it (RFC 9110 §13.1.2, §13.1.3). */
function isFresh(request: FileRequest, etag: string, mtimeMs: number): boolean {
  const noneMatch = request.header("if-none-match")
  if (noneMatch !== null)
    return tagsOf(noneMatch).some((tag) => tag === "*" || tag === etag || tag === `W/${etag}`)
  const since = dateOf(request.header("if-modified-since"))
  return since !== null && seconds(mtimeMs) <= since
}

// tags of ours hold no comma, so those of others may be cut in pieces
const tagsOf = (header: string): readonly string[] =>
  header.split(",", 100).map((tag) => tag.trim())
const dateOf = (header: string | null): number | null =>
  header === null ? null : parseHttpDate(header)

/** A range of another version would not fit to what the client has: RFC 9110 §13.1.5. */
function mayRange(request: FileRequest, etag: string, modified: string): boolean {
  const version = request.header("if-range")
  return version === null || version === etag || version === modified
}
