import { type Encoding, encodePush } from "../encode.ts"
import { jsonOf, type Payload } from "../payload.ts"
import type { Accepted, Connection } from "../transport.ts"
import { JoinRefusedError } from "./errors.ts"
import { Inbox, type Received, readFrame } from "./inbox.ts"
import { type Reply, TestChannel } from "./test-channel.ts"

/** A client in this process: what it sends is handled as if it came over the wire. */
export class TestSocket implements Disposable {
  /** Every frame that arrived, as it was encoded. */
  readonly frames: Encoding[] = []
  /** What the server closed the socket with. */
  closeCode: number | null = null
  closeReason: string | undefined
  /** Bytes that this client has not read; set it to be a slow reader. */
  unread = 0
  readonly #inbox = new Inbox()
  readonly #connection: Connection
  readonly #timeout: number
  #ref = 0

  constructor(accepted: Accepted, timeout: number) {
    this.#timeout = timeout
    const unread = () => this.unread
    this.#connection = accepted.open({
      send: (frame) => {
        if (this.closeCode !== null) return
        this.frames.push(frame)
        this.#inbox.put(readFrame(frame))
      },
      close: (code, reason) => {
        this.closeCode ??= code
        this.closeReason ??= reason
        this.#connection.closed(code)
      },
      get bufferedAmount() {
        return unread()
      },
    })
  }

  /** What arrived and was not waited for. */
  get received(): readonly Received[] {
    return this.#inbox.all
  }

  /**
   * Joins a topic.
   * @throws {JoinRefusedError} with what the server answered.
   */
  async join(topic: string, payload: object = {}): Promise<TestChannel> {
    const ref = this.nextRef()
    this.send(`["${ref}","${ref}",${JSON.stringify(topic)},"phx_join",${JSON.stringify(payload)}]`)
    const { status, response } = await this.replyTo(ref)
    if (status !== "ok") throw new JoinRefusedError(topic, response)
    return new TestChannel(this, topic, ref, response)
  }

  /** Sends a frame as it is. */
  send(frame: string | Uint8Array): void {
    this.#connection.message(frame)
  }

  /** Sends an event. @returns Its ref. */
  push(joinRef: string | null, topic: string, event: string, payload: Payload): string {
    const ref = this.nextRef()
    if (payload instanceof Uint8Array) {
      // The way up has a ref where the way down has none
      const down = encodePush(`${joinRef ?? ""}${ref}`, topic, event, payload)
      const [, , ...rest] = down
      const sizes = [joinRef?.length ?? 0, ref.length]
      this.send(Uint8Array.from([0, ...sizes, ...rest]))
    } else {
      const head = [joinRef, ref, topic, event].map((part) => JSON.stringify(part)).join(",")
      this.send(`[${head},${jsonOf(payload)}]`)
    }
    return ref
  }

  nextRef(): string {
    return String(++this.#ref)
  }

  /** Waits for the answer to a ref. */
  async replyTo(ref: string): Promise<Reply> {
    const { payload } = await this.take(
      `the reply to ${ref}`,
      (message) => message.event === "phx_reply" && message.ref === ref,
    )
    // What readFrame makes of a reply of our own server
    return payload as Reply
  }

  /** Waits for the first message that is wanted. */
  take(what: string, wants: (message: Received) => boolean): Promise<Received> {
    return this.#inbox.take(what, wants, this.#timeout)
  }

  /** Reads what it had left unread, as a slow client does at last. */
  read(): void {
    this.unread = 0
    this.#connection.drain()
  }

  /** Goes away without a word, as a client does that lost its network. */
  disconnect(code = 1006): void {
    if (this.closeCode !== null) return
    this.closeCode = code
    this.#connection.closed(code)
  }

  [Symbol.dispose](): void {
    this.disconnect(1000)
  }
}
