/** Whether pages may show what helps a programmer. Production is what says so. @internal */
export const isDevelopment = (): boolean => process.env["NODE_ENV"] !== "production"

/** Whether the browser came by https, or would have to: behind a proxy that we were not told of, it did. @internal */
export function isSecure(origin: string): boolean {
  if (origin.startsWith("https:")) return true
  return !isDevelopment() && !isLoopback(origin)
}

function isLoopback(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname ?? ""
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
