import type { SocketHandler } from "@bennu/channels"
import { type Duration, type Issue, milliseconds, OptionsError, type Random } from "@bennu/core"
import type { DispatchOptions, Handler, Plug } from "@bennu/plug"
import { type StaticOptions, serveStatic } from "@bennu/plug/static"
import type { Router } from "@bennu/router"
import { proxiesProblem } from "./http/peer.ts"
import { type EndpointLimits, type ResolvedLimits, resolveLimits } from "./limits.ts"
import type { ResolvedDrain } from "./sockets/drain.ts"

export interface EndpointOptions extends DispatchOptions {
  readonly router: Router<Handler<{}>>
  /** 0 takes any that is free. */
  readonly port: number
  /** The address to listen on: this machine only (`"127.0.0.1"`), in production all of its addresses. */
  readonly host?: string | undefined
  /** What speaks on sockets, by the path that it is found at or below. */
  readonly sockets?: Readonly<Record<`/${string}`, SocketHandler>> | undefined
  /** Folders whose files are served, by the path that they are found below. */
  readonly static?:
    | Readonly<Record<`/${string}`, string | Omit<StaticOptions, "prefix">>>
    | undefined
  /** Addresses and ranges of the proxies whose `X-Forwarded-…` headers count (none). */
  readonly trustProxy?: readonly string[] | undefined
  readonly limits?: EndpointLimits | undefined
  readonly drain?: DrainOptions | undefined
  /** Draws the order and the pauses in which sockets are closed (`Math.random`). */
  readonly random?: Random | undefined
}

/** How an endpoint stops. */
export interface DrainOptions {
  /** Sockets asked to close at once (500). */
  readonly batchSize?: number | undefined
  /** The pause before the next ones, give or take half (`"200ms"`). */
  readonly batchInterval?: Duration | undefined
  /** How long requests may go on where no supervisor says (`"10s"`). */
  readonly timeout?: Duration | undefined
}

/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedOptions {
  readonly router: Router<Handler<{}>>
  readonly port: number
  /** Undefined for all addresses, with or without IPv6. */
  readonly host: string | undefined
  readonly sockets: Readonly<Record<string, SocketHandler>>
  readonly trustProxy: readonly string[]
  readonly limits: ResolvedLimits
  readonly drain: ResolvedDrain & { readonly timeout: number }
  readonly random: Random
  readonly dispatch: DispatchOptions
}

const known: Readonly<Record<keyof EndpointOptions, true>> = {
  router: true,
  port: true,
  host: true,
  sockets: true,
  static: true,
  trustProxy: true,
  limits: true,
  drain: true,
  random: true,
  before: true,
  methodOverride: true,
  development: true,
  errorPage: true,
  security: true,
}

/** @throws {OptionsError} listing all that is wrong. */
export function resolveOptions(options: EndpointOptions): ResolvedOptions {
  const { router, port, sockets = {}, trustProxy = [], drain = {}, random = Math.random } = options
  const { limits, issues: limitIssues } = resolveLimits(options.limits ?? {})
  const { batchSize = 500 } = drain
  const proxies = proxiesProblem(trustProxy)
  const issues: Issue[] = [
    ...unknownKeys(options),
    ...(Number.isInteger(port) && port >= 0 && port <= 65_535
      ? []
      : [{ message: "has to be a whole number from 0 to 65535", path: ["port"] }]),
    ...limitIssues,
    ...(proxies === null ? [] : [{ message: proxies, path: ["trustProxy"] }]),
    ...Object.keys(sockets).flatMap(mountIssue),
    ...(Number.isSafeInteger(batchSize) && batchSize >= 1
      ? []
      : [{ message: "has to be a whole number from 1", path: ["drain", "batchSize"] }]),
  ]
  if (issues.length > 0) throw new OptionsError("endpoint", issues)
  // read once: the environment is slow to ask
  const production = process.env["NODE_ENV"] === "production"
  return {
    router,
    port,
    host: options.host ?? (production ? undefined : "127.0.0.1"),
    sockets,
    trustProxy,
    limits,
    drain: {
      batchSize,
      batchInterval: milliseconds(drain.batchInterval ?? "200ms"),
      timeout: milliseconds(drain.timeout ?? "10s"),
    },
    random,
    dispatch: {
      before: plugBefore(options),
      methodOverride: options.methodOverride,
      development: options.development ?? !production,
      errorPage: options.errorPage,
      security: options.security,
    },
  }
}

function unknownKeys(options: object): readonly Issue[] {
  const message = `is no option; there are ${Object.keys(known).join(", ")}`
  return Object.keys(options)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => ({ message, path: [key] }))
}

// one path, as it is sent: no pattern, no slash at the end, nothing to decode
const MOUNT = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/

const mountIssue = (mount: string): readonly Issue[] =>
  MOUNT.test(mount)
    ? []
    : [{ message: 'has to be a path such as "/live"', path: ["sockets", mount] }]

/** What runs around the router: files, and then the app's own plug. */
function plugBefore({ static: folders = {}, before }: EndpointOptions): Plug | undefined {
  const files = Object.entries(folders).map(([prefix, folder]) =>
    serveStatic({ ...(typeof folder === "string" ? { dir: folder } : folder), prefix }),
  )
  const plugs = before === undefined ? files : [...files, before]
  const inner = plugs.pop()
  if (inner === undefined) return undefined
  return plugs.reduceRight<Plug>(
    (rest, plug) => (conn, next) => plug(conn, (conn) => rest(conn, next)),
    inner,
  )
}
