import type { Duplex } from "node:stream"
import type { Accepted, Connection, Transport } from "@bennu/channels"
import { WebSocket } from "ws"
import type { TextFrames } from "./text-frames.ts"

/** Carries a handler's frames over a WebSocket. */
class WsTransport implements Transport {
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #frames: TextFrames
  readonly #sent: (error?: Error | null) => void

  constructor(ws: WebSocket, { socket, frames }: Carried, drained: () => void) {
    this.#ws = ws
    this.#socket = socket
    this.#frames = frames
    this.#sent = (error) => {
      if (!error && socket.writableLength === 0) drained()
    }
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength
  }

  send(data: string | Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    // what goes out alone needs nobody to be told: that costs half as much as sending it
    if (this.#socket.writableLength > 0) this.#write(data, this.#sent)
    else {
      this.#write(data)
      // the network did not take all of it: a pong that nobody asked for (RFC 6455 §5.5.3) tells when it has
      if (this.#socket.writableLength > 0) this.#ws.pong("", false, this.#sent)
    }
  }

  // Without compression ws keeps nothing back and writes whole frames only, so that others may stand between them
  #write(data: string | Uint8Array, sent?: (error?: Error | null) => void): void {
    if (typeof data === "string") this.#socket.write(this.#frames.of(data), sent)
    else this.#ws.send(data, sent)
  }

  close(code: number, reason = ""): void {
    // RFC 6455 §7.4.1 and §5.5: some codes are never sent, and a reason has room in one small frame
    const sendable =
      (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
      (code >= 3000 && code <= 4999)
    this.#ws.close(sendable ? code : 1011, Buffer.byteLength(reason) <= 123 ? reason : "")
  }
}

/** What a WebSocket is carried by. */
export interface Carried {
  readonly socket: Duplex
  /** Of all sockets that broadcasts go to. */
  readonly frames: TextFrames
}

/** Answers to pings pile up when a client does not read them. */
const MAX_PONGS = 65_536

/**
 * Joins a socket and what its handler made for it, for as long as both live.
 * @param failed Hears of broken frames, and of a handler that throws.
 */
export function connect(
  ws: WebSocket,
  carried: Carried,
  accepted: Accepted,
  failed: (error: unknown) => void,
): void {
  let connection: Connection | undefined
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      fail(error)
    }
  }
  const fail = (error: unknown) => {
    failed(error)
    ws.close(1011)
  }
  ws.on("error", failed)
  ws.on("ping", () => {
    if (ws.bufferedAmount > MAX_PONGS) ws.terminate()
  })
  ws.on("message", (data: Buffer, isBinary: boolean) => {
    guarded(() => connection?.message(isBinary ? data : data.toString()))
  })
  ws.on("close", (code) => guarded(() => connection?.closed(code)))
  const transport = new WsTransport(ws, carried, () => guarded(() => connection?.drain()))
  // not by a function that stays: what opens a socket is not kept for as long as it is open
  try {
    connection = accepted.open(transport)
  } catch (error) {
    fail(error)
  }
}
