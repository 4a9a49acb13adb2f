import { type Duration, type Health, parseLimits } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import type { Adapter, Gap } from "../adapter.ts"
import { LinkStalledError, LinkTimeoutError } from "../errors.ts"
import { linkDown, linkUp, messagesDropped, packetRefused } from "../telemetry.ts"
import { Inbox } from "./inbox.ts"
import { Outbox } from "./outbox.ts"
import { decodePacket, encodePacket, encodeProbe, proberOf } from "./packet.ts"
import { elapsed, within } from "./waiting.ts"

/** One connection to what carries packets. It lives until the signal that it was opened with aborts. */
export interface Session {
  /** Sends a packet to all nodes, this one too, in order. Resolves once it is taken. */
  publish(packet: string): Promise<void>
  /** Where others' words may come by connections that one's own packets do not use: sends a text on every way. */
  readonly probe?: { readonly ways: number; send(text: string): Promise<void> } | undefined
}

/** What differs between brokers. */
export interface Wire {
  /** What events and errors call it. */
  readonly name: string
  /**
   * Connects and subscribes; rejects where it cannot. Once resolved, `hear` is called for each packet, one's own too,
   * with the way it came by where a session has several, and `fail` when the connection is of no more use.
   */
  open(
    hear: (packet: string, way?: number) => void,
    fail: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<Session>
  /** Milliseconds between two packets at least, where each costs the broker much. */
  readonly pace?: number
  /** Whether trying again would be of no use, at the start: a wrong password. */
  isFatal?(error: unknown): boolean
}

/** What every adapter that has a connection may be told. */
export interface LinkOptions {
  /** Messages that wait for the connection at most; then the oldest are dropped and receivers report a gap (10,000). */
  readonly maxQueue?: number | undefined
  /** The same in characters of text (33,554,432). */
  readonly maxQueueSize?: number | undefined
  /** How often this node says how far it is, and listens for its own words (`"1s"`). */
  readonly heartbeat?: Duration | undefined
  /** How long those may take to arrive before the connection is given up as dead (`"3s"`). */
  readonly patience?: Duration | undefined
  /** How long connecting may take, and how long the start waits for it (`"5s"`). */
  readonly connectTimeout?: Duration | undefined
}

const DEFAULTS = {
  maxQueue: 10_000,
  maxQueueSize: 1 << 25,
  heartbeat: "1s",
  patience: "3s",
  connectTimeout: "5s",
} as const

/** Characters in one packet, unless a single message is longer. */
const MAX_PACKET = 1 << 18
const SHORTEST_PAUSE = 50
const LONGEST_PAUSE = 1_000

/** A flow of messages over connections that come and go. */
export class Link implements Adapter {
  readonly #wire: Wire
  readonly #limits: { readonly [K in keyof typeof DEFAULTS]: number }
  readonly #self = randomToken(9)
  readonly #outbox: Outbox
  readonly #inbox = new Inbox()
  readonly #end = new AbortController()
  readonly #firstUp = Promise.withResolvers<void>()
  #deliver: (topic: string, message: string) => void = () => {}
  #missed: (gap: Gap) => void = () => {}
  #running: Promise<void> | null = null
  #up = false
  /** Up, and the others have had time to be so as well. */
  #flowing = false
  #error: unknown = null
  /** When, by each way that others' words may come by. */
  #heardMyself: number[] = []
  /** Resolves when what is in the outbox now has been taken, or will be when the connection is back. */
  #taken = Promise.withResolvers<void>()
  /** Resolves when the packet on its way is acknowledged. */
  #flight: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}

  constructor(wire: Wire, options: LinkOptions) {
    this.#wire = wire
    this.#limits = parseLimits(wire.name, DEFAULTS, options)
    this.#outbox = new Outbox(this.#limits.maxQueue, this.#limits.maxQueueSize)
  }

  async connect(
    deliver: (topic: string, message: string) => void,
    missed: (gap: Gap) => void = () => {},
  ): Promise<void> {
    this.#deliver = deliver
    this.#missed = missed
    this.#running = this.#run()
    // Nobody may be waiting any more when it fails for good
    this.#running.catch(() => {})
    await Promise.race([
      this.#firstUp.promise,
      this.#running,
      elapsed(this.#limits.connectTimeout, this.#end.signal),
    ])
  }

  broadcast(topic: string, message: string): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve()
    this.#report(this.#outbox.add({ topic, message }))
    // Without a connection it is kept, and the sender goes on with what it does
    if (!this.#flowing) return Promise.resolve()
    this.#wake()
    return this.#taken.promise
  }

  health(): Health {
    if (this.#up) return { status: "up" }
    const reason = this.#error instanceof Error ? `: ${this.#error.message}` : ""
    return { status: "degraded", detail: `no connection to ${this.#wire.name}${reason}` }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#up) {
      const { promise } = this.#taken
      const sent = this.#outbox.length > 0 ? promise : this.#flight
      await Promise.race([sent, elapsed(this.#limits.patience, this.#end.signal)])
    }
    this.#end.abort()
    await this.#running?.catch(() => {})
  }

  /** One connection after another, until the end. */
  async #run(): Promise<void> {
    const { signal } = this.#end
    let pause = SHORTEST_PAUSE
    let sessions = 0
    while (!signal.aborted) {
      const closing = new AbortController()
      try {
        const closed = AbortSignal.any([signal, closing.signal])
        const { session, failed } = await this.#open(closed)
        pause = SHORTEST_PAUSE
        // What was kept waits until others are back too: they try again as often as we do
        const again = sessions > 0 || this.#error !== null
        const settle = again ? Math.min(LONGEST_PAUSE, this.#limits.patience) : 0
        this.#rise(sessions++)
        const pumping = this.#pump(session, closed, settle)
        await Promise.race([pumping, this.#watch(session, closed), failed])
      } catch (error) {
        if (!signal.aborted) this.#fall(error)
        if (sessions === 0 && this.#wire.isFatal?.(error)) throw error
      } finally {
        closing.abort()
      }
      // Apart from one another, so that not all nodes come back in the same moment
      await elapsed(pause * (0.5 + Math.random() / 2), signal)
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
    this.#up = false
    this.#flowing = false
  }

  /** Connects, and proves by one's own words that what is sent is heard. */
  async #open(closed: AbortSignal) {
    const failed = Promise.withResolvers<never>()
    failed.promise.catch(() => {})
    const proof = Promise.withResolvers<void>()
    const proven = new Set<number>()
    let ways = Number.POSITIVE_INFINITY
    const hear = (text: string, way = 0) => {
      if (this.#hear(text, way, closed)) proven.add(way)
      if (proven.size >= ways) proof.resolve()
    }
    const opening = (async () => {
      const session = await this.#wire.open(hear, failed.reject, closed)
      ways = session.probe?.ways ?? 1
      await this.#beat(session)
      await proof.promise
      this.#heardMyself = Array(ways).fill(performance.now())
      return session
    })()
    opening.catch(() => {})
    const session = await within(
      this.#limits.connectTimeout,
      Promise.race([opening, failed.promise]),
      () => new LinkTimeoutError(this.#wire.name, this.#limits.connectTimeout),
    )
    return { session, failed: failed.promise }
  }

  #rise(sessions: number): void {
    this.#up = true
    this.#error = null
    this.#firstUp.resolve()
    linkUp.emit(() => ({ adapter: this.#wire.name, again: sessions > 0 }))
    // Who sent something meanwhile and is no more will never tell
    if (sessions > 0) this.#missed({ publisher: null, count: null })
  }

  #fall(error: unknown): void {
    const told = this.#up || this.#error === null
    this.#up = false
    this.#flowing = false
    this.#error = error
    this.#release()
    if (told) linkDown.emit(() => ({ adapter: this.#wire.name, error }))
  }

  /** @returns Whether these were our own words. */
  #hear(text: string, way: number, closed: AbortSignal): boolean {
    if (closed.aborted) return false
    const prober = proberOf(text)
    const packet = prober === null ? decodePacket(text) : null
    if ((prober ?? packet?.publisher) === this.#self) {
      this.#heardMyself[way] = performance.now()
      return true
    }
    if (prober !== null) return false
    if (packet === null) {
      packetRefused.emit(() => ({ adapter: this.#wire.name, size: text.length }))
      return false
    }
    const { fresh, gap } = this.#inbox.take(packet)
    if (gap) this.#missed(gap)
    for (const { topic, message } of fresh) this.#deliver(topic, message)
    return false
  }

  /** Sends what there is, one packet at a time: what comes meanwhile goes together. */
  async #pump(session: Session, closed: AbortSignal, settle: number): Promise<never> {
    if (settle > 0) await elapsed(settle, closed)
    closed.throwIfAborted()
    this.#flowing = true
    let wake = () => {}
    closed.addEventListener("abort", () => wake())
    for (;;) {
      if (this.#outbox.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = this.#wake = resolve
        await promise
      }
      closed.throwIfAborted()
      const batch = this.#outbox.take(MAX_PACKET)
      const taken = this.#taken
      this.#flight = taken.promise
      // What is left goes with the next packet, and all who wait are told after the last
      if (this.#outbox.length === 0) this.#taken = Promise.withResolvers()
      try {
        await session.publish(encodePacket(this.#self, batch.first, batch.messages))
        if (taken !== this.#taken) taken.resolve()
      } catch (error) {
        // It may have arrived nevertheless: receivers know its number and take it once
        this.#report(this.#outbox.restore(batch))
        taken.resolve()
        throw error
      }
      if (this.#wire.pace) await elapsed(this.#wire.pace, closed)
    }
  }

  /** Says how far we are, on every way. */
  async #beat({ publish, probe }: Session): Promise<void> {
    const beat = encodePacket(this.#self, this.#outbox.first, [])
    await Promise.all([publish(beat), probe?.send(encodeProbe(this.#self))])
  }

  /** Says how far we are, and gives the connection up when we do not hear ourselves. */
  async #watch(session: Session, closed: AbortSignal): Promise<never> {
    const { heartbeat, patience } = this.#limits
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => {})
    let beating = false
    for (;;) {
      const started = performance.now()
      await Promise.race([elapsed(heartbeat, closed), broken.promise])
      closed.throwIfAborted()
      const now = performance.now()
      // It was this process that stood still: what has arrived meanwhile is yet to be read
      if (now - started > heartbeat + patience / 2) this.#heardMyself.fill(now)
      const silence = now - Math.min(...this.#heardMyself)
      if (silence > heartbeat + patience) throw new LinkStalledError(this.#wire.name, silence)
      // Over a slow network the last one is still on its way: more of them would keep messages waiting
      if (beating) continue
      beating = true
      this.#beat(session).then(() => {
        beating = false
      }, broken.reject)
    }
  }

  #release(): void {
    this.#taken.resolve()
    this.#taken = Promise.withResolvers()
  }

  #report(dropped: number): void {
    if (dropped === 0) return
    messagesDropped.emit(() => ({ adapter: this.#wire.name, count: dropped }))
  }
}
