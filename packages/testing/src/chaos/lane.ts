import type { Socket } from "node:net"
import { setTimeout } from "node:timers/promises"
import type { Random } from "@bennu/core"

/** What happens to bytes on their way in one direction. Changes hold for bytes that come later. */
export interface Rules {
  /** Milliseconds that they take longer, and up to `jitter` more. */
  readonly latency: number
  readonly jitter: number
  /** Bytes a second. */
  readonly bandwidth: number
  readonly stalled: boolean
  readonly dropping: boolean
}

/** Bytes that a lane holds before it reads no more, so that the sender's own buffers fill up. */
const MAX_HELD = 1 << 16
/** Slow bytes go in pieces of so many seconds, and not all at once after a long wait. */
const PIECE = 0.05

interface Held {
  /** Bytes, or how the sender has closed. */
  readonly what: Buffer | "end" | "reset"
  readonly due: number
}

/** One direction of one connection. */
export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #rules: () => Rules
  readonly #random: Random
  readonly #held: Held[] = []
  #size = 0
  #due = 0
  #dead = false
  #wake: () => void = () => {}
  /** Bytes that have passed. */
  passed = 0

  constructor(from: Socket, to: Socket, rules: () => Rules, random: Random) {
    this.#from = from
    this.#to = to
    this.#rules = rules
    this.#random = random
    from.on("data", (bytes) => this.#hold(bytes))
    from.on("end", () => this.#hold("end"))
    from.on("error", () => this.#hold("reset"))
    to.on("drain", () => this.wake())
    to.on("close", () => this.wake())
    if (rules().dropping) this.die()
    void this.#run()
  }

  /** To be called when the rules have changed. */
  wake(): void {
    this.#wake()
  }

  /** Nothing passes any more, and nobody is told. */
  die(): void {
    this.#dead = true
    this.#held.length = 0
    this.#from.pause()
  }

  #hold(what: Held["what"]): void {
    if (this.#dead) return
    const { latency, jitter } = this.#rules()
    // Later bytes never overtake earlier ones
    this.#due = Math.max(this.#due, performance.now() + latency + jitter * this.#random())
    this.#held.push({ what, due: this.#due })
    if (typeof what !== "string") this.#size += what.length
    if (this.#size > MAX_HELD) this.#from.pause()
    this.#wake()
  }

  async #run(): Promise<void> {
    while (!this.#to.destroyed && !this.#dead) {
      const next = this.#held[0]
      const { stalled, bandwidth } = this.#rules()
      const early = (next?.due ?? 0) - performance.now()
      if (!next || stalled || this.#to.writableNeedDrain) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      } else if (early > 0) {
        await setTimeout(early)
      } else if (next.what === "end") {
        this.#to.end()
        return
      } else if (next.what === "reset") {
        this.#to.resetAndDestroy()
        return
      } else await this.#pass(next.what, bandwidth)
    }
  }

  async #pass(bytes: Buffer, bandwidth: number): Promise<void> {
    const piece = bytes.subarray(0, Math.max(1, Math.ceil(bandwidth * PIECE)))
    this.#held.shift()
    if (piece.length < bytes.length)
      this.#held.unshift({ what: bytes.subarray(piece.length), due: 0 })
    this.#size -= piece.length
    this.passed += piece.length
    this.#to.write(piece)
    if (this.#size <= MAX_HELD && this.#from.isPaused()) this.#from.resume()
    if (bandwidth < Number.POSITIVE_INFINITY) await setTimeout((piece.length / bandwidth) * 1_000)
  }
}
