import { type Duration, type Issue, milliseconds } from "@bennu/core"
import { limitsOf } from "@bennu/plug"
import type { Route } from "@bennu/router"

/** How much one client may ask for. Beyond a limit a client is told so, and others notice nothing. */
export interface EndpointLimits {
  /** Bytes of all headers of a request (16,384); answered with 431 beyond it. */
  readonly headerBytes?: number | undefined
  /** Headers of a request (100); answered with 431 beyond it. */
  readonly headerCount?: number | undefined
  /** Bytes of the body of a request (8,388,608), where its scope says nothing else; answered with 413 beyond it. Parsers have bounds of their own. */
  readonly bodyBytes?: number | undefined
  /** Bytes a second that a body has to come by while it is waited for (1,024); answered with 408 below it. */
  readonly bodyRate?: number | undefined
  /** How long a body may be waited for before its rate counts (`"10s"`). */
  readonly bodyGrace?: Duration | undefined
  /** Requests that one connection may carry (10,000); it is closed behind the last one. */
  readonly requestsPerConnection?: number | undefined
  /** Connections at once (10,000); more are closed as they come. */
  readonly connections?: number | undefined
  /** WebSockets at once from one address (1,000); answered with 429 beyond it. */
  readonly socketsPerAddress?: number | undefined
  /** Parts of one WebSocket message (100); the socket is closed with 1008 beyond it. */
  readonly fragments?: number | undefined
  /** How long the headers of a request may take (`"15s"`); answered with 408 beyond it. */
  readonly headersTimeout?: Duration | undefined
  /** How long a whole request may take to arrive (`"60s"`), where its scope says nothing else; answered with 408 beyond it. */
  readonly requestTimeout?: Duration | undefined
  /** How long a client may take nothing of an answer that waits for it (`"30s"`). */
  readonly stallTimeout?: Duration | undefined
  /** How long a connection stays open without a request (`"5s"`). */
  readonly keepAliveTimeout?: Duration | undefined
}

/** What our code reads: nothing is optional, times are milliseconds. */
export type ResolvedLimits = Readonly<Record<keyof EndpointLimits, number>>

const counts = {
  headerBytes: 16_384,
  headerCount: 100,
  bodyBytes: 8_388_608,
  bodyRate: 1_024,
  requestsPerConnection: 10_000,
  connections: 10_000,
  socketsPerAddress: 1_000,
  fragments: 100,
} as const
const times = {
  bodyGrace: "10s",
  headersTimeout: "15s",
  requestTimeout: "60s",
  stallTimeout: "30s",
  keepAliveTimeout: "5s",
} as const

/** The limits with their defaults, and what is wrong with those given: a bound that is NaN would be no bound. */
export function resolveLimits(limits: EndpointLimits): {
  readonly limits: ResolvedLimits
  readonly issues: readonly Issue[]
} {
  const known = [...Object.keys(counts), ...Object.keys(times)]
  const issues: Issue[] = []
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue
    const problem = !known.includes(name)
      ? `is no limit; there are ${known.join(", ")}`
      : Object.hasOwn(times, name)
        ? timeProblem(value)
        : Number.isSafeInteger(value) && value >= 1
          ? null
          : "has to be a whole number from 1"
    if (problem !== null) issues.push({ message: problem, path: ["limits", name] })
  }
  if (issues.length > 0) return { limits: defaults, issues }
  return { limits: { ...defaults, ...defined(limits) }, issues }
}

/** What has to be let pass before it is known which route it is for: the most that any of them takes. */
export function mostOf(
  limits: ResolvedLimits,
  routes: readonly Pick<Route<unknown>, "meta">[],
): ResolvedLimits {
  let { bodyBytes, requestTimeout } = limits
  for (const route of routes) {
    const own = limitsOf(route)
    bodyBytes = Math.max(bodyBytes, own?.bodyBytes ?? 0)
    requestTimeout = Math.max(requestTimeout, own?.requestTimeout ?? 0)
  }
  return { ...limits, bodyBytes, requestTimeout }
}

function timeProblem(value: Duration): string | null {
  try {
    return milliseconds(value) >= 1 ? null : "has to be at least a millisecond"
  } catch {
    return 'has to be a duration, such as "15s"'
  }
}

/** Those that were given, in milliseconds where they are times. */
function defined(limits: EndpointLimits): Partial<ResolvedLimits> {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, milliseconds(value)]))
}

const defaults: ResolvedLimits = {
  ...counts,
  bodyGrace: milliseconds(times.bodyGrace),
  headersTimeout: milliseconds(times.headersTimeout),
  requestTimeout: milliseconds(times.requestTimeout),
  stallTimeout: milliseconds(times.stallTimeout),
  keepAliveTimeout: milliseconds(times.keepAliveTimeout),
}
