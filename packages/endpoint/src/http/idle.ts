import type { Socket } from "node:net"

/** A connection that requests come by. */
export interface Line {
  /** Requests that are not yet answered. */
  open: number
  /** As far as it was looked at. */
  bytesRead: number
  /** Milliseconds since it was first seen idle. */
  idle: number
}

/**
 * Ends connections that say no more once their requests are answered. Node would set a clock behind each answer and stop it
 * at the next request, which takes as long as all that we do for a small one; here one clock looks after all of them.
 */
export class IdleLines {
  readonly #timeout: number
  readonly #interval: number
  readonly #lines = new Map<Socket, Line>()
  #timer: NodeJS.Timeout | undefined

  /** @param timeout Milliseconds that a connection may be idle. */
  constructor(timeout: number) {
    this.#timeout = timeout
    this.#interval = Math.min(1_000, Math.max(50, timeout))
  }

  /** The connection of a request that came just now. */
  of(socket: Socket): Line {
    return this.#lines.get(socket) ?? this.#add(socket)
  }

  #add(socket: Socket): Line {
    const line = { open: 0, bytesRead: 0, idle: 0 }
    this.#lines.set(socket, line)
    socket.once("close", () => this.forget(socket))
    this.#timer ??= setInterval(() => this.#check(), this.#interval).unref()
    return line
  }

  /** No requests will come by it any more. */
  forget(socket: Socket): void {
    this.#lines.delete(socket)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    if (this.#lines.size === 0) this.stop()
    for (const [socket, line] of this.#lines) {
      const { bytesRead, writableLength } = socket
      if (line.open > 0 || writableLength > 0 || bytesRead !== line.bytesRead) {
        line.bytesRead = bytesRead
        line.idle = 0
      } else {
        line.idle += this.#interval
        // never earlier than its client was told
        if (line.idle > this.#timeout) socket.destroy()
      }
    }
  }
}
