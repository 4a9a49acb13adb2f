import type { SocketHandler } from "@bennu/channels"
import { type Duration, type Issue, milliseconds, OptionsError, type Random } from "@bennu/core"
import { type DispatchOptions, type Handler, type Plug, pipeline } from "@bennu/plug"
import { type StaticOptions, serveStatic } from "@bennu/plug/static"
import type { Router } from "@bennu/router"
import type { HealthOptions, ResolvedHealth } from "./http/health.ts"
import { hostsProblem, proxiesProblem } from "./http/peer.ts"
import type { TlsOptions } from "./http/server.ts"
import { type EndpointLimits, type ResolvedLimits, resolveLimits } from "./limits.ts"
import type { ResolvedDrain } from "./sockets/drain.ts"

export interface EndpointOptions extends DispatchOptions {
  readonly router: Router<Handler<{}>>
  /** 0 takes any that is free. Either this or `path`. */
  readonly port?: number | undefined
  /** A Unix socket to listen on instead of a port; what an earlier process left there is removed. */
  readonly path?: string | undefined
  /** Lets several processes listen on the port, and the system share connections out among them (`false`). */
  readonly reusePort?: boolean | undefined
  /** Certificate and key, for https. */
  readonly tls?: TlsOptions | undefined
  /** Speaks HTTP/2 to those that can, over TLS; WebSockets stay on HTTP/1.1 (`false`). */
  readonly http2?: boolean | undefined
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
  /** The origin that clients see, such as `"https://example.com"`, whatever host they ask for (the one they ask for). */
  readonly publicUrl?: string | undefined
  /** Hosts that are ours: `["example.com", "*.example.com"]`; others are answered with 421 (any). */
  readonly hosts?: readonly string[] | undefined
  /** Where balancers ask how we are: `/livez` and `/readyz`; `false` leaves these paths to the routes. */
  readonly health?: HealthOptions | false | undefined
  readonly limits?: EndpointLimits | undefined
  readonly drain?: DrainOptions | undefined
  /** Draws the order and the pauses in which sockets are closed (`Math.random`). */
  readonly random?: Random | undefined
}

/** How an endpoint stops. */
export interface DrainOptions {
  /** How long readiness fails before connections are refused: as long as a balancer takes to see it (`"0s"`). */
  readonly notice?: Duration | undefined
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
  readonly listen: {
    readonly port: number | undefined
    readonly path: string | undefined
    readonly host: string | undefined
    readonly reusePort: boolean
  }
  readonly tls: TlsOptions | undefined
  readonly http2: boolean
  readonly publicUrl: string | undefined
  readonly hosts: readonly string[]
  readonly health: ResolvedHealth | undefined
  readonly sockets: Readonly<Record<string, SocketHandler>>
  readonly trustProxy: readonly string[]
  readonly limits: ResolvedLimits
  readonly drain: ResolvedDrain & { readonly notice: number; readonly timeout: number }
  readonly random: Random
  readonly dispatch: DispatchOptions
}

const known: Readonly<Record<keyof EndpointOptions, true>> = {
  router: true,
  port: true,
  host: true,
  path: true,
  reusePort: true,
  tls: true,
  http2: true,
  publicUrl: true,
  hosts: true,
  health: true,
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
  const { router, port, path, sockets = {}, trustProxy = [], random = Math.random } = options
  const { tls, http2 = false, publicUrl, hosts = [], health = {}, drain = {} } = options
  const { limits, issues: limitIssues } = resolveLimits(options.limits ?? {})
  const { batchSize = 500 } = drain
  const issues: Issue[] = [
    ...unknownKeys(options),
    ...whereIssue(port, path),
    ...(http2 && tls === undefined
      ? [{ message: "needs tls: browsers speak it over TLS only", path: ["http2"] }]
      : []),
    ...(publicUrl === undefined || isOrigin(publicUrl)
      ? []
      : [{ message: 'has to be an origin, such as "https://example.com"', path: ["publicUrl"] }]),
    ...problem("hosts", hostsProblem(hosts)),
    ...(health === false ? [] : [health.live, health.ready].flatMap(healthIssue)),
    ...limitIssues,
    ...problem("trustProxy", proxiesProblem(trustProxy)),
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
    listen: {
      port,
      path,
      // undefined for all addresses, with or without IPv6
      host: options.host ?? (production ? undefined : "127.0.0.1"),
      reusePort: options.reusePort ?? false,
    },
    tls,
    http2,
    publicUrl,
    hosts,
    health:
      health === false
        ? undefined
        : { parts: health.parts, live: health.live ?? "/livez", ready: health.ready ?? "/readyz" },
    sockets,
    trustProxy,
    limits,
    drain: {
      notice: milliseconds(drain.notice ?? "0s"),
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

const problem = (option: keyof EndpointOptions, message: string | null): readonly Issue[] =>
  message === null ? [] : [{ message, path: [option] }]

function whereIssue(port: number | undefined, path: string | undefined): readonly Issue[] {
  if (path !== undefined) {
    if (port === undefined && path !== "") return []
    return [{ message: "has to be given alone, and port left out", path: ["path"] }]
  }
  if (port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535) return []
  return [{ message: "has to be a whole number from 0 to 65535", path: ["port"] }]
}

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}

const healthIssue = (path: string | undefined): readonly Issue[] =>
  path === undefined || MOUNT.test(path)
    ? []
    : [{ message: `has to be a path such as "/readyz", and not ${path}`, path: ["health"] }]

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
function plugBefore({ static: folders = {}, before, security }: EndpointOptions): Plug | undefined {
  const files: Plug[] = Object.entries(folders).map(([prefix, folder]) =>
    serveStatic({ security, ...(typeof folder === "string" ? { dir: folder } : folder), prefix }),
  )
  const plugs = before === undefined ? files : [...files, before]
  return plugs.length === 0 ? undefined : pipeline(...plugs)
}
