import { isLoopback } from "./mode.ts"
import { checkKeys } from "./options.ts"
import type { Plug } from "./plug.ts"

export interface ForceHttpsOptions {
  /** Where https is answered, a port included (the host that was asked for, without its port). */
  readonly host?: string | undefined
}

/**
 * Sends whoever came by http to https, with the method and the path that they came with. Put it into `before` where the
 * endpoint itself, or a proxy that it trusts, takes both; `hsts` of `secureHeaders()` then keeps browsers from asking again.
 * This machine's own addresses are left alone.
 * @throws {TypeError} when `host` is none.
 */
export function forceHttps(options: ForceHttpsOptions = {}): Plug {
  checkKeys("forceHttps", options, { host: true })
  const { host } = options
  if (host !== undefined && URL.parse(`https://${host}`)?.host !== host) {
    throw new TypeError(`host is ${JSON.stringify(host)}, which is none such as "example.com"`)
  }
  return (conn, next) => {
    const { origin, transport, source } = conn
    if (transport === "live" || origin.startsWith("https:") || isLoopback(origin)) return next(conn)
    const allowed = `https://${host ?? new URL(origin).hostname}`
    const external = new URL(source.target, allowed).href
    // 308 keeps method and body (RFC 9110 §15.4.9)
    return conn.redirect({ external, allow: [new URL(allowed).origin] }).withStatus(308)
  }
}
