import type { Encoding } from "./encode.ts"
import type { Transport } from "./transport.ts"

export interface OutboundLimits {
  readonly outboundBytes: number
  readonly outboundMessages: number
}

/**
 * What goes out to one client. The transport queues and knows how many bytes wait; this knows how many
 * frames they are, so that a client that does not read is noticed before it costs memory.
 */
export class Outbound {
  readonly #transport: Transport
  readonly #limits: OutboundLimits
  /** Sizes of the last frames that were sent, oldest first. */
  #sizes: number[] = []
  #total = 0

  constructor(transport: Transport, limits: OutboundLimits) {
    this.#transport = transport
    this.#limits = limits
  }

  hasRoom(): boolean {
    const bytes = this.#transport.bufferedAmount
    if (bytes === 0) this.drained()
    else this.#forgetSent(bytes)
    return bytes <= this.#limits.outboundBytes && this.#sizes.length < this.#limits.outboundMessages
  }

  send(frame: Encoding): void {
    const size = typeof frame === "string" ? Buffer.byteLength(frame) : frame.byteLength
    this.#sizes.push(size)
    this.#total += size
    this.#transport.send(frame)
  }

  drained(): void {
    if (this.#sizes.length === 0) return
    this.#sizes = []
    this.#total = 0
  }

  /** The frames that wait are the last ones: as many as make up the bytes that wait. */
  #forgetSent(bytes: number): void {
    let sent = 0
    for (const size of this.#sizes) {
      if (this.#total - size < bytes) break
      this.#total -= size
      sent++
    }
    if (sent > 0) this.#sizes.splice(0, sent)
  }
}
