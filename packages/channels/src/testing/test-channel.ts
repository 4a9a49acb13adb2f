import { isDeepStrictEqual } from "node:util"
import type { Payload } from "../payload.ts"
import { NothingArrivedError } from "./errors.ts"
import type { TestSocket } from "./test-socket.ts"

/** What a handler answered. */
export interface Reply {
  readonly status: string
  readonly response: unknown
}

/** An event on its way to the server. */
export interface TestPush {
  /** Waits for the answer. */
  reply(): Promise<Reply>
  /**
   * Waits for the answer and compares it.
   * @param response Leave it out to accept any.
   * @throws {NothingArrivedError} when another answer came, or none.
   */
  assertReply(status: string, response?: unknown): Promise<void>
}

/** A joined channel as its client sees it. */
export class TestChannel {
  readonly topic: string
  readonly joinRef: string
  /** What the join was answered with. */
  readonly response: unknown
  readonly #socket: TestSocket

  constructor(socket: TestSocket, topic: string, joinRef: string, response: unknown) {
    this.#socket = socket
    this.topic = topic
    this.joinRef = joinRef
    this.response = response
  }

  /** Sends an event; bytes go as a binary frame. */
  push(event: string, payload: Payload = {}): TestPush {
    const { topic, joinRef } = this
    const ref = this.#socket.push(joinRef, topic, event, payload)
    let reply: Promise<Reply> | null = null
    const wait = () => {
      reply ??= this.#socket.replyTo(ref)
      return reply
    }
    return {
      reply: wait,
      async assertReply(status, response) {
        const got = await wait()
        const same = response === undefined || isDeepStrictEqual(got.response, response)
        if (got.status === status && same) return
        const wanted = `${JSON.stringify(status)} ${JSON.stringify(response ?? {})}`
        throw new NothingArrivedError(`the reply ${wanted} to ${JSON.stringify(event)}`, [got])
      },
    }
  }

  /** Waits for the next event of this name, pushed to this client or broadcast to all. */
  async next(event: string): Promise<unknown> {
    const { payload } = await this.#socket.take(
      `${JSON.stringify(event)} on ${JSON.stringify(this.topic)}`,
      (message) => message.topic === this.topic && message.event === event,
    )
    return payload
  }

  /** Waits for the channel's end: by `phx_close`, which is for good, or by `phx_error`. */
  async ended(): Promise<"closed" | "crashed"> {
    const { event } = await this.#socket.take(
      `the end of ${JSON.stringify(this.topic)}`,
      ({ joinRef, event }) =>
        joinRef === this.joinRef && (event === "phx_close" || event === "phx_error"),
    )
    return event === "phx_close" ? "closed" : "crashed"
  }

  /** Leaves, and waits until the server has said so. */
  async leave(): Promise<void> {
    await this.push("phx_leave").reply()
    await this.ended()
  }
}
