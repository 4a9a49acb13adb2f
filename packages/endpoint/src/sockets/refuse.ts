import { STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import type { Refused } from "@bennu/channels"
import type { HeaderPairs } from "@bennu/plug"

/** Answers a request for a socket as a request for a page is answered, and closes the connection. */
export function refuse(
  socket: Duplex,
  { status, headers = {}, body = `${status}\n` }: Refused,
  protection: HeaderPairs,
): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const known = STATUS_CODES[status] === undefined || status < 200 ? 500 : status
  const own = {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...Object.fromEntries(protection),
  }
  const lines = Object.entries({ ...own, ...lower(headers) })
    .filter(([name, value]) => isSafe(name) && isSafe(value))
    .map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${known} ${STATUS_CODES[known]}\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  socket.end(`${head}${lines.join("")}\r\n${body}`, () => socket.destroy())
}

// written by us, whatever the handler says
const OURS = ["connection", "content-length", "transfer-encoding"]

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !OURS.includes(name)),
  )

const isSafe = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
