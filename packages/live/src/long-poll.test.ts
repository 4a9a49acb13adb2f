import { readFile } from "node:fs/promises"
import { request as ask, createServer } from "node:http"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { type Adapter, openPubSub, topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret } from "../fixtures/app.ts"
import { type BrowserPage, browse } from "../fixtures/browser.ts"
import { reads } from "../fixtures/upload-page.ts"
import { type LiveSocketOptions, live, liveFileInput, liveRender, liveSocket, on } from "./index.ts"

const said = topic("said", z.string())
const Kid = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ n: 0 }),
  handleEvent: { more: (socket) => socket.update("n", (n) => n + 1) },
  render: ({ n }, { more }) => html`<i id="kid-n" phx-click="${more}">${n}</i>`,
})
const Room = liveView({
  public: true,
  views: [Kid],
  uploads: {
    file: { accept: "any", maxFileSize: 4_000_000, chunkSize: 1_000_000, autoUpload: true },
  },
  events: { say: z.object({ text: z.string() }), choose: {} },
  mount: () => ({ heard: "", size: 0 }),
  handleEvent: {
    choose() {},
    async say(socket, { text }) {
      await socket.broadcastFrom(said, text)
      return socket.assign({ heard: `I said ${text}` })
    },
  },
  handleProgress: {
    async file(socket, entry) {
      if (!entry.done) return
      const read = async ({ path }: { readonly path: string }) => (await readFile(path)).length
      return socket.assign({ size: await socket.consumeUploadedEntry("file", entry, read) })
    },
  },
  subscribe: (_) => [on(said, (socket, text) => socket.assign({ heard: text }))],
  render: (
    { heard, size },
    { say, choose },
    { uploads: { file } },
  ) => html`<b id="heard">${heard}</b>
    <a id="say" phx-click="${say}" phx-value-text="hello">say</a><form id="form" phx-change="${choose}">${liveFileInput(file)}</form>
    <q id="size">${size}</q><s id="hook" phx-hook="Choose"></s>${liveRender(Kid, { id: "kid" })}`,
})
const path = paths({ room: "/" })
const signal = new AbortController().signal

/** A node of an app whose nodes hear one another. */
async function node(adapter: Adapter, options: Partial<LiveSocketOptions> = {}) {
  const app = router(scope("/", browser, { layout: root }, [live(path.room, Room)]))
  const pubsub = await openPubSub({ adapter }).start(signal)
  const sockets = {
    "/live": liveSocket({ router: app, pubsub, secret, checkOrigin: false, ...options }),
  } as const
  return endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(signal)
}

/** Adapters that carry messages between the nodes of this process. */
function wires(count: number): readonly Adapter[] {
  const heard: ((topic: string, message: string) => void)[] = []
  return Array.from({ length: count }, (_, self) => ({
    async connect(deliver) {
      heard[self] = deliver
    },
    async broadcast(topic, message) {
      for (const [other, deliver] of heard.entries())
        if (other !== self) setImmediate(deliver, topic, message)
    },
    async [Symbol.asyncDispose]() {},
  }))
}

/** Takes each request to the next node. */
async function balancer(
  nodes: readonly URL[],
): Promise<AsyncDisposable & { readonly url: string }> {
  let turn = 0
  const server = createServer((request, response) => {
    const to = nodes[turn++ % nodes.length] ?? ""
    const { method, headers, url: path } = request
    const passed = ask(to, { method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    passed.on("error", () => response.destroy())
    response.on("close", () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

// the official client's other transport, and a hook that chooses files
const polling = `
  window.options_ = () => ({ transport: Phoenix.LongPoll })
  window.hooks_ = { Choose: { mounted() {
    window.choose_ = (size) => this.upload("file", [new File(["x".repeat(size)], "x.bin")])
  } } }`
const open = (url: string) => browse(url, { before: polling })
const joined = (page: BrowserPage) => reads(page, "#kid.phx-connected #kid-n", "0")

describe("a page that cannot open a WebSocket", () => {
  it("is live by long polls: events, forms, files, views in it and what is broadcast", async () => {
    const [wire] = wires(1)
    if (!wire) throw new Error("no wire")
    await using server = await node(wire)
    using one = await open(server.url.href)
    using two = await open(server.url.href)
    await Promise.all([joined(one), joined(two)])
    one.click("#say")
    await reads(one, "#heard", "I said hello")
    await reads(two, "#heard", "hello")
    one.click("#kid-n")
    await reads(one, "#kid-n", "1")
    // more than what a request of polls may bring where nothing larger is expected
    one.window.eval("window.choose_(3_000_000)")
    await reads(one, "#size", "3000000")
  })

  it("is served by whichever node its requests come to", async () => {
    const [left, right] = wires(2)
    if (!left || !right) throw new Error("no wires")
    await using here = await node(left)
    await using there = await node(right)
    await using front = await balancer([here.url, there.url])
    using one = await open(front.url)
    using two = await open(front.url)
    await Promise.all([joined(one), joined(two)])
    one.click("#say")
    await reads(one, "#heard", "I said hello")
    await reads(two, "#heard", "hello")
    two.click("#kid-n")
    await reads(two, "#kid-n", "1")
  })

  it("is not, where long polls are turned off", async () => {
    const [wire] = wires(1)
    if (!wire) throw new Error("no wire")
    await using server = await node(wire, { longpoll: false })
    const answer = await fetch(new URL("/live/longpoll?vsn=2.0.0", server.url))
    expect(answer.status).toBe(404)
  })
})
