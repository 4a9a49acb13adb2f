import { type Duration, milliseconds } from "@bennu/core"
import { CorsError } from "../errors.ts"
import { checkKeys, isOrigin } from "../options.ts"
import { checkedHeader, type HeaderPairs } from "../reply.ts"

export interface CorsOptions {
  /**
   * Who may read the answers: origins such as `"https://app.example.com"`, a function that knows them, or `"*"` for
   * what is public.
   */
  readonly origins: readonly string[] | ((origin: string) => boolean) | "*"
  /** Lets them send the visitor's cookies (`false`); not to be had with `"*"`. */
  readonly credentials?: boolean | undefined
  /** (`["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]`) */
  readonly methods?: readonly string[] | undefined
  /** Headers that they may send beside the harmless ones (`["content-type"]`). */
  readonly headers?: readonly string[] | undefined
  /** Headers that they may read beside the harmless ones (none). */
  readonly exposed?: readonly string[] | undefined
  /** How long browsers remember what a preflight said (`"10m"`). */
  readonly maxAge?: Duration | undefined
}

/** What is asked of a request. */
export interface CorsRequest {
  readonly method: string
  /** @param name In lower case. */
  header(name: string): string | null
}

export interface CorsDecision {
  /** Whether it only asks for permission: then it is answered at once, with these headers and no body. */
  readonly preflight: boolean
  /** Whether the origin may read the answer; `true` where nobody asks. */
  readonly allowed: boolean
  /** For the answer; `vary` is among them, whatever was asked. */
  readonly headers: HeaderPairs
}

const known: Readonly<Record<keyof CorsOptions, true>> = {
  origins: true,
  credentials: true,
  methods: true,
  headers: true,
  exposed: true,
  maxAge: true,
}

/**
 * Tells browsers which other origins may read answers, for any server: resolve the options once, ask for each request.
 * Nothing that a request says is repeated in an answer, but an origin that is allowed. `cors()` is the plug around it.
 * @throws {CorsError} for `"*"` with credentials, and for origins that no browser would send.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsPolicy(options: CorsOptions): (request: CorsRequest) => CorsDecision {
  checkKeys("cors", options, known)
  const { origins, credentials = false, methods = METHODS, headers = ["content-type"] } = options
  const { exposed = [] } = options
  const allows = allowing(origins, credentials)
  const list = (name: string, values: readonly string[]) =>
    values.map((value) => named(name, value)).join(", ")
  const always: HeaderPairs = [
    ...(credentials ? [["access-control-allow-credentials", "true"] as const] : []),
    ...(exposed.length === 0
      ? []
      : [["access-control-expose-headers", list("exposed", exposed)] as const]),
  ]
  const permissions: HeaderPairs = [
    checkedHeader("access-control-allow-methods", list("methods", methods)),
    checkedHeader("access-control-allow-headers", list("headers", headers)),
    ["access-control-max-age", String(Math.floor(milliseconds(options.maxAge ?? "10m") / 1000))],
  ]
  return (request) => {
    const origin = request.header("origin")
    const preflight =
      request.method === "OPTIONS" &&
      origin !== null &&
      request.header("access-control-request-method") !== null
    const vary = preflight ? PREFLIGHT_VARY : VARY
    if (origin === null) return { preflight, allowed: true, headers: vary }
    if (!allows(origin)) return { preflight, allowed: false, headers: vary }
    const allowed = ["access-control-allow-origin", origins === "*" ? "*" : origin] as const
    const more = preflight ? permissions : []
    return { preflight, allowed: true, headers: [...vary, allowed, ...always, ...more] }
  }
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
const VARY: HeaderPairs = [["vary", "origin"]]
const PREFLIGHT_VARY: HeaderPairs = [
  ["vary", "origin, access-control-request-method, access-control-request-headers"],
]

function allowing(
  origins: CorsOptions["origins"],
  credentials: boolean,
): (origin: string) => boolean {
  if (origins === "*") {
    if (!credentials) return () => true
    throw new CorsError(`"*" with credentials would let every site read as the visitor`)
  }
  // sandboxed frames and files say "null", whoever made them; and only true is yes, not a promise of it
  if (typeof origins === "function")
    return (origin) => origin !== "null" && origins(origin) === true
  for (const origin of origins) {
    if (!isOrigin(origin)) throw new CorsError(`${JSON.stringify(origin)} is no origin`)
  }
  const allowed = new Set(origins)
  return (origin) => allowed.has(origin)
}

// RFC 9110 §5.6.2; a "*" would mean every header, or one called "*" where there are credentials
const TOKEN = /^[!#$%&'+\-.^_`|~0-9A-Za-z]+$/

function named(option: string, value: string): string {
  if (TOKEN.test(value)) return value
  throw new CorsError(`${option} holds ${JSON.stringify(value.slice(0, 100))}, which is no name`)
}
