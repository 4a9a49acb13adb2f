import { once } from "node:events"
import { connect, type Socket } from "node:net"

/**
 * Asks the same request `amount` times over `connections` that stay open, one request at a time on each. It reads no more
 * of an answer than it needs to know where the next one starts: whoever asks shares the machine with whoever answers.
 * @throws when an answer is none of success, or tells no length.
 */
export async function ask(
  port: number,
  request: string,
  { amount, connections }: { readonly amount: number; readonly connections: number },
): Promise<void> {
  let left = amount
  const next = () => left-- > 0
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1").setNoDelay())
  await Promise.all(sockets.map((socket) => once(socket, "connect")))
  await Promise.all(sockets.map((socket) => converse(socket, request, next)))
}

function converse(socket: Socket, request: string, next: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  /** Bytes of the answer under way that are still to come; `null` before its head is whole. */
  let missing: number | null = null
  let head = ""
  const go = () => {
    if (next()) socket.write(request)
    else {
      socket.destroy()
      resolve()
    }
  }
  socket.on("error", reject)
  socket.on("close", () => reject(new Error("the server closed a connection")))
  socket.on("data", (chunk: Buffer) => {
    let rest = chunk.length
    if (missing === null) {
      head += chunk.latin1Slice()
      const end = head.indexOf("\r\n\r\n")
      if (end === -1) return
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
      if (!head.startsWith("HTTP/1.1 2") || length === undefined) {
        return void reject(new Error(`answered with ${head.slice(0, 200)}`))
      }
      missing = Number(length)
      rest = head.length - end - 4
      head = ""
    }
    missing -= rest
    if (missing > 0) return
    missing = null
    go()
  })
  go()
  return promise
}
