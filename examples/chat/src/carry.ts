import type { Accepted } from "@bennu/channels"
import type { WebSocket } from "ws"

/** Joins a WebSocket and the connection that was made for it, for as long as both live. */
export function carry(client: WebSocket, { open }: Accepted): void {
  const connection = open({
    send(data) {
      if (client.readyState !== client.OPEN) return
      client.send(data, () => client.bufferedAmount === 0 && connection.drain())
    },
    close: (code, reason) => client.close(code, reason),
    get bufferedAmount() {
      return client.bufferedAmount
    },
  })
  client.on("message", (data: Buffer, isBinary) =>
    connection.message(isBinary ? data : data.toString()),
  )
  client.on("close", (code) => connection.closed(code))
  // it is followed by a close
  client.on("error", () => {})
}
