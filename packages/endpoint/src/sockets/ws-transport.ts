import type { Accepted, Connection, Transport } from "@bennu/channels"
import { WebSocket } from "ws"

/** Carries a handler's frames over a WebSocket. */
class WsTransport implements Transport {
  readonly #ws: WebSocket
  readonly #sent: (error?: Error | null) => void

  constructor(ws: WebSocket, drained: () => void) {
    this.#ws = ws
    this.#sent = (error) => {
      if (!error && ws.bufferedAmount === 0) drained()
    }
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount
  }

  send(data: string | Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    // what goes out alone needs nobody to be told: that costs half as much as sending it
    if (this.#ws.bufferedAmount > 0) this.#ws.send(data, this.#sent)
    else {
      this.#ws.send(data)
      // the network did not take all of it: a pong that nobody asked for (RFC 6455 §5.5.3) tells when it has
      if (this.#ws.bufferedAmount > 0) this.#ws.pong("", false, this.#sent)
    }
  }

  close(code: number, reason = ""): void {
    // RFC 6455 §7.4.1 and §5.5: some codes are never sent, and a reason has room in one small frame
    const sendable =
      (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
      (code >= 3000 && code <= 4999)
    this.#ws.close(sendable ? code : 1011, Buffer.byteLength(reason) <= 123 ? reason : "")
  }
}

/** Answers to pings pile up when a client does not read them. */
const MAX_PONGS = 65_536

/**
 * Joins a socket and what its handler made for it, for as long as both live.
 * @param failed Hears of broken frames, and of a handler that throws.
 */
export function connect(ws: WebSocket, accepted: Accepted, failed: (error: unknown) => void): void {
  let connection: Connection | undefined
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      failed(error)
      ws.close(1011)
    }
  }
  ws.on("error", failed)
  ws.on("ping", () => {
    if (ws.bufferedAmount > MAX_PONGS) ws.terminate()
  })
  guarded(() => {
    connection = accepted.open(new WsTransport(ws, () => guarded(() => connection?.drain())))
  })
  ws.on("message", (data: Buffer, isBinary: boolean) => {
    guarded(() => connection?.message(isBinary ? data : data.toString()))
  })
  ws.once("close", (code) => guarded(() => connection?.closed(code)))
}
