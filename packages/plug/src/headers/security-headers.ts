import { type Duration, milliseconds } from "@bennu/core"
import { pathProblem } from "../canonical-path.ts"
import { HeaderError } from "../errors.ts"
import { checkKeys } from "../options.ts"
import { checkedHeader, type HeaderPairs } from "../reply.ts"
import { contentSecurityPolicy, type Directives } from "./policy.ts"

export interface SecurityHeaderOptions {
  /**
   * Changes to the default policy, by directive: `{ "img-src": ["'self'", "https://images.example.com"] }`; `null` leaves
   * one out, `"'nonce'"` stands for the page's nonce. `false` sends no policy.
   */
  readonly contentSecurityPolicy?: Directives | false | undefined
  /**
   * Only reports what the policy would refuse (`false`). Changes, given as such, make a second policy that is only
   * reported, beside the one that holds: for trying a stricter one.
   */
  readonly reportOnly?: boolean | Directives | undefined
  /** Where browsers report what a policy refused: the path of `cspReports()`, or an https address. */
  readonly reports?: string | undefined
  /** How long browsers ask for https only, subdomains included, once they came by it (`"365d"`); `false` for not at all. */
  readonly hsts?: Duration | false | undefined
  /** What other sites get to know of the address that a visitor comes from (`"strict-origin-when-cross-origin"`). */
  readonly referrerPolicy?: string | undefined
  /** Features of the browser, off by default: `{ camera: ["self"] }`. */
  readonly permissions?:
    | Readonly<Record<string, readonly ("self" | "*" | `https://${string}`)[]>>
    | undefined
  /** Who shares a browsing context with windows that open us (`"same-origin"`). */
  readonly openerPolicy?: "same-origin" | "same-origin-allow-popups" | "unsafe-none" | undefined
  /** Who may embed what we answer (`"same-origin"`). */
  readonly resourcePolicy?: "same-origin" | "same-site" | "cross-origin" | undefined
}

const known: Readonly<Record<keyof SecurityHeaderOptions, true>> = {
  contentSecurityPolicy: true,
  reportOnly: true,
  reports: true,
  hsts: true,
  referrerPolicy: true,
  permissions: true,
  openerPolicy: true,
  resourcePolicy: true,
}

const FEATURES = [
  "camera",
  "display-capture",
  "geolocation",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
]

/**
 * The security headers of an answer, for any server: resolve them once, call the result for each answer.
 * `secureHeaders()` is the plug around it.
 * @example securityHeaders()({ nonce: "r4nd0m", secure: true })
 * @throws {HeaderError} for a policy or value that cannot be sent.
 */
export function securityHeaders(
  options: SecurityHeaderOptions = {},
): (answer: { readonly nonce: string; readonly secure: boolean }) => HeaderPairs {
  checkKeys("securityHeaders", options, known)
  const { hsts = "365d", reports } = options
  const policies = policiesOf(options)
  const fixed: HeaderPairs = [
    checkedHeader("x-content-type-options", "nosniff"),
    checkedHeader("referrer-policy", options.referrerPolicy ?? "strict-origin-when-cross-origin"),
    checkedHeader("cross-origin-opener-policy", options.openerPolicy ?? "same-origin"),
    checkedHeader("cross-origin-resource-policy", options.resourcePolicy ?? "same-origin"),
    checkedHeader("permissions-policy", permissionsPolicy(options.permissions ?? {})),
    checkedHeader("x-permitted-cross-domain-policies", "none"),
  ]
  const overTls: HeaderPairs = [
    ...(reports === undefined ? [] : [["reporting-endpoints", `${GROUP}="${reports}"`] as const]),
    ...(hsts === false ? [] : [["strict-transport-security", forSeconds(hsts)] as const]),
  ]
  return ({ nonce, secure }) => [
    ...policies.map(({ name, tls, plain }) => [name, (secure ? tls : plain)(nonce)] as const),
    ...fixed,
    ...(secure ? overTls : []),
  ]
}

const forSeconds = (hsts: Duration): string =>
  `max-age=${Math.floor(milliseconds(hsts) / 1000)}; includeSubDomains`

interface Policy {
  readonly name: string
  readonly tls: (nonce: string) => string
  readonly plain: (nonce: string) => string
}

const GROUP = "csp"
const HOLDS = "content-security-policy"
const TRIED = "content-security-policy-report-only"

function policiesOf(options: SecurityHeaderOptions): readonly Policy[] {
  const { contentSecurityPolicy: changes = {}, reportOnly = false, reports } = options
  const uri = reports === undefined ? {} : reportingTo(reports)
  const group = reports === undefined ? {} : { "report-to": [GROUP] }
  const made = (name: string, changes: Directives): Policy => ({
    name,
    tls: contentSecurityPolicy({ ...changes, ...uri, ...group }),
    plain: contentSecurityPolicy({ ...changes, ...uri }),
  })
  const own = changes === false ? [] : [made(reportOnly === true ? TRIED : HOLDS, changes)]
  const tried = typeof reportOnly === "object" ? [made(TRIED, reportOnly)] : []
  return [...own, ...tried]
}

/** Firefox and Safari know report-uri only. Who knows report-to looks at nothing else, but takes it over https alone: over http nobody would hear. */
function reportingTo(reports: string): Directives {
  const fits = pathProblem(reports) === null || URL.parse(reports)?.protocol === "https:"
  // it stands in quotes in one header, and between spaces in the other
  if (!fits || /["\\\s]/.test(reports)) {
    throw new HeaderError(
      `reports is ${JSON.stringify(reports)}, neither a path nor an https address`,
    )
  }
  return { "report-uri": [reports] }
}

function permissionsPolicy(allowed: Readonly<Record<string, readonly string[]>>): string {
  const all = new Map<string, readonly string[]>(FEATURES.map((feature) => [feature, []]))
  for (const [feature, origins] of Object.entries(allowed)) all.set(feature, origins)
  return Array.from(all, ([feature, origins]) => {
    const list = origins.map((origin) =>
      origin.startsWith("https:") ? JSON.stringify(origin) : origin,
    )
    return origins.includes("*") ? `${feature}=*` : `${feature}=(${list.join(" ")})`
  }).join(", ")
}
