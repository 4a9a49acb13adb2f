import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { afterEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { get, joinPayload, until, Wire } from "../../fixtures/wire.ts"
import { live, liveRender, liveSocket, type StashKeeping } from "../index.ts"

/** What a view waits for while it is mounted, and where it works on an event. */
let mounting: Promise<void> | null = null
let working: Promise<void> | null = null
let mounts = 0

const Slow = liveView({
  public: true,
  events: { set: z.object({ n: z.number() }), work: {} },
  async mount() {
    mounts++
    await mounting
    return { n: 0 }
  },
  stash: { keys: { n: z.number() }, checkpoints: { n: true } },
  handleEvent: {
    set: (socket, { n }) => socket.assign({ n }),
    async work(socket) {
      await working
      return socket
    },
  },
  render: ({ n }) => html`<b>${`[${n}]`}</b>`,
})
const Around = liveView({
  public: true,
  views: [Slow],
  render: () => html`${liveRender(Slow, { id: "kid" })}`,
})
const path = paths({ slow: "/slow", around: "/slow-around" })
const app = router(
  scope("/", browser, { layout: root }, [live(path.slow, Slow), live(path.around, Around)]),
)
const pubsub = await startPubSub()
const stop: (() => unknown)[] = []
afterEach(async () => {
  mounting = null
  working = null
  for (const each of stop.splice(0)) await each()
})

function serve(store: StashKeeping) {
  const park = { anonymous: "1h" } as const
  const handler = liveSocket({
    router: app,
    pubsub,
    secret,
    stash: { store, browser: false },
    park,
  })
  stop.push(() => handler.stop?.())
  return handler
}
const click = (event: string, value: object = {}) => ({ type: "click", event, value })

/** A page at a server, with a view that was told of 5. */
async function told(server: ReturnType<typeof serve>) {
  const page = await get(app, "/slow")
  const topic = `lv:${page.id}`
  const connect = async (to: typeof server) => {
    const wire = await Wire.open(to, page)
    stop.push(() => wire.close())
    return wire
  }
  const payload = (joins: number) =>
    joinPayload(page, "/slow", {
      params: { _csrf_token: page.csrf, _mounts: joins, _mount_attempts: 0 },
    })
  const wire = await connect(server)
  await wire.ask(topic, "phx_join", payload(0), "1")
  await wire.ask(topic, "event", click("set", { n: 5 }), "1")
  return { connect, payload, topic, wire }
}
const text = (answer: object) => JSON.stringify(answer)

describe("a page that gives up waiting for the answer to its join", () => {
  it.each([
    ["says so and asks again", true],
    ["asks again over it", false],
  ])("finds what was kept when it %s", async (_, says) => {
    const store = memoryStore()
    const { connect, payload, topic, wire: first } = await told(serve(store))
    first.drop()
    const wire = await connect(serve(store))
    const gate = Promise.withResolvers<void>()
    mounting = gate.promise
    const before = mounts
    wire.send(topic, "phx_join", payload(1), "2")
    await until(() => expect(mounts).toBe(before + 1))
    if (says) wire.send(topic, "phx_leave", {}, "2")
    const ref = wire.send(topic, "phx_join", payload(1), "3")
    mounting = null
    gate.resolve()
    expect(text(await wire.answerTo(ref))).toContain("[5]")
  })

  it("finds a view that was busy as it was, once that is not busy any more", async () => {
    const server = serve(memoryStore())
    const { connect, payload, topic, wire: first } = await told(server)
    const gate = Promise.withResolvers<void>()
    working = gate.promise
    const before = mounts
    first.send(topic, "event", click("work"), "1")
    first.drop()
    const wire = await connect(server)
    wire.send(topic, "phx_join", payload(1), "2")
    // until it has been taken from where it waited
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
    wire.send(topic, "phx_leave", {}, "2")
    const ref = wire.send(topic, "phx_join", payload(1), "3")
    gate.resolve()
    expect(text(await wire.answerTo(ref))).toContain("[5]")
    expect(mounts).toBe(before)
  })

  it("is let into the view around it again", async () => {
    const page = await get(app, "/slow-around")
    const wire = await Wire.open(serve(memoryStore()), page)
    stop.push(() => wire.close())
    const joined = await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/slow-around"))
    const session = /data-phx-session=\\"([^"\\]+)/.exec(text(joined))?.[1]
    const params = { _csrf_token: page.csrf, _mounts: 0, _mount_attempts: 0 }
    const payload = { session, static: null, sticky: false, params }
    const gate = Promise.withResolvers<void>()
    mounting = gate.promise
    const before = mounts
    wire.send("lv:kid", "phx_join", payload, "2")
    await until(() => expect(mounts).toBe(before + 1))
    wire.send("lv:kid", "phx_leave", {}, "2")
    const ref = wire.send("lv:kid", "phx_join", payload, "3")
    mounting = null
    gate.resolve()
    expect(text(await wire.answerTo(ref))).toContain("[0]")
  })
})
