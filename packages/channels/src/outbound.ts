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
  /** Sizes of the last frames that were sent, oldest first, once one was sent behind another that waits. */
  #sizes: number[] | null = null
  #total = 0

  constructor(transport: Transport, limits: OutboundLimits) {
    this.#transport = transport
    this.#limits = limits
  }

  hasRoom(): boolean {
    const bytes = this.#transport.bufferedAmount
    if (bytes === 0) {
      this.drained()
      return true
    }
    if (this.#sizes) this.#forgetSent(this.#sizes, bytes)
    const frames = this.#sizes?.length ?? 1
    return bytes <= this.#limits.outboundBytes && frames < this.#limits.outboundMessages
  }

  /** @param size Bytes of the frame. */
  send(frame: Encoding, size: number): void {
    // Most clients have read all: nothing is kept for them but one number
    if (this.#sizes) this.#sizes.push(size)
    else if (this.#total > 0) this.#sizes = [this.#total, size]
    this.#total += size
    this.#transport.send(frame)
  }

  drained(): void {
    this.#sizes = null
    this.#total = 0
  }

  /** The frames that wait are the last ones: as many as make up the bytes that wait. */
  #forgetSent(sizes: number[], bytes: number): void {
    let sent = 0
    for (const size of sizes) {
      if (this.#total - size < bytes) break
      this.#total -= size
      sent++
    }
    if (sent > 0) sizes.splice(0, sent)
  }
}
