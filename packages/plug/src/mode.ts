/** Whether pages may show what helps a programmer. Production is what says so. @internal */
export const isDevelopment = (): boolean => process.env["NODE_ENV"] !== "production"

/**
 * Whether the browser came by https, or would have to: behind a proxy that we were not told of, it did.
 * @param development Read once: the environment is slow to ask.
 * @internal
 */
export function isSecure(origin: string, development: boolean): boolean {
  if (origin.startsWith("https:")) return true
  return !development && !isLoopback(origin)
}

/** Whether an origin is this machine, as browsers see it. @internal */
export function isLoopback(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname ?? ""
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
