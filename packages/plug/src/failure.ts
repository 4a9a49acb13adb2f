import type { Issue } from "@bennu/core"
import { pathOf } from "@bennu/core"
import { checkedHeader, type HeaderPairs } from "./reply.ts"

/** What an error page may show; what it may show to whom is decided by the page. */
export interface Failure {
  readonly status: number
  /** The status in words: `"Not Found"`. */
  readonly title: string
  /** Stable; `ERR_INTERNAL` for what is nobody's business. */
  readonly code: string
  /** What is wrong, in words for the client; `null` when the fault is ours. */
  readonly detail: string | null
  /** What a schema said, part by part. */
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  /** Names this failure in logs. */
  readonly reference: string
  readonly headers: HeaderPairs
  readonly error: unknown
}

/** Reads an error. Only an error that says that it is the client's (`status` from 400 to 499) tells more than its reference. */
export function failureOf(error: unknown, reference: string): Failure {
  const status = statusOf(error)
  const mine = status >= 500
  return {
    status,
    title: titles.get(status) ?? (mine ? "Internal Server Error" : "Bad Request"),
    code: mine ? "ERR_INTERNAL" : (textOf(error, "code") ?? "ERR_REQUEST"),
    detail: mine ? null : textOf(error, "message"),
    issues: mine ? [] : issuesOf(error),
    reference,
    headers: headersOf(error),
    error,
  }
}

function statusOf(error: unknown): number {
  const isError = error instanceof Error && "status" in error
  const status = isError ? Number(error.status) : 500
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500
}

function textOf(error: unknown, key: "code" | "message"): string | null {
  // structural, because two copies of a package may be installed
  const value: unknown = error instanceof Error ? Reflect.get(error, key) : null
  return typeof value === "string" ? value : null
}

function issuesOf(error: unknown): Failure["issues"] {
  if (!(error instanceof Error && "issues" in error && Array.isArray(error.issues))) return []
  const part = "part" in error && typeof error.part === "string" ? [error.part] : []
  // what has a message and maybe a path is what Standard Schema calls an issue
  return error.issues.slice(0, 100).map((issue: Issue) => ({
    path: [...part, ...pathOf(issue)].map(String).join("."),
    message: String(issue.message),
  }))
}

function headersOf(error: unknown): HeaderPairs {
  if (!(error instanceof Error && "headers" in error && Array.isArray(error.headers))) return []
  return error.headers.map(([name, value]) => checkedHeader(String(name), String(value)))
}

/** A status in words, where it is one that we answer with. @internal */
export const titleOf = (status: number): string | undefined => titles.get(status)

// RFC 9110 §15, RFC 6585
const titles: ReadonlyMap<number, string> = new Map([
  [200, "OK"],
  [201, "Created"],
  [202, "Accepted"],
  [204, "No Content"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [406, "Not Acceptable"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [415, "Unsupported Media Type"],
  [422, "Unprocessable Content"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
])
