import { event } from "@bennu/telemetry"
import { type BareConn, exchangeOf } from "../conn.ts"
import { MalformedError, PayloadTooLargeError, UnsupportedMediaTypeError } from "../errors.ts"
import { readBytes } from "../parsers/bytes.ts"
import { parseJson } from "../parsers/json.ts"
import { parseMediaType } from "../parsers/media-type.ts"
import { Reply } from "../reply.ts"

/** What a browser refused, or would have. Anybody may send such a report: believe it as far as a hint goes. */
export interface CspViolation {
  /** `script-src-elem` */
  readonly directive: string
  /** What was refused: an address without its query, or `inline`, `eval` and the like. */
  readonly blocked: string
  /** The page, without its query. */
  readonly page: string
  /** Where in which file, if it says so. */
  readonly source: string
  readonly line: number | null
  readonly disposition: "enforce" | "report"
  /** The first characters of what was refused, when the policy asks for them. */
  readonly sample: string
}

/** Tells of every violation of the policy that a browser reports. */
export const cspViolated = event<CspViolation>("bennu.plug.csp.violated")

const MAX_BYTES = 65_536
const MAX_REPORTS = 20
const MAX_TEXT = 300

/**
 * Reads what a browser reports about its Content-Security-Policy, in the form of the Reporting API or the older one. Texts are
 * cut to 300 characters and hold no control characters; addresses lose their query; other reports are left out.
 * @throws {UnsupportedMediaTypeError} (415) {@link PayloadTooLargeError} (413) {@link MalformedError} (400)
 * @see https://w3c.github.io/webappsec-csp/#reporting
 */
export async function readCspReports(request: {
  readonly headers: Pick<Headers, "get">
  readonly body: ReadableStream<Uint8Array> | null
}): Promise<readonly CspViolation[]> {
  const type = parseMediaType(request.headers.get("content-type") ?? "")?.essence
  if (type === undefined || !TYPES.includes(type)) {
    throw new UnsupportedMediaTypeError("this is no report", TYPES)
  }
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BYTES)
    throw new PayloadTooLargeError(MAX_BYTES)
  const bytes = await readBytes(request.body, MAX_BYTES)
  const body = parseJson(Buffer.from(bytes).toString(), { maxDepth: 8 })
  if (Array.isArray(body)) return body.slice(0, MAX_REPORTS).flatMap(fromReport)
  const report = field(body, "csp-report")
  if (typeof report !== "object" || report === null) throw new MalformedError("this is no report")
  return [violation(report, OLD)]
}

const TYPES = ["application/reports+json", "application/csp-report", "application/json"]

function fromReport(report: unknown): readonly CspViolation[] {
  const body = field(report, "body")
  const isViolation = field(report, "type") === "csp-violation" && typeof body === "object"
  return isViolation && body !== null ? [violation(body, NEW)] : []
}

/** What the same is called in either form. */
interface Names {
  readonly directive: readonly string[]
  readonly blocked: string
  readonly page: string
  readonly source: string
  readonly line: string
  readonly sample: string
}
const NEW: Names = {
  directive: ["effectiveDirective"],
  blocked: "blockedURL",
  page: "documentURL",
  source: "sourceFile",
  line: "lineNumber",
  sample: "sample",
}
const OLD: Names = {
  directive: ["effective-directive", "violated-directive"],
  blocked: "blocked-uri",
  page: "document-uri",
  source: "source-file",
  line: "line-number",
  sample: "script-sample",
}

function violation(report: object, names: Names): CspViolation {
  const line = field(report, names.line)
  return {
    directive: text(names.directive.map((name) => field(report, name)).find(isText)),
    blocked: address(field(report, names.blocked)),
    page: address(field(report, names.page)),
    source: address(field(report, names.source)),
    line: typeof line === "number" && Number.isSafeInteger(line) ? line : null,
    disposition: field(report, "disposition") === "report" ? "report" : "enforce",
    sample: text(field(report, names.sample)),
  }
}

const isText = (value: unknown): value is string => typeof value === "string"

function field(value: unknown, name: string): unknown {
  const isOwn = typeof value === "object" && value !== null && Object.hasOwn(value, name)
  return isOwn ? Reflect.get(value, name) : undefined
}

const text = (value: unknown): string =>
  isText(value)
    ? value
        .slice(0, MAX_TEXT)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a log must not be given
        .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, " ")
        .toWellFormed()
    : ""

/** Queries and fragments hold tokens and names of people. */
function address(value: unknown): string {
  const whole = text(value)
  const end = whole.search(/[?#]/)
  return end === -1 ? whole : whole.slice(0, end)
}

/**
 * Takes the reports of browsers and tells of them as `bennu.plug.csp.violated`. Give its path to `secureHeaders` as
 * `reports`, and mount it outside of scopes with sessions: a report needs no visitor.
 * @example post(path.cspReports, cspReports())
 */
export function cspReports(): (conn: BareConn) => Promise<Reply> {
  return async (conn) => {
    const headers = { get: (name: string) => conn.header(name) }
    const violations = await readCspReports({
      headers,
      body: conn.source.body(exchangeOf(conn).bounds),
    })
    for (const violation of violations) cspViolated.emit(() => violation)
    return new Reply(204, [], null)
  }
}
