import { FileBody } from "../file-body.ts"
import { parseMediaType } from "../parsers/media-type.ts"
import type { Reply } from "../reply.ts"
import { headerOf } from "../response.ts"

/** Whether an answer is text that may be packed on its way. */
export function isCompressible(answer: Response | Reply): boolean {
  const { status, body } = answer
  if (body === null || status < 200 || status === 204 || status === 205 || status === 206)
    return false
  // files are packed when they are built
  if (body instanceof FileBody) return false
  if (MADE.some((name) => headerOf(answer, name) !== null)) return false
  if (/(?:^|[\s,])no-transform(?:$|[\s,])/i.test(headerOf(answer, "cache-control") ?? ""))
    return false
  const type = parseMediaType(headerOf(answer, "content-type") ?? "")?.essence
  return type !== undefined && isText(type)
}

// what speaks of the bytes as they are: RFC 9110 §8.4 and §14.4, RFC 9530 §2
const MADE = ["content-encoding", "content-range", "content-digest"] as const

const isText = (type: string): boolean =>
  type.startsWith("text/") || /\+(?:json|xml|text)$/.test(type) || TEXTS.has(type)

const TEXTS: ReadonlySet<string> = new Set([
  "application/json",
  "application/javascript",
  "application/xml",
  "application/x-ndjson",
  "application/wasm",
])
