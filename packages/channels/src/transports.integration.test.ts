import { requestSource } from "@bennu/plug"
import { local, openPubSub } from "@bennu/pubsub"
import { WebSocket } from "ws"
import { serve } from "../fixtures/serve.ts"
import { type TransportClient, transportContract } from "./contract.ts"
import { LongPolls } from "./longpoll/long-polls.ts"
import { Alarms } from "./testing/alarms.ts"
import type { Accepted } from "./transport.ts"

transportContract("WebSocket", async (accepted) => {
  const server = await serve({ protocol: "test", upgrade: () => accepted })
  const client = new WebSocket(`${server.url}/websocket`)
  const received: (string | Uint8Array)[] = []
  let isClosed = false
  client.on("message", (data: Buffer, isBinary) => {
    received.push(isBinary ? Uint8Array.from(data) : data.toString())
  })
  client.on("close", () => {
    isClosed = true
  })
  await new Promise((resolve) => client.on("open", resolve))
  return {
    received,
    get isClosed() {
      return isClosed
    },
    send: (data) => client.send(data),
    pause: () => client.pause(),
    resume: () => client.resume(),
    leave: () => client.terminate(),
    async [Symbol.asyncDispose]() {
      client.terminate()
      await server[Symbol.asyncDispose]()
    },
  }
})

const { bus } = await openPubSub({ adapter: local() }).start(new AbortController().signal)
transportContract("long poll", (accepted) => PollingClient.connect(accepted), { bytes: false })

/** A client that polls as soon as it is answered, and posts one message after another. */
class PollingClient implements TransportClient {
  readonly received: string[] = []
  isClosed = false
  readonly #polls: LongPolls
  readonly #alarms: Alarms
  #token = ""
  #paused = false
  #posted = Promise.resolve()

  constructor(accepted: Accepted) {
    this.#alarms = new Alarms()
    const door = { isWelcome: () => true, accept: () => accepted }
    const parts = { bus, timer: this.#alarms.timer, now: Date.now }
    this.#polls = new LongPolls(door, {}, parts)
  }

  static async connect(accepted: Accepted): Promise<PollingClient> {
    const client = new PollingClient(accepted)
    const { status, token } = await client.#ask({})
    client.#token = String(token)
    client.isClosed = status === 403
    client.resume()
    return client
  }

  send(data: string | Uint8Array): void {
    const body = typeof data === "string" ? data : Buffer.from(data).toString("base64")
    const headers = { "content-type": "application/x-ndjson" }
    this.#posted = this.#posted.then(async () => {
      await this.#ask({ method: "POST", headers, body })
    })
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    void this.#poll()
  }

  leave(): void {
    this.#paused = true
    // The poll that is held breaks off, and none comes any more
    this.#alarms.pass(10_000)
    setImmediate(() => this.#alarms.pass(15_000))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
  }

  async #poll(): Promise<void> {
    while (!this.#paused && !this.isClosed) {
      const { status, messages } = await this.#ask({})
      if (status === 410) this.isClosed = true
      else this.received.push(...(messages ?? []))
    }
  }

  async #ask(init: RequestInit) {
    const url = `http://localhost/longpoll?vsn=2.0.0&token=${this.#token}`
    const { body = "" } = await this.#polls.answer(requestSource(new Request(url, init)))
    const answer: { status: number; token?: string; messages?: string[] } = JSON.parse(body)
    return answer
  }
}
