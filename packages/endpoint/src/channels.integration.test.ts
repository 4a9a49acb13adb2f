import { type ContractOf, channel, socket } from "@bennu/channels"
import { ok } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { router } from "@bennu/router"
import { Socket } from "phoenix"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import * as z from "zod"
import { type Endpoint, endpoint } from "./index.ts"

const Room = channel({
  params: z.object({ name: z.string() }),
  events: { say: z.object({ text: z.string() }) },
  pushes: { said: z.object({ from: z.string(), text: z.string() }) },
  join: ({ topic, params }) => ok({ assigns: { name: params.name }, response: { topic } }),
  handleEvent: {
    async say(socket, { text }) {
      await socket.broadcast("said", { from: socket.assigns.name, text })
      return ok({ length: text.length })
    },
  },
})
export type Room = ContractOf<typeof Room>

const started = new AbortController().signal
const clients: Socket[] = []
let server: Endpoint

async function serve(port: number): Promise<Endpoint> {
  const pubsub = await openPubSub({ adapter: local() }).start(started)
  const rooms = socket({ channels: { "room:*": Room }, pubsub })
  return endpoint({ router: router(), port, sockets: { "/socket": rooms } }).start(started)
}
/** The official client, unmodified. */
function client(options: { readonly origin?: string } = {}): Socket {
  const { origin } = options
  class Transport extends WebSocket {
    constructor(address: string, protocols?: string[]) {
      super(address, protocols, { origin })
    }
  }
  const made = new Socket(new URL("/socket", server.url).href.replace("http", "ws"), {
    transport: Transport,
    reconnectAfterMs: () => 10,
    rejoinAfterMs: () => 10,
  })
  clients.push(made)
  made.connect()
  return made
}
const reply = (push: ReturnType<ReturnType<Socket["channel"]>["push"]>) =>
  new Promise<unknown>((resolve, reject) => push.receive("ok", resolve).receive("error", reject))

beforeEach(async () => {
  server = await serve(0)
})
afterEach(async () => {
  for (const each of clients.splice(0)) each.disconnect()
  await server.stop(AbortSignal.abort())
})

describe("an endpoint with channels", () => {
  it("serves the official client", async () => {
    const [ada, bob] = [client(), client()].map((each, index) =>
      each.channel("room:1", { name: ["Ada", "Bob"][index] }),
    )
    if (ada === undefined || bob === undefined) throw new Error("two rooms")
    expect(await reply(ada.join())).toEqual({ topic: "room:1" })
    await reply(bob.join())
    const said = new Promise((resolve) => bob.on("said", resolve))
    expect(await reply(ada.push("say", { text: "hello" }))).toEqual({ length: 5 })
    expect(await said).toEqual({ from: "Ada", text: "hello" })
  })

  it("has its clients back after a restart", async () => {
    const room = client().channel("room:1", { name: "Ada" })
    await reply(room.join())
    const { url, stop } = server
    const again = new Promise<void>((resolve) => {
      room.onError(() => resolve())
    })
    await stop(new AbortController().signal)
    await again
    server = await serve(Number(url.port))
    await expect.poll(() => room.state, { timeout: 10_000 }).toBe("joined")
    expect(await reply(room.push("say", { text: "back" }))).toEqual({ length: 4 })
  })

  it("has no page of another site as its client", async () => {
    const foreign = client({ origin: "https://evil.example" })
    await new Promise<void>((resolve) => foreign.onError(() => resolve()))
    expect(foreign.isConnected()).toBe(false)
    const own = client({ origin: server.url.origin })
    await new Promise<void>((resolve) => own.onOpen(resolve))
  })
})
