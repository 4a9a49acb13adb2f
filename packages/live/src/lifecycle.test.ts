import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import { every, live, liveSocket, on } from "./index.ts"

const path = paths({ view: "/view" })
const said = topic("said", z.string())
/** What is open: each view by the object that its mount made. */
const mounted = new Set<object>()
const ends: string[] = []
const heard = vi.fn()
const turn = () => new Promise((resolve) => setImmediate(resolve))

const View = liveView({
  params: z.object({ draw: z.string().default("well") }),
  public: true,
  events: { well: {}, slow: {}, fail: {}, unfit: {}, leave: {} },
  async mount({ connected, connectParams }) {
    const view = {}
    await turn()
    if (connectParams["mount"] === "fail") throw new Error("cannot mount")
    if (connected) mounted.add(view)
    return { view, text: "" }
  },
  handleEvent: {
    well: (socket) => socket.assign({ text: `${socket.assigns.text}.` }),
    slow: async (socket) => {
      await turn()
      return socket.assign({ text: "slow" })
    },
    fail: async () => {
      await turn()
      throw new Error("failed")
    },
    unfit: (socket) => socket.assign({ text: "unfit" }),
    leave: (socket) => socket.pushNavigate("/view"),
  },
  subscribe: (_) => [
    on(said, (socket, text) => {
      heard(socket.assigns.view)
      return socket.assign({ text })
    }),
    every(1, (socket) => socket.update("text", (text) => text)),
  ],
  terminate({ assigns }, reason) {
    ends.push(mounted.delete(assigns.view) ? reason : "again")
  },
  render({ text }) {
    if (text === "unfit") throw new Error("cannot be drawn")
    return html`${text}`
  },
})
const app = router(scope("/", browser, { layout: root }, [live(path.view, View)]))
const pubsub = await startPubSub()
const unhurried = { eventsPerSecond: 1e6, eventBurst: 1e6, joinsPerSecond: 1e6, joinBurst: 1e6 }
const handler = liveSocket({ router: app, pubsub, secret, limits: unhurried })

const step = fc.constantFrom(
  ...["join", "join", "failing join", "well", "slow", "fail", "unfit", "leave", "go", "say"],
)
const steps = fc.array(fc.tuple(step, fc.nat(6)), { minLength: 3, maxLength: 30 })

describe("views", () => {
  it("end exactly once each, however joins, crashes, leaves and messages fall together", async () => {
    const page = await get(app, "/view")
    const of = `lv:${page.id}`
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const wire = await Wire.open(handler, page)
        let join = ""
        for (const [step, turns] of all) {
          const params = { mount: step === "failing join" ? "fail" : "well" }
          if (step === "say") await pubsub.broadcast(said, "hello")
          else if (step.endsWith("join"))
            join = wire.send(of, "phx_join", joinPayload(page, "/view", { params }))
          else if (step === "go") wire.send(of, "phx_leave", {}, join)
          else wire.send(of, "event", { type: "click", event: step, value: {} }, join)
          for (let count = 0; count < turns; count++) await turn()
        }
        wire.close()
        // a join that is under way mounts before it is undone
        for (let turns = 0; turns < 10; turns++) await turn()
        await expect.poll(() => mounted.size, { interval: 1 }).toBe(0)
        heard.mockClear()
        await pubsub.broadcast(said, "anybody?")
        await turn()
        expect(heard).not.toHaveBeenCalled()
      }),
      { numRuns: 100 },
    )
    expect(new Set(ends)).toEqual(new Set(["left", "closed", "crashed"]))
  })
})
