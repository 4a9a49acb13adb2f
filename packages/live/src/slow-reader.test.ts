import type { Connection } from "@bennu/channels"
import { html } from "@bennu/html"
import { requestSource, scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload } from "../fixtures/wire.ts"
import { live, liveSocket, on } from "./index.ts"

const counted = topic("counted", z.number())
const Count = liveView({
  public: true,
  mount: () => ({ count: 0 }),
  subscribe: (_) => [on(counted, (socket, count) => socket.assign({ count }))],
  render: ({ count }) => html`<p>${count}</p>`,
})
const app = router(scope("/", browser, { layout: root }, [live(paths({ page: "/" }).page, Count)]))

/** A joined page whose network takes nothing for as long as `waiting` is more than 0. */
async function open(limits: { readonly mailbox?: number } = {}) {
  const pubsub = await startPubSub()
  const handler = liveSocket({ router: app, pubsub, secret, limits })
  const page = await get(app, "/")
  const target = `http://app.example/live/websocket?_csrf_token=${page.csrf}&vsn=2.0.0`
  const headers = { cookie: page.cookie, origin: "http://app.example" }
  const answer = await handler.upgrade(requestSource(new Request(target, { headers })))
  if (!("open" in answer)) throw new Error(`refused with ${answer.status}`)
  const frames: unknown[] = []
  const network = { waiting: 0 }
  const connection: Connection = answer.open({
    get bufferedAmount() {
      return network.waiting
    },
    send: (data) => void frames.push(JSON.parse(String(data))),
    close() {},
  })
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
  connection.message(
    JSON.stringify(["1", "1", `lv:${page.id}`, "phx_join", joinPayload(page, "/")]),
  )
  while (frames.length === 0) await turn()
  frames.length = 0
  const count = async (number: number) => {
    await pubsub.broadcast(counted, number)
    await turn()
  }
  const diffs = () => frames.map((frame) => (frame as [0, 0, 0, 0, { 0: string }])[4][0])
  return { count, diffs, network, connection, turn }
}

describe("a page that reads slower than its view changes", () => {
  it("is told the last state once it has read, and none in between", async () => {
    const { count, diffs, network, connection, turn } = await open()
    await count(1)
    network.waiting = 10_000
    for (const number of [2, 3, 4]) await count(number)
    expect(diffs()).toEqual(["1"])
    network.waiting = 0
    connection.drain()
    await turn()
    expect(diffs()).toEqual(["1", "4"])
    await count(5)
    expect(diffs()).toEqual(["1", "4", "5"])
    connection.closed(1001)
  })

  it("is not waited for without end", async () => {
    const { count, diffs, network, connection } = await open({ mailbox: 3 })
    network.waiting = 10_000
    for (const number of [1, 2, 3, 4]) await count(number)
    expect(diffs()).toEqual(["4"])
    connection.closed(1001)
  })
})
