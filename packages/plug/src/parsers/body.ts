import { isUtf8 } from "node:buffer"
import type { Awaitable } from "@bennu/core"
import { andThen } from "../awaitable.ts"
import { type BareConn, exchangeOf } from "../conn.ts"
import { MalformedError, PayloadTooLargeError, UnsupportedMediaTypeError } from "../errors.ts"
import { readBytes } from "./bytes.ts"
import { decodeForm, type FormLimits, type FormValues } from "./form.ts"
import { type JsonLimits, parseJson } from "./json.ts"
import { parseMediaType } from "./media-type.ts"

/** A body that was read, with how it was written. */
export type ParsedBody =
  | { readonly format: "none"; readonly value: undefined }
  | { readonly format: "json"; readonly value: unknown }
  | { readonly format: "form"; readonly value: FormValues }
  | { readonly format: "text"; readonly value: string }

export interface BodyLimits extends JsonLimits, FormLimits {
  /** How many bytes are read at most (1 MB). */
  readonly maxBytes?: number | undefined
}

const MAX_BYTES = 1_048_576

/**
 * Reads and decodes the body of a plain `Request`: JSON, a form, or text.
 * @throws {UnsupportedMediaTypeError} (415) {@link PayloadTooLargeError} (413) {@link MalformedError} (400)
 */
export async function readBody(request: Request, limits: BodyLimits = {}): Promise<ParsedBody> {
  const { maxBytes = MAX_BYTES } = limits
  const header = (name: string) => request.headers.get(name)
  checkLength(header("content-length"), maxBytes)
  return decodeBody(header, await readBytes(request.body, maxBytes), limits)
}

/** Reads and decodes a conn's body, once: whoever asks later is given the same value. The first one's limits hold. */
export const bodyOf = (conn: BareConn, limits?: BodyLimits): Promise<ParsedBody> =>
  Promise.resolve(parsedBody(conn, limits))

/** The same, at once where the body has come already. @internal */
export function parsedBody(conn: BareConn, limits: BodyLimits = {}): Awaitable<ParsedBody> {
  const exchange = exchangeOf(conn)
  exchange.parsed ??= readConn(conn, limits)
  return exchange.parsed
}

/** Whether a form comes with it, as forms without files are sent. @internal */
export const isForm = (conn: BareConn): boolean =>
  parseMediaType(conn.header("content-type") ?? "")?.essence === FORM
const FORM = "application/x-www-form-urlencoded"

// what is wrong with a body is kept like the body: whoever asks later is told the same
function readConn(conn: BareConn, limits: BodyLimits): Awaitable<ParsedBody> {
  const { maxBytes = MAX_BYTES } = limits
  try {
    checkLength(conn.header("content-length"), maxBytes)
    const header = (name: string) => conn.header(name)
    const bytes = exchangeOf(conn).bytes(maxBytes)
    return andThen(bytes, (bytes) => decodeBody(header, bytes, limits))
  } catch (error) {
    return Promise.reject(error)
  }
}

/** @throws {PayloadTooLargeError} for what says itself that it is too large. @internal */
export function checkLength(length: string | null, maxBytes: number): void {
  if (length !== null && Number(length) > maxBytes) throw new PayloadTooLargeError(maxBytes)
}

const ACCEPTED = ["application/json", FORM, "text/plain"] as const

function decodeBody(
  header: (name: string) => string | null,
  bytes: Uint8Array,
  limits: BodyLimits,
): ParsedBody {
  const contentType = header("content-type")
  if (bytes.length === 0) return { format: "none", value: undefined }
  const encoding = header("content-encoding")
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new UnsupportedMediaTypeError("the body is compressed", ["it as it is"])
  }
  if (contentType === null)
    throw new UnsupportedMediaTypeError("the body has no content type", ACCEPTED)
  const type = parseMediaType(contentType)
  if (type === null)
    throw new UnsupportedMediaTypeError("the content type is not well-formed", ACCEPTED)
  const charset = type.parameters.get("charset")
  if (charset !== undefined && charset.toLowerCase() !== "utf-8") {
    throw new UnsupportedMediaTypeError(
      `the charset ${JSON.stringify(charset.slice(0, 40))} is not read`,
      ["UTF-8"],
    )
  }
  const { essence } = type
  if (
    essence === "application/json" ||
    (essence.startsWith("application/") && essence.endsWith("+json"))
  ) {
    return { format: "json", value: parseJson(textOf(bytes), limits) }
  }
  if (essence === FORM) {
    return { format: "form", value: decodeForm(textOf(bytes), limits) }
  }
  if (essence === "text/plain") return { format: "text", value: textOf(bytes) }
  throw new UnsupportedMediaTypeError(
    `a body of the type ${essence.slice(0, 100)} is not read`,
    ACCEPTED,
  )
}

/** As a TextDecoder reads it, a byte order mark left out, in half the time. */
function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new MalformedError("the body is not valid UTF-8")
  const { buffer, byteOffset, length } = bytes
  const text = Buffer.from(buffer, byteOffset, length).toString()
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}
const BYTE_ORDER_MARK = 0xfeff
