import { connect, type Socket } from "node:net"
import type { ParsedOptions } from "postgres"

/**
 * How postgres.js connects, but that what is small goes out at once: the end of a COPY, which it writes by itself, would
 * wait 40 ms for the server's delayed acknowledgement (Nagle, RFC 896). Where an url names several hosts it chooses itself.
 */
export function promptSocket({
  host: hosts,
  port: ports,
  path,
}: Pick<ParsedOptions, "host" | "port" | "path">): (() => Promise<Socket>) | undefined {
  const [host, ...others] = hosts
  const [port = 5432] = ports
  if (host === undefined || others.length > 0) return undefined
  const address = path ? { path } : { host, port, noDelay: true }
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect(address)
      socket.once("error", reject)
      socket.once("connect", () => {
        socket.off("error", reject)
        // it looks there for the name that a certificate is for
        resolve(Object.assign(socket, { host }))
      })
    })
}
